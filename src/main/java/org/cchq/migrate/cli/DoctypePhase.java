package org.cchq.migrate.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The phases of a migration of document types, and the agent's commands behind them. */
enum DoctypePhase implements MigrationPhase {
    // In the order in which HQ carries them out when several are asked for.
    STATS("stats", Names.HQS, "--stats", ""),
    INITIAL("initial", Names.HQS, "--initial", Names.FORWARD),
    ERASE("erase", Names.HQS, "--erase-continuous-progress", Names.FORWARD),
    CONTINUOUS("continuous", Names.HQS, "--continuous", Names.FORWARD),
    REVERSE("reverse", Names.HQS, "--continuous --reverse", Names.BACK),
    CLEANUP("cleanup", Names.HQS, "--cleanup", Names.FORWARD + " " + Names.BACK),
    VERIFY("verify", "verify_doctype", "", ""),
    PREINDEX("preindex", "preindex_doctype", "", ""),
    AUDIT("audit", "audit_doctype", "", "");

    /** What stands before the slug wherever a migration is named: {@code doctype:users}. */
    static final String PREFIX = "doctype:";

    private static final String CONFLICTS = "delete_doc_conflicts";
    /** The options of HQ's command that stand alone; each other one has a value. */
    private static final Set<String> FLAGS = Set.of(
            "--stats",
            "--initial",
            "--erase-continuous-progress",
            "--continuous",
            "--cleanup",
            "--reverse",
            "--once",
            "--purge",
            "--compact",
            "--help",
            "--no-color",
            "--force-color",
            "--traceback",
            "--skip-checks");

    /** Names used before the constants are there. */
    private static final class Names {
        private static final String HQS = "run_doctype_migration";
        /** Carrying documents to the target, and back to the source: one job each. */
        private static final String FORWARD = "forward";

        private static final String BACK = "back";
    }

    private final String word;
    private final String command;
    private final String option;
    private final String holds;

    DoctypePhase(String word, String command, String option, String holds) {
        this.word = word;
        this.command = command;
        this.option = option;
        this.holds = holds;
    }

    @Override
    public String word() {
        return word;
    }

    @Override
    public boolean isHqs() {
        return command.equals(Names.HQS);
    }

    /** The command, the slug, what makes it this phase. */
    @Override
    public int ownWords() {
        return 2 + options().size();
    }

    /** What it writes is its result, not counts of documents. */
    boolean tells() {
        return this == STATS || this == AUDIT || this == PREINDEX || this == ERASE;
    }

    @Override
    public Set<String> holds() {
        return holds.isEmpty() ? Set.of() : Set.of(holds.split(" ", -1));
    }

    static List<String> words() {
        return Arrays.stream(values()).map(DoctypePhase::word).toList();
    }

    static Optional<DoctypePhase> of(String word) {
        return Arrays.stream(values()).filter(phase -> phase.word.equals(word)).findFirst();
    }

    private List<String> options() {
        return option.isEmpty() ? List.of() : List.of(option.split(" ", -1));
    }

    /** The phase of one migration. */
    Phase of(String slug, List<String> more) {
        List<String> words = new ArrayList<>(List.of(command, slug));
        words.addAll(options());
        words.addAll(more);
        return new Phase(PREFIX + slug, word, words, holds());
    }

    /** The first word that is neither an option nor the value of one; "" if there is none. */
    private static String slug(List<String> words) {
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.startsWith("-")) {
                return word;
            }
            if (word.startsWith("--") && !word.contains("=") && !FLAGS.contains(word)) {
                i++;
            }
        }
        return "";
    }

    /**
     * What a management command of HQ's is; the options of one may be combined, and the last phase that they ask for names it.
     * Without a slug or a phase the agent answers as HQ does.
     */
    static Optional<Phase> ofManagementCommand(List<String> words) {
        if (words.isEmpty()) {
            return Optional.empty();
        }
        if (words.get(0).equals(CONFLICTS)) {
            return Optional.of(new Phase("doctypes", "conflicts", words, Set.of()));
        }
        if (!words.get(0).equals(Names.HQS)) {
            return Optional.empty();
        }
        String slug = slug(words);
        DoctypePhase asked = Arrays.stream(values())
                .filter(phase -> phase.isHqs() && words.containsAll(phase.options()))
                .reduce((first, last) -> last)
                .orElse(STATS);
        return Optional.of(new Phase(slug.isEmpty() ? "doctypes" : PREFIX + slug, asked.word, words, asked.holds()));
    }
}
