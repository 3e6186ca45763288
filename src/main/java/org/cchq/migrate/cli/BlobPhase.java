package org.cchq.migrate.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The phases of the blob migration, and the agent's commands behind them. */
enum BlobPhase implements MigrationPhase {
    BACK_FILL("back-fill", "run_blob_migration", "migrate_backend"),
    CHECK("check", "run_blob_migration", "migrate_backend_check"),
    CHECK_LOGS("check-logs", "check_blob_logs", ""),
    VERIFY("verify", "verify", ""),
    COPY_BACK("copy-back", "copy-back", "");

    static final String MIGRATION = "blobs";
    /** One job at a time. */
    private static final Set<String> HOLDS = Set.of("ledger");

    private final String word;
    private final String command;
    private final String slug;

    BlobPhase(String word, String command, String slug) {
        this.word = word;
        this.command = command;
        this.slug = slug;
    }

    @Override
    public String word() {
        return word;
    }

    /** The agent's command and slug. */
    List<String> command() {
        return slug.isEmpty() ? List.of(command) : List.of(command, slug);
    }

    /** With the agent's command and slug. */
    Phase phase() {
        return new Phase(MIGRATION, word, command(), HOLDS);
    }

    static List<String> words() {
        return Arrays.stream(values()).map(BlobPhase::word).toList();
    }

    static Optional<BlobPhase> of(String word) {
        return Arrays.stream(values()).filter(phase -> phase.word.equals(word)).findFirst();
    }

    @Override
    public boolean isHqs() {
        return this != VERIFY && this != COPY_BACK;
    }

    @Override
    public int ownWords() {
        return command().size();
    }

    @Override
    public Set<String> holds() {
        return HOLDS;
    }

    /** The phase that a management command of HQ is; empty if the agent does not have it. */
    static Optional<BlobPhase> ofManagementCommand(List<String> words) {
        if (words.isEmpty()) {
            return Optional.empty();
        }
        return Arrays.stream(values())
                .filter(BlobPhase::isHqs)
                .filter(phase -> phase.command.equals(words.get(0)))
                .filter(phase -> phase.slug.isEmpty() || words.contains(phase.slug))
                .findFirst();
    }
}
