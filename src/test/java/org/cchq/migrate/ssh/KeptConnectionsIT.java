package org.cchq.migrate.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.SshServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptConnectionsIT {
    @TempDir
    Path directory;

    private SshServer server;
    private KeptConnections kept;
    private SshTarget target;
    private Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private int logins;

    @BeforeEach
    void start() throws Exception {
        server = SshServer.start();
        target = new SshTarget("web0", server.address(), server.port(), server.user());
        kept = new KeptConnections(() -> now);
    }

    @AfterEach
    void stop() throws Exception {
        kept.close();
        server.close();
    }

    @Test
    void oneThatIsDoneWithIsUsedAgain() throws Exception {
        String first;
        try (SshConnection connection = take()) {
            first = from(connection);
            assertThat(connection.exec("exit 3").exit().code()).isEqualTo(3);
        }
        try (SshConnection connection = take()) {
            assertThat(from(connection)).isEqualTo(first);
        }
        assertThat(logins).isOne();
    }

    @Test
    void twoAtATimeAreTwo() throws Exception {
        try (SshConnection one = take();
                SshConnection other = take()) {
            assertThat(from(one)).isNotEqualTo(from(other));
        }
        assertThat(logins).isEqualTo(2);
    }

    @Test
    void whoHasGivenItBackHasItNoMore() throws Exception {
        SshConnection first = take();
        first.close();
        try (SshConnection second = take()) {
            first.close();

            assertThatThrownBy(() -> first.exec("true")).isInstanceOf(EndpointException.class);
            assertThat(second.exec("echo on").stdout()).isEqualTo("on\n");
        }
        assertThat(logins).isOne();
    }

    @Test
    void closingEndsWhatStillRuns() throws Exception {
        Path begun = directory.resolve("begun");
        SshConnection connection = take();
        CompletableFuture<Object> command = CompletableFuture.supplyAsync(() -> {
            try {
                return connection.exec("touch " + begun + "; sleep 60");
            } catch (EndpointException | InterruptedException e) {
                return e;
            }
        });
        Eventually.holds("the command to run", Duration.ofSeconds(10), () -> Files.exists(begun));
        connection.close();

        assertThat(command.get(20, java.util.concurrent.TimeUnit.SECONDS)).isInstanceOf(EndpointException.class);
        take().close();
        assertThat(logins).isEqualTo(2);
    }

    @Test
    void oneThatWasLostIsMadeAnew() throws Exception {
        take().close();
        server.dropSessions();
        Eventually.holds("another login", Duration.ofSeconds(10), () -> {
            try (SshConnection connection = take()) {
                return connection.exec("true").ok() && logins == 2;
            } catch (EndpointException e) {
                assertThat(e.retryable()).isTrue();
                return false;
            }
        });
    }

    @Test
    void oneThatNobodyWantedForLongIsMadeAnew() throws Exception {
        take().close();
        now = now.plusSeconds(59);
        take().close();
        assertThat(logins).isOne();
        now = now.plusSeconds(61);
        take().close();
        assertThat(logins).isEqualTo(2);
    }

    @Test
    void whatSudoWantsIsAskedOnce() throws Exception {
        Become service = new Become(server.serviceUser(), Optional.empty());
        try (SshConnection connection = take()) {
            assertThat(RemoteShell.as(service, connection).run("true").ok()).isTrue();
        }
        try (SshConnection connection = take()) {
            assertThat(connection.sudo()).containsOnlyKeys(server.serviceUser());
            assertThat(RemoteShell.as(service, connection).require("ask who I am", "id -un"))
                    .isEqualTo(server.serviceUser() + "\n");
        }
    }

    @Test
    void nothingIsKeptAfterTheEnd() throws Exception {
        SshConnection late = take();
        take().close();
        kept.close();
        late.close();

        take().close();
        assertThat(logins).isEqualTo(3);
    }

    private SshConnection take() throws Exception {
        return kept.to(target, () -> {
            logins++;
            return SshConnection.connect(
                    target, SshSettings.of(server.knownHosts(), true, List.of(server.privateKey()), warning -> {}));
        });
    }

    /** Address and port of this end, as the host sees it. */
    private static String from(SshConnection connection) throws Exception {
        return connection.exec("echo $SSH_CONNECTION").stdout();
    }
}
