package org.cchq.migrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.run.Job;
import org.junit.jupiter.api.Test;

class MetadataPhaseTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @Test
    void hqsCommandsAreRecognised() {
        Phase migrate = Phase.ofManagementCommand(
                        List.of("run_blob_migration", "migrate_metadata", "--log-dir=/opt/data/x", "--chunk-size=1000"))
                .orElseThrow();
        assertThat(migrate.migration()).isEqualTo("metadata");
        assertThat(migrate.word()).isEqualTo("migrate");
        assertThat(Phase.ofManagementCommand(List.of("run_sql", "simple_move_form_attachments_to_blobmeta", "--yes"))
                        .map(Phase::word))
                .contains("form-attachments");
        assertThat(Phase.ofManagementCommand(List.of("run_sql", "count_form_attachments")))
                .isEmpty();
        assertThat(Phase.ofManagementCommand(List.of("run_blob_migration", "migrate_backend"))
                        .map(Phase::migration))
                .contains("blobs");
    }

    @Test
    void oneJobAtATimeChangesTheRows() {
        Job running = new Job("1-migrate", "metadata", "migrate", List.of(), "ann", "box", "1", "/logs");

        assertThat(MetadataPhase.BACK.with(List.of()).waitsFor(running)).isTrue();
        assertThat(MigrationPhase.of(running)).contains(MetadataPhase.MIGRATE);
    }

    @Test
    void saysWhatToTypeNext() {
        assertThat(next(MetadataPhase.MIGRATE, "complete", 0)).isEqualTo("cchq-migrate east run metadata verify");
        assertThat(next(MetadataPhase.MIGRATE, "stopped", 7)).isEqualTo("cchq-migrate east run metadata migrate");
        assertThat(next(MetadataPhase.VERIFY, "complete", 0)).isEmpty();
        assertThat(next(MetadataPhase.VERIFY, "incomplete", 5)).isEqualTo("cchq-migrate east run metadata repair");
        assertThat(next(MetadataPhase.REPAIR, "complete", 0)).isEqualTo("cchq-migrate east run metadata verify");
        assertThat(next(MetadataPhase.BACK, "stopped", 7)).isEqualTo("cchq-migrate east run metadata back");
    }

    private static String next(MetadataPhase phase, String result, int exit) {
        return NextCommand.after(
                "east",
                MetadataPhase.MIGRATION,
                phase.word(),
                new AgentEvent.Ended(NOON, result, exit, "", Counts.NONE, Counts.NONE, "", ""));
    }
}
