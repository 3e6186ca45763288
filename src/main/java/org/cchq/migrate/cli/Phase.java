package org.cchq.migrate.cli;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.run.Job;

/**
 * A phase of a migration, and the agent's command behind it.
 *
 * @param migration as it is typed: {@code blobs}, {@code doctype:users}
 * @param word as it is typed: {@code back-fill}
 * @param command the agent's command and what has to follow it
 * @param holds what only one job of the migration can have at a time; nothing for a phase that only looks
 */
record Phase(String migration, String word, List<String> command, Set<String> holds) {
    Phase {
        command = List.copyOf(command);
        holds = Set.copyOf(holds);
    }

    /** Whether the job of the same migration has to end first: the same phase, or one that holds the same. */
    boolean waitsFor(Job job) {
        return job.phase().equals(word) || !Collections.disjoint(holds, held(job));
    }

    /** What a job holds. */
    static Set<String> held(Job job) {
        return MigrationPhase.of(job).map(MigrationPhase::holds).orElse(Set.of());
    }

    /** The phase that a management command of HQ is; empty if the agent does not have it. */
    static Optional<Phase> ofManagementCommand(List<String> words) {
        return BlobPhase.ofManagementCommand(words)
                .map(BlobPhase::phase)
                .or(() -> MetadataPhase.ofManagementCommand(words))
                .or(() -> DoctypePhase.ofManagementCommand(words));
    }
}
