package org.cchq.migrate.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnifiedDiffTest {
    @TempDir
    Path directory;

    @Test
    void equalTextsHaveNoHunk() {
        assertThat(hunks(List.of("a", "b"), List.of("a", "b"))).isEmpty();
        assertThat(hunks(List.of(), List.of())).isEmpty();
    }

    @Test
    void showsAChangedLineWithThreeAround() {
        List<String> old = List.of("1", "2", "3", "4", "5", "6", "7", "8", "9");
        List<String> now = List.of("1", "2", "3", "4", "x", "6", "7", "8", "9");

        assertThat(hunks(old, now)).containsExactly("@@ -2,7 +2,7 @@", " 2", " 3", " 4", "-5", "+x", " 6", " 7", " 8");
    }

    /** patch(1) makes the new text of the old one by what is shown. */
    @RepeatedTest(40)
    void patchTakesIt(RepetitionInfo repetition) throws Exception {
        Random random = new Random(repetition.getCurrentRepetition());
        List<String> old = lines(random, new ArrayList<>());
        List<String> now = lines(random, old);
        Path file = Files.write(directory.resolve("file"), old);
        List<String> patch = new ArrayList<>(List.of("--- file", "+++ file"));
        patch.addAll(hunks(old, now));
        if (patch.size() == 2) {
            assertThat(now).isEqualTo(old);
            return;
        }
        Path patchFile = Files.write(directory.resolve("patch"), patch);

        Process process = new ProcessBuilder("patch", "-s", "-F0", file.toString(), patchFile.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(said + patch).isZero();
        assertThat(Files.exists(file) ? Files.readAllLines(file) : List.of()).isEqualTo(now);
    }

    private static List<String> lines(Random random, List<String> base) {
        List<String> lines = new ArrayList<>();
        if (base.isEmpty()) {
            for (int i = random.nextInt(60); i > 0; i--) {
                lines.add("line " + random.nextInt(20));
            }
            return lines;
        }
        for (String line : base) {
            switch (random.nextInt(12)) {
                case 0 -> {}
                case 1 -> lines.add("new " + random.nextInt(5));
                case 2 -> lines.addAll(List.of(line, "more"));
                default -> lines.add(line);
            }
        }
        return lines;
    }

    private static List<String> hunks(List<String> old, List<String> now) {
        return UnifiedDiff.hunks(old, now, old, now);
    }
}
