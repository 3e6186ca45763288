package org.cchq.migrate.testing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.RequiredProgram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The judge of the demonstration is judged: a right copy passes, each sort of wrong one is found. */
class ComparisonIT {
    private final Truth truth = new Truth();
    private Sandbox sandbox;
    private PlainS3 old;
    private PlainS3 target;
    private StoredAs ordinary;

    @BeforeEach
    void fillSandbox() throws Exception {
        RequiredProgram.find("nginx", "nginx");
        RequiredProgram.find("sshd", "openssh-server");
        RequiredProgram.find("python3", "python3");
        sandbox = Sandbox.start(Path.of("").toAbsolutePath());
        sandbox.makeDual();
        new Seed(sandbox, truth, 7).fill(400, false);
        old = sandbox.oldForSite();
        target = sandbox.targetForSite();
        ordinary = truth.rows().stream()
                .filter(row -> truth.planted(row.key()).isEmpty() && row.typeCode() == 2)
                .findFirst()
                .orElseThrow();
    }

    @AfterEach
    void stopSandbox() throws Exception {
        sandbox.close();
    }

    /** As a good copier would: what may be read, if the row is still there, and nothing that the new cluster has. */
    private void copy() throws Exception {
        for (StoredAs row : truth.rows()) {
            boolean denied = truth.planted(row.key())
                    .filter(problem -> problem.kind() == Planted.Kind.DENIED)
                    .isPresent();
            if (!denied && target.get(row.key()).isEmpty()) {
                var content = old.get(row.key());
                if (content.isPresent() && truth.rows().contains(row)) {
                    target.put(row.key(), content.get());
                }
            }
        }
    }

    private List<String> findings() throws Exception {
        return Comparison.of(sandbox, truth, false).findings();
    }

    @Test
    void findsNothingAfterARightCopyWithTheSiteAtWork() throws Exception {
        PlantedRaces races = PlantedRaces.arm(sandbox, truth);
        copy();
        SiteProcesses site = sandbox.site();
        site.give(truth.fair(), 100);
        site.start();
        Eventually.holds("the site to have done some of everything", Duration.ofSeconds(60), () -> {
            Map<String, Object> counts = site.counts();
            return Stream.of("put", "get", "compress", "delete")
                    .allMatch(what -> ((Number) counts.get(what)).longValue() >= 5);
        });
        site.stop();
        site.tell(truth);

        assertThat(site.failures()).isEmpty();
        assertThat(races.deleted()).hasSize(10);
        assertThat(findings()).isEmpty();
        assertThat(truth.planted()).hasSize(60);
    }

    @Test
    void findsEverySortOfDamage() throws Exception {
        copy();
        StoredAs lost = another(1);
        target.delete(lost.key());
        StoredAs overwritten = another(2);
        target.put(overwritten.key(), "older".getBytes(StandardCharsets.UTF_8));
        target.put("orphan", new byte[1]);
        StoredAs goneFromOld = another(3);
        old.delete(goneFromOld.key());
        StoredAs changed = another(4);
        sql(changed, "UPDATE blobs_blobmeta SET compressed_length = 7");
        StoredAs forgotten = another(5);
        sql(forgotten, "DELETE FROM blobs_blobmeta");

        assertThat(findings())
                .containsExactlyInAnyOrder(
                        "not on new: " + lost.key(),
                        "wrong bytes on new: " + overwritten.key(),
                        "on new without a row: orphan (never had a row)",
                        "gone from old: " + goneFromOld.key(),
                        "row was changed: " + changed.alias() + " " + changed.key(),
                        "row is gone: " + forgotten.alias() + " " + forgotten.key());
    }

    @Test
    void findsABlobThatCameBackAfterItsDeletion() throws Exception {
        copy();
        byte[] content = target.get(ordinary.key()).orElseThrow();
        target.delete(ordinary.key());
        old.delete(ordinary.key());
        sql(ordinary, "DELETE FROM blobs_blobmeta");
        truth.remove(ordinary, Instant.now());
        target.put(ordinary.key(), content);

        assertThat(findings())
                .singleElement()
                .asString()
                .startsWith("on new without a row: " + ordinary.key() + " (deleted by the site at ");
    }

    private StoredAs another(int number) {
        return truth.rows().stream()
                .filter(row -> truth.planted(row.key()).isEmpty() && row.typeCode() == 5 + number)
                .findFirst()
                .orElseThrow();
    }

    private void sql(StoredAs row, String statement) throws Exception {
        try (Connection connection = sandbox.databases().connectFor(row.parentId());
                Statement sql = connection.createStatement()) {
            assertThat(sql.executeUpdate(statement + " WHERE key = '" + row.key() + "'"))
                    .isEqualTo(1);
        }
    }
}
