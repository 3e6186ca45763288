package org.cchq.migrate.kind.doctypes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;
import org.cchq.migrate.store.row.PostgresDatabase;
import org.cchq.migrate.testing.HqSchema;
import org.cchq.migrate.testing.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** HQ's own notes on a migration, in a real PostgreSQL. */
class HqTablesIT {
    private static PostgresServer server;

    @BeforeAll
    static void start() throws Exception {
        server = PostgresServer.start();
        server.createDatabase("hq");
        server.execute("hq", HqSchema.doctypeMigrations());
        server.createDatabase("without");
        server.createDatabase("old");
        server.execute("old", HqSchema.doctypeMigrations().replace("cleanup_complete", "other"));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Test
    void tellsTheStoryOfAMigrationAsHqDoes() throws Exception {
        try (PostgresDatabase database = new PostgresDatabase(server.spec("default", "hq"), 1)) {
            HqTables tables = HqTables.open(database).orElseThrow();

            assertThat(tables.known("users")).isEmpty();

            tables.begun("users", new Sequence("\"12-abc\""));
            assertThat(tables.known("users"))
                    .contains(new HqTables.Known(Optional.of(new Sequence("\"12-abc\"")), Optional.empty(), false));

            tables.checkpoint("users", new Sequence("\"12-abc\""));
            tables.checkpoint("users", new Sequence("\"40-def\""));
            tables.begun("fixtures", new Sequence("7"));
            tables.checkpoint("fixtures", new Sequence("9"));
            tables.cleanedUp("users");

            assertThat(tables.known("users"))
                    .contains(new HqTables.Known(
                            Optional.of(new Sequence("\"12-abc\"")), Optional.of(new Sequence("\"40-def\"")), true));
            assertThat(tables.known("fixtures"))
                    .contains(
                            new HqTables.Known(Optional.of(new Sequence("7")), Optional.of(new Sequence("9")), false));
        }
        assertThat(server.text(
                        "hq",
                        "SELECT string_agg(seq, ' ' ORDER BY id) FROM doctypemigrations_doctypemigrationcheckpoint"))
                .as("one checkpoint of each, renewed")
                .isEqualTo("40-def 9");
    }

    @Test
    void readsWhatHqsOwnRunsHaveLeft() throws Exception {
        server.execute(
                "hq",
                "INSERT INTO doctypemigrations_doctypemigration (id, slug, original_seq, cleanup_complete)"
                        + " VALUES (900, 'apps', '100-a', false), (901, 'domains', '', false);"
                        + "INSERT INTO doctypemigrations_doctypemigrationcheckpoint (migration_id, seq, \"timestamp\")"
                        + " VALUES (900, '300-c', '2016-01-03Z'), (900, '200-b', '2016-01-02Z')");
        try (PostgresDatabase database = new PostgresDatabase(server.spec("default", "hq"), 1)) {
            HqTables tables = HqTables.open(database).orElseThrow();

            assertThat(tables.known("apps").orElseThrow().lastSequence())
                    .as("the newest by time")
                    .contains(new Sequence("\"300-c\""));
            assertThat(tables.known("domains").orElseThrow().originalSequence()).isEmpty();
        }
    }

    @Test
    void aSiteWithoutTheTablesIsToldOnce() throws Exception {
        List<String> notices = new ArrayList<>();
        try (HqMirror mirror = new HqMirror(Optional.of(server.spec("default", "without")), "users", notices::add)) {
            mirror.begun(new Sequence("1"));
            mirror.checkpoint(new Sequence("2"));
            mirror.cleanedUp();
            assertThat(mirror.known()).isEmpty();
        }

        assertThat(notices).singleElement().asString().contains("doctypemigrations");
    }

    @Test
    void aDatabaseThatGoesAwayDoesNotEndTheMigration() throws Exception {
        List<String> notices = new ArrayList<>();
        try (HqMirror mirror = new HqMirror(Optional.of(server.spec("default", "hq")), "gone", notices::add)) {
            mirror.begun(new Sequence("1"));
            server.execute("hq", "ALTER TABLE doctypemigrations_doctypemigrationcheckpoint RENAME TO elsewhere");
            try {
                mirror.checkpoint(new Sequence("2"));
                mirror.flush();
            } finally {
                server.execute("hq", "ALTER TABLE elsewhere RENAME TO doctypemigrations_doctypemigrationcheckpoint");
            }
        }

        assertThat(notices).singleElement().asString().contains("HQ's tables are behind");
    }

    @Test
    void tablesOfBeforeTheCleanupColumn() throws Exception {
        server.execute("old", "ALTER TABLE doctypemigrations_doctypemigration DROP COLUMN other");
        try (PostgresDatabase database = new PostgresDatabase(server.spec("default", "old"), 1)) {
            HqTables tables = HqTables.open(database).orElseThrow();
            tables.begun("users", new Sequence("5"));
            tables.cleanedUp("users");

            assertThat(tables.known("users").orElseThrow().cleanupComplete()).isFalse();
        }
    }
}
