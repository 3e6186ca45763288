package org.cchq.migrate.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The phases of the migration of blob metadata, and the agent's commands behind them. */
enum MetadataPhase implements MigrationPhase {
    MIGRATE("migrate", true, "run_blob_migration", "migrate_metadata"),
    VERIFY("verify", false, "verify_blob_metadata"),
    REPAIR("repair", false, "verify_blob_metadata", "--repair"),
    FORM_ATTACHMENTS("form-attachments", true, "run_sql", "simple_move_form_attachments_to_blobmeta"),
    BACK("back", false, "remove_blob_metadata");

    static final String MIGRATION = "metadata";
    /** One job at a time. */
    private static final Set<String> HOLDS = Set.of("ledger");

    private final String word;
    private final boolean hqs;
    /** Its words, a space between each. */
    private final String command;

    MetadataPhase(String word, boolean hqs, String... command) {
        this.word = word;
        this.hqs = hqs;
        this.command = String.join(" ", command);
    }

    @Override
    public String word() {
        return word;
    }

    @Override
    public boolean isHqs() {
        return hqs;
    }

    @Override
    public int ownWords() {
        return command().size();
    }

    @Override
    public Set<String> holds() {
        return HOLDS;
    }

    /** The agent's command, and what makes it this phase. */
    List<String> command() {
        return List.of(command.split(" ", -1));
    }

    /** With what has to follow the command. */
    Phase with(List<String> more) {
        return new Phase(MIGRATION, word, AgentRun.words(command(), more), HOLDS);
    }

    static List<String> words() {
        return Arrays.stream(values()).map(MetadataPhase::word).toList();
    }

    static Optional<MetadataPhase> of(String word) {
        return Arrays.stream(values()).filter(phase -> phase.word.equals(word)).findFirst();
    }

    /** The phase that a management command of HQ is; empty if the agent does not have it. */
    static Optional<Phase> ofManagementCommand(List<String> words) {
        return Arrays.stream(values())
                .filter(MetadataPhase::isHqs)
                .filter(phase ->
                        !words.isEmpty() && words.get(0).equals(phase.command().get(0)))
                .filter(phase -> words.containsAll(phase.command()))
                .map(phase -> new Phase(MIGRATION, phase.word, words, HOLDS))
                .findFirst();
    }
}
