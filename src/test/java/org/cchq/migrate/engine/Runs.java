package org.cchq.migrate.engine;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.cchq.migrate.migration.Finding;

/** Starts runs on one ledger, as the same command would. */
final class Runs {
    static final RunIdentity IDENTITY = new RunIdentity(Map.of("migration", "test"));
    static final LedgerOwner OWNER = new LedgerOwner("alice", "control1", 4711);
    static final PipelineSettings SETTINGS = new PipelineSettings(
            5,
            1 << 20,
            Duration.ofSeconds(30),
            new RetryPolicy(3, Duration.ofMillis(100), Duration.ofSeconds(5), Duration.ofMinutes(15)),
            Duration.ofSeconds(5));

    final FakeTime time = new FakeTime();
    final List<Finding> heard = Collections.synchronizedList(new ArrayList<>());
    final RunControl control = new RunControl(3);
    final Path file;
    PipelineSettings settings = SETTINGS;
    Progress progress = new Progress(time);

    Runs(Path directory) {
        this.file = directory.resolve("ledger.sqlite");
    }

    Ledger open() throws Exception {
        return Ledger.open(file, IDENTITY, OWNER, Clock.systemUTC());
    }

    PassResult run(FakeWork work) throws Exception {
        try (Ledger ledger = open()) {
            return run(work, ledger);
        }
    }

    PassResult run(FakeWork work, Ledger ledger) throws Exception {
        progress = new Progress(time);
        progress.total(work.world.size());
        return new Pipeline<>(work, ledger, settings, control, progress, heard::add, time, time, new Random(1)).run();
    }
}
