package org.cchq.migrate.kind.doctypes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The words of HQ's command: against its own page, where it is beside the checkout, and against what is known of the rest. */
class HqMessagesTest {
    @Test
    void theHelpIsThatOfThePageWithTheTwoCommandsThatCameLater() throws Exception {
        List<String> printed = block("CommandError: You may run either of the following commands");

        // A line end follows when it is printed.
        List<String> usage =
                (HqMessages.usage(Set.of("user_db_migration")) + "\n").lines().toList();

        assertThat(usage.stream()
                        .filter(line -> !line.endsWith("--stats") && !line.endsWith("--cleanup"))
                        .toList())
                .isEqualTo(printed);
        assertThat(usage)
                .contains(
                        "./manage.py run_doctype_migration <slug> --stats",
                        "./manage.py run_doctype_migration <slug> --cleanup");
    }

    @Test
    void statsAreThoseOfThePage() throws Exception {
        List<String> printed = block("Source DB: ");
        Map<String, Long> source = new LinkedHashMap<>();
        Map<String, Long> target = new LinkedHashMap<>();
        for (String row : printed.subList(4, printed.size())) {
            String[] cells = row.split(" +", -1);
            source.put(cells[0], Long.parseLong(cells[1]));
            target.put(cells[0], Long.parseLong(cells[2]));
        }

        List<String> lines = Stats.of(
                        "https://commcarehq:******@commcarehq.cloudant.com/commcarehq",
                        "https://commcarehq:******@commcarehq.cloudant.com/commcarehq__users",
                        source,
                        target)
                .lines();

        // The page shows tabs as a terminal does, and four asterisks where the command writes six.
        assertThat(lines.stream().map(HqMessagesTest::onTerminal).toList())
                .isEqualTo(printed.stream()
                        .map(line -> line.replace(":****@", ":******@"))
                        .toList());
        assertThat(source).hasSizeGreaterThan(10);
    }

    @Test
    void theTableHasTabs() {
        assertThat(Stats.of("s", "t", Map.of("Group", 12L), Map.of("Group", 3L)).lines())
                .containsExactly(
                        "Source DB: s",
                        "Target DB: t",
                        "",
                        "           doc_type           \tSource\tTarget",
                        "Group                         \t12\t3");
    }

    @Test
    void refusals() {
        assertThat(HqMessages.NOTHING_ASKED)
                .isEqualTo(
                        "CommandError: initial, continuous, cleanup, stats, or erase_continuous_progress must be set");
        assertThat(HqMessages.CLEANUP_ALONE).isEqualTo("CommandError: cleanup must be run alone");
        assertThat(HqMessages.initialWasRun("s"))
                .isEqualTo("CommandError: You have already run an initial migration.\nRun\n\n"
                        + "./manage.py run_doctype_migration s --continuous\n\n"
                        + "for continuous replication starting where you left off.");
        assertThat(HqMessages.initialWasNotRun("s"))
                .isEqualTo("CommandError: You have not yet run an initial migration.\nRun\n\n"
                        + "./manage.py run_doctype_migration s --initial\n\n"
                        + "to do a bulk migrate before continuous replication.");
        assertThat(HqMessages.CLEANUP_WAS_RUN)
                .startsWith("CommandError: You have already run cleanup for this migration.\n"
                        + "You cannot run --continuous after --cleanup.\n");
        assertThat(HqMessages.readChanges(2345, "131585621-g1AAAAK"))
                .isEqualTo("Read 2345 changes, saved seq 131585621-g1AAAAK");
        assertThat(HqMessages.cleanupWill(List.of("Group", "Group-Deleted"), "DB"))
                .containsExactly(
                        "Cleanup will remove doc_types (Group, Group-Deleted) from db DB",
                        "I recommend running './manage.py delete_doc_conflicts' first or some docs might not actually be"
                                + " deleted.");
    }

    /** The lines of one code block of the page, from this one to the block's end. */
    private static List<String> block(String first) throws Exception {
        Path seeds = Path.of(System.getenv().getOrDefault("CCHQ_SEEDS", "../shared/seeds"));
        Assumptions.assumeTrue(Files.isDirectory(seeds), "the printed procedures are not there; set CCHQ_SEEDS");
        try (Stream<Path> files = Files.list(seeds)) {
            Path page = files.filter(file -> file.getFileName().toString().startsWith("003_"))
                    .findFirst()
                    .orElseThrow();
            return Files.readAllLines(page).stream()
                    .dropWhile(line -> !line.startsWith(first))
                    .takeWhile(line -> !line.startsWith("```"))
                    .toList();
        }
    }

    private static String onTerminal(String line) {
        StringBuilder shown = new StringBuilder();
        for (char c : line.toCharArray()) {
            if (c == '\t') {
                shown.append(" ".repeat(8 - shown.length() % 8));
            } else {
                shown.append(c);
            }
        }
        return shown.toString();
    }
}
