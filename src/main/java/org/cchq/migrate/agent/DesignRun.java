package org.cchq.migrate.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.hq.CouchDatabases;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.kind.doctypes.Audit;
import org.cchq.migrate.kind.doctypes.AuditReport;
import org.cchq.migrate.kind.doctypes.DoctypeEnds;
import org.cchq.migrate.kind.doctypes.DoctypeSettings;
import org.cchq.migrate.kind.doctypes.Migrator;
import org.cchq.migrate.kind.doctypes.PatientRequest;
import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.store.document.CouchDatabase;
import org.cchq.migrate.store.document.CouchSpec;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.jspecify.annotations.Nullable;

/**
 * One run of a command that works on design documents: its settings, its first and last event, its output, and what ends it
 * early.
 */
final class DesignRun {
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final AgentContext context;
    private final CommandLineReader line;
    private final CouchDatabases couch;
    private final DoctypeEnds ends;

    private DesignRun(AgentContext context, CommandLineReader line, CouchDatabases couch, DoctypeEnds ends) {
        this.context = context;
        this.line = line;
        this.couch = couch;
        this.ends = ends;
    }

    static DesignRun open(AgentContext context, CommandLineReader line) throws UserException {
        DoctypeSettings settings = DoctypeInput.settings(context, line);
        Migrator migrator = DoctypeSite.migrator(settings, line.words());
        return new DesignRun(
                context, line, settings.couch(), DoctypeEnds.open(migrator, settings.couch(), CouchDatabase::new));
    }

    /** The work of one command. */
    interface Work {
        End run(AgentOutput output) throws UserException, EndpointException, InterruptedException;
    }

    /** @param summary one line */
    record End(ExitCode exit, String summary) {}

    DoctypeEnds ends() {
        return ends;
    }

    PatientRequest requests(Duration longest) {
        return new PatientRequest(longest, PAUSE, context.clock(), Sleeper.SYSTEM);
    }

    PatientRequest requests() {
        return requests(PATIENCE);
    }

    boolean json() throws UserException {
        return AgentOutput.format(line).equals("json");
    }

    /** The result: one object on one line if that is asked for, else lines for a person; and kept in a file. */
    void print(AgentOutput output, Map<String, @Nullable Object> fields, List<String> lines) throws UserException {
        Optional<String> directory = line.text(DesignOptions.STATE_DIR);
        if (directory.isPresent()) {
            keep(context.directory().resolve(directory.get()), Json.writePretty(fields));
        }
        if (json()) {
            context.out().println(Json.write(fields));
        } else {
            lines.forEach(output::line);
        }
    }

    private void keep(Path directory, String text) throws UserException {
        Path file =
                directory.resolve(ends.migrator().slug() + "-" + line.typed().get(0) + ".json");
        try {
            Files.createDirectories(directory);
            Path whole = Files.writeString(directory.resolve(file.getFileName() + ".new"), text + "\n");
            Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UserException("--state-dir=" + directory + ": cannot be written: " + e, e);
        }
    }

    /** @param samples of each type */
    AuditReport audit(int samples) throws UserException, EndpointException, InterruptedException {
        Audit audit = new Audit(ends, requests());
        if (line.has(DesignOptions.NO_SCRATCH)) {
            return audit.read();
        }
        CouchSpec source = couch.of(ends.migrator().source()).orElseThrow();
        DocumentDatabase scratch = new CouchDatabase(source.withDatabase(Audit.scratchName(ends.migrator())));
        return audit.run(scratch, samples);
    }

    /** Runs it between two events; a signal or a request to cancel interrupts it. */
    ExitCode run(Work work) throws UserException, EndpointException, InterruptedException {
        RunControl control = new RunControl(1);
        try (AgentOutput output = AgentOutput.open(context, line, 1);
                Requests requests = Requests.listen(context, line, control);
                Interruption interruption = Interruption.of(control, Thread.currentThread())) {
            Clock clock = context.clock();
            Instant now = clock.instant();
            output.event(new AgentEvent.Started(
                    now,
                    VersionCommand.version(),
                    line.typed(),
                    ends.source().endpoint(),
                    ends.target().endpoint(),
                    "",
                    "",
                    1,
                    false,
                    line.text(BlobMigrationOptions.RUN_BY).orElse(""),
                    AgentEvent.Started.ALL_DATES,
                    now));
            try {
                End end = work.run(output);
                ended(output, end.exit(), end.summary());
                return end.exit();
            } catch (UserException e) {
                ended(output, ExitCode.REFUSED, String.valueOf(e.getMessage()));
                throw e;
            } catch (EndpointException e) {
                ended(output, ExitCode.ENDPOINT, String.valueOf(e.getMessage()));
                throw e;
            } catch (InterruptedException e) {
                Optional<String> by = control.cancelledBy().filter(who -> !who.equals("signal"));
                String why = by.map(who -> "stopped by " + who).orElse("interrupted");
                ended(output, by.isPresent() ? ExitCode.STOPPED : ExitCode.INTERRUPTED, why);
                if (by.isEmpty()) {
                    throw e;
                }
                output.line(why + "; the same command goes on");
                return ExitCode.STOPPED;
            }
        }
    }

    private void ended(AgentOutput output, ExitCode exit, String message) {
        String word = switch (exit) {
            case SUCCESS -> "complete";
            case STOPPED, INTERRUPTED -> "stopped";
            case INCOMPLETE, DIFFERENCES -> "incomplete";
            default -> "failed";
        };
        output.event(new AgentEvent.Ended(
                context.clock().instant(), word, exit.code(), message, Counts.NONE, Counts.NONE, "", ""));
    }

    /** Interrupts a thread once somebody cancels the run. */
    private record Interruption(ScheduledExecutorService looking, Future<?> each) implements AutoCloseable {
        private static final long MILLIS = 200;

        static Interruption of(RunControl control, Thread running) {
            ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(task -> {
                Thread thread = new Thread(task, "interruption");
                thread.setDaemon(true);
                return thread;
            });
            Runnable look = () -> {
                if (control.cancelledBy().isPresent()) {
                    running.interrupt();
                    looking.shutdown();
                }
            };
            return new Interruption(
                    looking, looking.scheduleWithFixedDelay(look, MILLIS, MILLIS, TimeUnit.MILLISECONDS));
        }

        @Override
        public void close() {
            each.cancel(false);
            looking.shutdownNow();
        }
    }
}
