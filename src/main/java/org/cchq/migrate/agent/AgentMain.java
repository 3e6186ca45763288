package org.cchq.migrate.agent;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.LeaseHeldException;
import org.cchq.migrate.engine.RetryPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent's program: command line to command to exit status. Knows no migration itself. */
public final class AgentMain {
    private static final long SIGNAL_GRACE_SECONDS = 60;

    private final AgentContext context;
    private final Map<String, AgentCommand> commands = new LinkedHashMap<>();

    public AgentMain(AgentContext context) {
        this.context = context;
        commands.put("run_blob_migration", RowsCommand.runBlobMigration(context));
        commands.put("verify", RowsCommand.verify(context));
        commands.put("copy-back", RowsCommand.copyBack(context));
        commands.put("check_blob_logs", new CheckBlobLogsCommand(context));
        commands.put(DoctypeMigrationCommand.NAME, new DoctypeMigrationCommand(context));
        commands.put(DeleteDocConflictsCommand.NAME, new DeleteDocConflictsCommand(context));
        commands.put(VerifyDoctypeCommand.NAME, new VerifyDoctypeCommand(context));
        commands.put("assert_initial_complete", DoctypeStateCommand.gate(context));
        commands.put("doctype_status", DoctypeStateCommand.status(context));
        commands.put("doctype_mark", DoctypeStateCommand.mark(context));
        commands.put(AuditDoctypeCommand.NAME, new AuditDoctypeCommand(context));
        commands.put(PreindexDoctypeCommand.NAME, new PreindexDoctypeCommand(context));
        commands.put(VerifyMetadataCommand.NAME, new VerifyMetadataCommand(context));
        commands.put(RunSqlCommand.NAME, new RunSqlCommand(context));
        commands.put(RemoveMetadataCommand.NAME, new RemoveMetadataCommand(context));
        commands.put("estimate", new EstimateCommand(context));
        commands.put("probe", new ProbeCommand(context));
        commands.put("version", new VersionCommand(context));
    }

    public static void main(String[] args) {
        AgentLog.begin();
        HeapBound.watch();
        StopRequest stop = new StopRequest();
        AgentMain main = new AgentMain(new AgentContext(
                Path.of("").toAbsolutePath(),
                System.in,
                new PrintStream(System.out, true, StandardCharsets.UTF_8),
                new PrintStream(System.err, true, StandardCharsets.UTF_8),
                Clock.systemUTC(),
                System.getenv(),
                stop,
                RetryPolicy.DEFAULT));
        AtomicInteger status = new AtomicInteger();
        CountDownLatch ended = new CountDownLatch(1);
        Thread onSignal = new Thread(() -> awaitOrderlyEnd(stop, ended, status), "signal");
        Runtime.getRuntime().addShutdownHook(onSignal);
        status.set(main.run(args));
        ended.countDown();
        System.exit(status.get());
    }

    /** A signal asks the run to stop, waits until its state is written, and keeps the run's own exit status. */
    private static void awaitOrderlyEnd(StopRequest stop, CountDownLatch ended, AtomicInteger status) {
        if (ended.getCount() == 0) {
            return;
        }
        stop.bySignal();
        try {
            if (!ended.await(SIGNAL_GRACE_SECONDS, TimeUnit.SECONDS)) {
                status.set(ExitCode.INTERRUPTED.code());
            }
        } catch (InterruptedException e) {
            status.set(ExitCode.INTERRUPTED.code());
        }
        Runtime.getRuntime().halt(status.get());
    }

    /** Runs one command; never throws. */
    public int run(String... args) {
        try {
            return dispatch(args).code();
        } catch (UsageException e) {
            context.err().println("agent: " + e.getMessage());
            context.err().println("Try 'help'.");
            return ExitCode.USAGE.code();
        } catch (UserException e) {
            context.err().println(e.getMessage());
            return ExitCode.REFUSED.code();
        } catch (LeaseHeldException e) {
            context.err().println(e.getMessage());
            return ExitCode.LEASE_HELD.code();
        } catch (EndpointException e) {
            context.err().println(causes(e));
            return ExitCode.ENDPOINT.code();
        } catch (InterruptedException e) {
            context.err().println("Interrupted; resume with the same command.");
            return ExitCode.INTERRUPTED.code();
        } catch (RuntimeException | Error e) {
            // Also an Error: with an uncaught one the process would end with another status, and only after the hook.
            Logger log = LoggerFactory.getLogger(AgentMain.class);
            log.error("internal error", e);
            context.err().println("internal error: " + e);
            return ExitCode.INTERNAL_ERROR.code();
        }
    }

    private ExitCode dispatch(String... args)
            throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        if (args.length == 0 || args[0].equals("help") || args[0].equals("--help") || args[0].equals("-h")) {
            commands.forEach((name, command) -> context.out().println(name + "\n" + OptionsText.of(command)));
            return args.length == 0 ? ExitCode.USAGE : ExitCode.SUCCESS;
        }
        AgentCommand command = commands.get(args[0]);
        if (command == null) {
            String near = NearestName.of(args[0], commands.keySet())
                    .map(name -> "; did you mean '" + name + "'?")
                    .orElse("; known are " + String.join(", ", commands.keySet()));
            throw new UsageException("unknown command '" + args[0] + "'" + near);
        }
        CommandLineReader line = CommandLineReader.parse(command.options(), args);
        if (line.has(BlobMigrationOptions.HELP)) {
            context.out().println(OptionsText.of(command));
            return ExitCode.SUCCESS;
        }
        return command.run(line);
    }

    private static String causes(Throwable error) {
        StringBuilder text = new StringBuilder(String.valueOf(error.getMessage()));
        for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null && text.indexOf(message) < 0) {
                text.append("\n  because: ").append(message);
            }
        }
        return text.toString();
    }
}
