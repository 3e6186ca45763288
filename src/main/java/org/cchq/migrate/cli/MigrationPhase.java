package org.cchq.migrate.cli;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.cchq.migrate.run.Job;

/** A phase of a migration, as its name tells it; the phases of each migration are an enum. */
interface MigrationPhase {
    /** As it is typed: {@code back-fill}. */
    String word();

    /** One of HQ's own management commands; the others are this agent's. */
    boolean isHqs();

    /** How many words of the agent's command come before the options of the run. */
    int ownWords();

    /** As {@link Phase#holds()}. */
    Set<String> holds();

    /** That of a job. */
    static Optional<MigrationPhase> of(Job job) {
        Stream<? extends MigrationPhase> phases = switch (job.migration()) {
            case BlobPhase.MIGRATION -> Arrays.stream(BlobPhase.values());
            case MetadataPhase.MIGRATION -> Arrays.stream(MetadataPhase.values());
            default -> Arrays.stream(DoctypePhase.values());
        };
        return phases.filter(phase -> phase.word().equals(job.phase()))
                .<MigrationPhase>map(phase -> phase)
                .findFirst();
    }
}
