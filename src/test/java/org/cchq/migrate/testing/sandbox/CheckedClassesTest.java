package org.cchq.migrate.testing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CheckedClassesTest {
    private final Truth truth = new Truth();

    private void row(String key, Planted.Kind... kind) {
        StoredAs blob =
                new StoredAs("d", "parent", "form.xml", key, 2, Instant.EPOCH, false, 1, OptionalLong.empty(), "00", 1);
        truth.put(blob);
        for (Planted.Kind one : kind) {
            truth.plant(new Planted(one, blob));
        }
    }

    private List<String> findings(boolean repaired, String... output) {
        return CheckedClasses.of(List.of(output)).findings(truth, repaired, true);
    }

    @Test
    void acceptsEachPlantedProblemInItsClassOnly() {
        row("lost {x} \"é\"", Planted.Kind.LOST);
        row("named", Planted.Kind.LOST_FORM_REFERENCED);
        row("unnamed", Planted.Kind.LOST_FORM_UNREFERENCED);
        row("sql", Planted.Kind.LOST_FORM_IN_SQL);
        row("denied", Planted.Kind.DENIED);

        assertThat(findings(
                        true,
                        "Missing: {\"type_code\": 1, \"blob_key\": \"lost {x} \\\"\\u00e9\\\"\"}",
                        "Missing: {\"blob_key\": \"named\"} blob info: 'form.xml': {'key': 'named'}",
                        "Not referenced: {\"blob_key\": \"unnamed\"}",
                        "Not referenced: {\"blob_key\": \"sql\"} doc not found",
                        "Migrated from old db: denied",
                        "  Found in old db: 1"))
                .isEmpty();
        assertThat(findings(
                        true,
                        "Not referenced: {\"blob_key\": \"lost {x} \\\"\\u00e9\\\"\"}",
                        "Missing: {\"blob_key\": \"named\"}",
                        "Not referenced: {\"blob_key\": \"unnamed\"} doc not found",
                        "Missing: {\"blob_key\": \"sql\"}"))
                .hasSize(5);
    }

    @Test
    void findsAHealthyBlobThatWasAccused() {
        row("healthy");

        assertThat(findings(false, "Missing: {\"blob_key\": \"healthy\"}")).hasSize(1);
        assertThat(findings(false, "Missing: {\"blob_key\": \"of nobody\"}")).isEmpty();
    }
}
