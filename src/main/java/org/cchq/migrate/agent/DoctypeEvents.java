package org.cchq.migrate.agent;

import java.time.Instant;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.LeaseHeldException;
import org.cchq.migrate.kind.doctypes.DoctypeResult;
import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.migration.Counts;

/** The first and the last event of a doctype command. */
final class DoctypeEvents {
    private final AgentContext context;
    private final CommandLineReader line;
    private final DoctypeSite site;

    DoctypeEvents(AgentContext context, CommandLineReader line, DoctypeSite site) {
        this.context = context;
        this.line = line;
        this.site = site;
    }

    /** How a command ended. */
    record End(ExitCode exit, String message, Counts counts) {
        static End of(ExitCode exit) {
            return new End(exit, "", Counts.NONE);
        }

        /** A signal is no request of a person: HQ's {@code --continuous} is ended by it, too, and that is told apart. */
        static End of(DoctypeResult result) {
            boolean signal = result.stoppedBy().filter("signal"::equals).isPresent();
            String message = result.stoppedBy().map(by -> "stopped by " + by).orElse("");
            if (result.failed() > 0) {
                message = (message + " " + result.failed() + " documents failed; each run tries them again").strip();
            }
            return new End(signal ? ExitCode.INTERRUPTED : result.exitCode(), message, result.counts());
        }
    }

    /** The command itself. */
    interface Work {
        End run() throws UserException, EndpointException, LeaseHeldException, InterruptedException;
    }

    void started(DoctypeAgentOutput output) {
        Instant now = context.clock().instant();
        output.event(new AgentEvent.Started(
                now,
                VersionCommand.version(),
                line.typed(),
                site.ends().source().endpoint(),
                site.ends().target().endpoint(),
                "",
                site.state().toString(),
                1,
                false,
                line.text(BlobMigrationOptions.RUN_BY).orElse(""),
                AgentEvent.Started.ALL_DATES,
                now));
    }

    /** Runs it, and tells how it ended, also if it was refused. */
    ExitCode ended(DoctypeAgentOutput output, Work work)
            throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        try {
            End end = work.run();
            tell(output, end, word(end.exit()));
            return end.exit();
        } catch (UserException e) {
            tell(output, new End(ExitCode.REFUSED, String.valueOf(e.getMessage()), Counts.NONE), "failed");
            throw e;
        } catch (LeaseHeldException e) {
            tell(output, new End(ExitCode.LEASE_HELD, String.valueOf(e.getMessage()), Counts.NONE), "failed");
            throw e;
        } catch (EndpointException e) {
            tell(output, new End(ExitCode.ENDPOINT, String.valueOf(e.getMessage()), Counts.NONE), "failed");
            throw e;
        } catch (InterruptedException e) {
            tell(output, new End(ExitCode.INTERRUPTED, "interrupted", Counts.NONE), "stopped");
            throw e;
        }
    }

    private void tell(DoctypeAgentOutput output, End end, String result) {
        output.event(new AgentEvent.Ended(
                context.clock().instant(),
                result,
                end.exit().code(),
                end.message(),
                end.counts(),
                end.counts(),
                "",
                ""));
    }

    private static String word(ExitCode exit) {
        return switch (exit) {
            case SUCCESS -> "complete";
            case STOPPED, INTERRUPTED -> "stopped";
            case INCOMPLETE, DIFFERENCES -> "incomplete";
            default -> "failed";
        };
    }
}
