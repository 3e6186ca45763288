package org.cchq.migrate.store.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.testing.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PostgresDatabaseIT {
    private static final String PASSWORD = "s3cret-Xy";
    private static PostgresServer server;

    @BeforeAll
    static void start() throws Exception {
        server = PostgresServer.start();
        server.createDatabase("d1");
        server.execute(
                "d1", "CREATE ROLE limited LOGIN PASSWORD '" + PASSWORD + "'; CREATE TABLE t (n int, at timestamptz)");
        server.requirePassword("limited");
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Test
    void bindsAndReadsValues() throws Exception {
        Instant instant = Instant.parse("2018-01-09T23:59:59.123456Z");
        try (PostgresDatabase database = new PostgresDatabase(server.spec("default", "d1"), 2)) {
            database.update("INSERT INTO t VALUES (?, ?)", List.of(7, instant));

            assertThat(database.query(
                            "SELECT at FROM t WHERE n = ANY(?) AND at = ?",
                            List.of(SqlArray.ofBigint(List.of(7L, 8L)), instant),
                            row -> row.getObject(1, OffsetDateTime.class).toInstant()))
                    .containsExactly(instant);
        }
    }

    @Test
    void opensAnotherConnectionWhenAnIdleOneIsLost() throws Exception {
        try (PostgresDatabase database = new PostgresDatabase(server.spec("default", "d1"), 1)) {
            int before = database.queryOne("SELECT pg_backend_pid()", List.of(), row -> row.getInt(1))
                    .orElseThrow();
            server.text("postgres", "SELECT pg_terminate_backend(" + before + ")::text");

            int after = database.queryOne("SELECT pg_backend_pid()", List.of(), row -> row.getInt(1))
                    .orElseThrow();

            assertThat(after).isNotEqualTo(before);
        }
    }

    @Test
    void leavesNothingBehindInASession() throws Exception {
        try (PostgresDatabase database = new PostgresDatabase(server.spec("default", "d1"), 1)) {
            for (int i = 0; i < 8; i++) {
                database.query("SELECT n FROM t WHERE n = ?", List.of(i), row -> row.getInt(1));
            }

            assertThat(database.query("SELECT name FROM pg_prepared_statements", List.of(), row -> row.getString(1)))
                    .isEmpty();
            assertThat(database.query(
                            "SELECT name FROM pg_cursors WHERE name <> ''", List.of(), row -> row.getString(1)))
                    .isEmpty();
        }
    }

    @Test
    void cancelsAStatementThatTakesTooLong() {
        try (PostgresDatabase database = new PostgresDatabase(server.spec("default", "d1"), 1)) {
            assertThatThrownBy(() -> database.query(
                            "SELECT 1 FROM pg_sleep(?)", List.of(30), Duration.ofSeconds(1), row -> row.getInt(1)))
                    .asInstanceOf(type(EndpointException.class))
                    .returns(Kind.UNREACHABLE, EndpointException::kind)
                    .returns(true, EndpointException::retryable);
        }
    }

    @Test
    void saysThatThePasswordIsWrongWithoutShowingIt() {
        assertKind(new DatabaseSpec(
                        "p1", "127.0.0.1", server.port(), "d1", "limited", new Secret("wrong-" + PASSWORD), Map.of()))
                .isEqualTo(Kind.UNUSABLE);
    }

    @Test
    void saysThatTheDatabaseIsUnknown() {
        assertKind(server.spec("p1", "nowhere")).isEqualTo(Kind.UNUSABLE);
    }

    @Test
    void saysThatTheAccountMayNotRead() {
        DatabaseSpec limited =
                new DatabaseSpec("p1", "127.0.0.1", server.port(), "d1", "limited", new Secret(PASSWORD), Map.of());
        assertKind(limited).isEqualTo(Kind.DENIED);
    }

    @Test
    void saysThatNobodyListens() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        assertKind(new DatabaseSpec("p1", "127.0.0.1", free, "d1", "u", new Secret(PASSWORD), Map.of()))
                .isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    void refusesTlsWhereTheServerHasNone() {
        assertKind(new DatabaseSpec(
                        "p1",
                        "127.0.0.1",
                        server.port(),
                        "d1",
                        "postgres",
                        new Secret(PASSWORD),
                        Map.of("sslmode", "require")))
                .isEqualTo(Kind.UNUSABLE);
    }

    private static org.assertj.core.api.AbstractObjectAssert<?, Kind> assertKind(DatabaseSpec spec) {
        try (PostgresDatabase database = new PostgresDatabase(spec, 1)) {
            EndpointException error = org.junit.jupiter.api.Assertions.assertThrows(
                    EndpointException.class, () -> database.query("SELECT n FROM t", List.of(), row -> row.getInt(1)));
            assertThat(error).hasMessageContaining("127.0.0.1:" + spec.port() + "/" + spec.name());
            for (Throwable cause = error; cause != null; cause = cause.getCause()) {
                assertThat(String.valueOf(cause.getMessage())).doesNotContain(PASSWORD);
            }
            return assertThat(error.kind());
        }
    }
}
