package org.cchq.migrate.cli;

import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.ssh.ShellWords;

/** What to type after a run. */
final class NextCommand {
    private NextCommand() {}

    /**
     * The agent's own advice, else what its result asks for; "" if there is nothing to do.
     *
     * @param migration of the job: {@code blobs}
     * @param phase of the job: {@code back-fill}
     */
    static String after(String environment, String migration, String phase, AgentEvent.Ended ended) {
        if (migration.equals(MetadataPhase.MIGRATION) && ended.next().isEmpty()) {
            return afterMetadata("cchq-migrate " + environment + " run metadata ", phase, ended);
        }
        if (!migration.equals(BlobPhase.MIGRATION)) {
            return ended.next().isEmpty() && migration.startsWith(DoctypePhase.PREFIX)
                    ? "cchq-migrate " + environment + " status " + migration
                    : ended.next();
        }
        String start = "cchq-migrate " + environment + " run blobs ";
        boolean logs = phase.equals(BlobPhase.CHECK_LOGS.word());
        boolean left = ended.result().equals("stopped")
                || ended.counts().done() < ended.counts().enumerated();
        boolean again = phase.equals(BlobPhase.VERIFY.word())
                && ended.counts().of(Outcome.FAILED) + ended.counts().of(Outcome.DENIED) > 0;
        if (left && logs) {
            return start + phase + " " + ended.log();
        }
        if (left || again) {
            return start + phase;
        }
        boolean listed = ended.counts().of(Outcome.MISSING_ON_SOURCE) > 0
                || ended.counts().of(Outcome.FAILED) > 0
                || ended.counts().of(Outcome.DENIED) > 0;
        if (listed && !ended.log().isEmpty()) {
            return start + "check-logs " + ShellWords.quote(ended.log());
        }
        return ended.next();
    }

    private static String afterMetadata(String run, String phase, AgentEvent.Ended ended) {
        MetadataPhase ran = MetadataPhase.of(phase).orElse(MetadataPhase.MIGRATE);
        boolean complete = ended.result().equals("complete");
        return switch (ran) {
            case MIGRATE, REPAIR -> run + (complete ? MetadataPhase.VERIFY : ran).word();
            case VERIFY ->
                complete ? "" : run + (ended.exit() == ExitCode.DIFFERENCES.code() ? MetadataPhase.REPAIR : ran).word();
            case BACK, FORM_ATTACHMENTS -> complete ? "" : run + ran.word();
        };
    }
}
