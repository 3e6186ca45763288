package org.cchq.migrate.kind.doctypes;

import java.util.Collection;
import java.util.List;

/**
 * What HQ's {@code run_doctype_migration} says, word for word, so that scripts and people who know it are at home. Source:
 * the printed output in the procedure's own page, and HQ's command of 2016 to 2019.
 */
public final class HqMessages {
    /** What Django writes before the message of a command that refuses. */
    private static final String REFUSED = "CommandError: ";

    /** {@code --initial}, {@code --continuous} and the others: none was given. */
    public static final String NOTHING_ASKED =
            REFUSED + "initial, continuous, cleanup, stats, or erase_continuous_progress must be set";

    public static final String CLEANUP_ALONE = REFUSED + "cleanup must be run alone";

    /** To stderr when {@code --continuous} begins. */
    public static final String STARTING = "Starting continuous replication...";

    public static final String CAUGHT_UP = "All caught up!";

    /** HQ found that what it deletes in the source would be deleted in the target too. */
    public static final String STILL_REPLICATING =
            "It looks like replication is still happening, please track down and cancel before attempting to cleanup,"
                    + " lest you replicate the deletions. Yikes!";

    public static final String SURE = "Are you sure you want to proceed? [y/n]";

    public static final String CONFLICTS_DELETED = "Document conflict deletion complete";

    private HqMessages() {}

    /** The help, which is also the answer to an unknown slug. */
    public static String usage(Collection<String> slugs) {
        return REFUSED + """
                You may run either of the following commands

                ./manage.py run_doctype_migration <slug> --stats
                ./manage.py run_doctype_migration <slug> --initial
                ./manage.py run_doctype_migration <slug> --continuous
                ./manage.py run_doctype_migration <slug> --cleanup

                with with the following slugs:

                """ + String.join("\n", slugs.stream().sorted().toList()) + "\n";
    }

    /** {@code --initial} where one was completed. */
    public static String initialWasRun(String slug) {
        return REFUSED + """
                You have already run an initial migration.
                Run

                ./manage.py run_doctype_migration %s --continuous

                for continuous replication starting where you left off.""".formatted(slug);
    }

    /** {@code --continuous} before an initial migration was completed. */
    public static String initialWasNotRun(String slug) {
        return REFUSED + """
                You have not yet run an initial migration.
                Run

                ./manage.py run_doctype_migration %s --initial

                to do a bulk migrate before continuous replication.""".formatted(slug);
    }

    /** {@code --continuous} and the like after cleanup. */
    public static final String CLEANUP_WAS_RUN = REFUSED + """
            You have already run cleanup for this migration.
            You cannot run --continuous after --cleanup.

            This is actually very important: if you were to run --continuous again, that would
            replicate changes from the source db to the target db
            resulting in the docs deleted in cleanup also being deleted from the target db!

            You're welcome.""";

    /** What HQ says before it asks. */
    public static List<String> cleanupWill(List<String> docTypes, String source) {
        return List.of(
                "Cleanup will remove doc_types (" + String.join(", ", docTypes) + ") from db " + source,
                "I recommend running './manage.py delete_doc_conflicts' first or some docs might not actually be deleted.");
    }

    /** After every commit and every catch-up of {@code --continuous}. */
    public static String readChanges(long changes, String sequence) {
        return "Read " + changes + " changes, saved seq " + sequence;
    }

    /** What a deploy's blocking migration says before the first phase was run. */
    public static String notComplete(String slug) {
        return """
                MigrationNotComplete: before this release can be deployed, the %1$s doc_type migration must be run.

                On a development machine:

                ./manage.py sync_couch_views
                ./manage.py run_doctype_migration %1$s --initial
                ./manage.py migrate

                and, when everything works, ./manage.py run_doctype_migration %1$s --cleanup

                On a production deploy: note the full path of this aborted release, and run from there

                ./manage.py run_doctype_migration %1$s --initial
                ./manage.py run_doctype_migration %1$s --continuous

                then deploy again while --continuous is running.

                On a fresh install there is nothing to migrate:

                env CCHQ_IS_FRESH_INSTALL=1 python manage.py migrate""".formatted(slug);
    }
}
