package org.cchq.migrate.kind.blobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.migration.ProgressSnapshot;
import org.junit.jupiter.api.Test;

class HqOutputTest {
    private final List<String> lines = new ArrayList<>();
    private final HqOutput output = new HqOutput(lines::add, 1000);

    @Test
    void printsWhatHqPrints() {
        output.accept(started("/log/migrate_backend-blob-migration-20190528T120000Z.txt"));
        output.accept(progress(6000, 0, 0, "PT0S"));
        output.accept(progress(6000, 1, 1, "PT0.137354S"));
        output.accept(progress(6000, 1000, 1000, "PT4.532256S"));
        output.accept(ended("complete", copied(6000), copied(6000)));

        assertThat(lines)
                .startsWith(
                        "Migration log: /log/migrate_backend-blob-migration-20190528T120000Z.txt",
                        "Processing 6000 documents: BlobMeta...",
                        "Processed 1/1 of 6000 documents in 0:00:00.137354 (0:13:43.986646 remaining)",
                        "Processed 1000/1000 of 6000 documents in 0:00:04.532256 (0:00:22.661280 remaining)",
                        "Processed 6000/6000 of 6000 documents (0 previously processed).",
                        "waiting for workers to stop... (Ctrl+C to abort)",
                        "done.");
        assertThat(lines).noneMatch(line -> line.contains("not found"));
    }

    @Test
    void aResumedRunTellsWhatWasDoneBefore() {
        output.accept(started("/log/x.txt"));
        output.accept(progress(10_000, 5000, 0, "PT0S"));
        output.accept(progress(10_000, 6000, 1000, "PT2S"));

        assertThat(lines)
                .containsExactly(
                        "Migration log: /log/x.txt",
                        "Processing 10000 documents (~5000 already processed): BlobMeta...",
                        "Processed 1000/6000 of 10000 documents in 0:00:02 (0:00:08 remaining)");
    }

    /** The second day had the totals of the first, and no line of progress before it had done more than that. */
    @Test
    void eachDayOfARunDayByDayHasItsOwnCountsAndProgress() {
        output.accept(started("/log/x.txt"));
        output.accept(progress(9000, 9000, 9000, "PT9S"));
        output.accept(ended("complete", copied(9000), copied(9000)));
        lines.clear();

        output.accept(started("/log/x.txt"));
        output.accept(progress(3000, 1000, 1000, "PT2S"));
        output.accept(ended("complete", copied(3000), copied(3000)));

        assertThat(lines)
                .startsWith(
                        "Migration log: /log/x.txt",
                        "Processing 3000 documents: BlobMeta...",
                        "Processed 1000/1000 of 3000 documents in 0:00:02 (0:00:04 remaining)",
                        "Processed 3000/3000 of 3000 documents (0 previously processed).");
    }

    @Test
    void missingBlobsAreToldInHqsWordsWithTheLog() {
        output.accept(started("/log/x.txt"));
        output.accept(progress(10, 10, 10, "PT1S"));
        Counts counts =
                new Counts(10, Map.of(Outcome.COPIED, 7L, Outcome.MISSING_ON_SOURCE, 2L, Outcome.DENIED, 1L), 9, 0);
        output.accept(ended("incomplete", counts, counts));

        assertThat(lines)
                .containsSubsequence(
                        "2 of 10 blobs were not found in the old blob database. It",
                        "is possible that some blobs were deleted as part of normal",
                        "operation during the migration if the migration took a long",
                        "time. However, it may be cause for concern if a majority of",
                        "the total number of migrated blobs were not found.",
                        "",
                        "Missing blob ids have been written in the log file:",
                        "/log/x.txt");
        assertThat(lines).anyMatch(line -> line.contains("denied 1"));
    }

    @Test
    void linesAreThinnedAsTimeGoesOn() {
        output.accept(started("/log/x.txt"));
        for (int second = 1; second <= 7200; second++) {
            output.accept(progress(100_000_000, second * 1000L, second * 1000L, "PT" + second + "S"));
        }

        assertThat(lines.stream().filter(line -> line.startsWith("Processed")).count())
                .isBetween(600L + 300 + 50, 600L + 300 + 70);
    }

    @Test
    void aRunThatStandsStillSaysOnceWhy() {
        output.accept(started("/log/x.txt"));
        output.accept(progress(10, 5, 5, "PT5S"));
        for (int second = 6; second < 60; second++) {
            output.accept(waiting("paused by alice", "PT" + second + "S"));
        }
        output.accept(progress(10, 6, 6, "PT60S"));
        output.accept(waiting("new: 503", "PT65S"));

        assertThat(lines.stream().filter(line -> line.startsWith("WARNING")))
                .containsExactly("WARNING waiting: paused by alice");
    }

    private static AgentEvent waiting(String why, String elapsed) {
        return new AgentEvent.Progressed(
                Instant.EPOCH,
                new ProgressSnapshot(OptionalLong.of(10), copied(5), copied(5), Duration.parse(elapsed), 0, 0, 0, why));
    }

    private static AgentEvent started(String log) {
        return new AgentEvent.Started(
                Instant.EPOCH, "0", List.of(), "s", "t", log, "l", 1, false, "me", "all", Instant.EPOCH);
    }

    private static AgentEvent progress(long total, long pass, long session, String elapsed) {
        return new AgentEvent.Progressed(
                Instant.EPOCH,
                new ProgressSnapshot(
                        OptionalLong.of(total), copied(pass), copied(session), Duration.parse(elapsed), 0, 0, 0, ""));
    }

    private static AgentEvent ended(String result, Counts pass, Counts session) {
        return new AgentEvent.Ended(Instant.EPOCH, result, 0, "", pass, session, "/log/x.txt", "");
    }

    private static Counts copied(long number) {
        return new Counts(number, Map.of(Outcome.COPIED, number), 0, 0);
    }
}
