package org.cchq.migrate.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.cchq.migrate.base.ExitCode;

/**
 * A program of its own for {@link LedgerKillIT}: copies rows to files of a directory; exits with 0 when the pass is
 * complete, 6 if another process holds the lease.
 */
final class KillableRun {
    static final int CHUNK = 20;
    static final int WORKERS = 4;

    /** Of the store that is played here; without it everything is over before it can be killed. */
    private static final long LATENCY_NANOS = 2_000_000;

    private KillableRun() {}

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        World world = World.of(2, Integer.parseInt(args[1]));
        PipelineSettings settings =
                PipelineSettings.DEFAULT.withChunkItems(CHUNK).withSettle(Duration.ofMillis(50));
        try (Ledger ledger = Ledger.open(
                directory.resolve("ledger.sqlite"), Runs.IDENTITY, LedgerOwner.current(), Clock.systemUTC())) {
            PassResult result = new Pipeline<>(
                            new FileWork(world, directory),
                            ledger,
                            settings,
                            new RunControl(WORKERS),
                            new Progress(Time.SYSTEM),
                            finding -> {},
                            Time.SYSTEM,
                            Clock.systemUTC(),
                            new Random())
                    .run();
            System.out.println(result);
            System.exit(result.end() == PassResult.End.COMPLETE ? ExitCode.SUCCESS.code() : ExitCode.INCOMPLETE.code());
        } catch (LeaseHeldException e) {
            System.out.println(e.getMessage());
            System.exit(ExitCode.LEASE_HELD.code());
        }
    }

    /** Stores each item as a file, and writes down that it was worked on. */
    private static final class FileWork extends FakeWork {
        private final Path stored;
        private final Path worked;

        FileWork(World world, Path directory) throws IOException {
            super(world);
            this.stored = Files.createDirectories(directory.resolve("stored"));
            this.worked = directory.resolve("worked");
            try (var files = Files.list(stored)) {
                files.forEach(
                        file -> world.target.add(file.getFileName().toString().replace('_', '/')));
            }
        }

        @Override
        void beforeItem(Row row) {
            LockSupport.parkNanos(LATENCY_NANOS);
            write(worked, row.key() + "\n");
        }

        @Override
        void afterReading(Row row) {
            String name = row.key().replace('/', '_');
            Path part = stored.resolveSibling("part-" + name);
            write(part, row.key());
            try {
                Files.move(part, stored.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void write(Path file, String text) {
            try {
                Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
