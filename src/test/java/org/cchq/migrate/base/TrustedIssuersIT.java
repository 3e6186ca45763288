package org.cchq.migrate.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.cchq.migrate.testing.NginxServer;
import org.cchq.migrate.testing.PrivateAuthority;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom connections trust, told by handshakes with a real nginx whose certificate a private issuer made. */
class TrustedIssuersIT {
    @TempDir
    static Path directory;

    private static Path issuer;
    private static Path other;
    private static NginxServer server;

    @BeforeAll
    static void start() throws Exception {
        PrivateAuthority authority = PrivateAuthority.in(directory);
        issuer = authority.certificate();
        other = PrivateAuthority.in(Files.createDirectory(directory.resolve("other")))
                .certificate();
        server = NginxServer.before(1, authority.issue("server", "IP:127.0.0.1", 5));
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"})
    void aNamedFileIsTrustedAloneAsByHqsClient(String variable) throws Exception {
        List<Path> machine = List.of(issuer);

        assertThat(shakesHands(TrustedIssuers.of(named(variable, issuer), List.of(), Optional.empty())))
                .isTrue();
        assertThat(shakesHands(TrustedIssuers.of(named(variable, other), machine, Optional.empty())))
                .isFalse();
    }

    @Test
    void awsCaBundleComesFirst() throws Exception {
        Map<String, String> both = Map.of("AWS_CA_BUNDLE", issuer.toString(), "REQUESTS_CA_BUNDLE", other.toString());

        assertThat(shakesHands(TrustedIssuers.of(both, List.of(), Optional.empty())))
                .isTrue();
    }

    @Test
    void theMachinesIssuersAreTrustedWithThoseOfJava() throws Exception {
        List<Path> machine = List.of(directory.resolve("not-there"), issuer, other);

        assertThat(shakesHands(TrustedIssuers.of(Map.of(), machine, Optional.empty())))
                .isTrue();
        assertThat(shakesHands(TrustedIssuers.of(Map.of(), List.of(), Optional.empty())))
                .isFalse();
    }

    @Test
    void aTrustStoreGivenToJavaIsTheOnlyOne() throws Exception {
        assertThat(shakesHands(TrustedIssuers.of(Map.of(), List.of(issuer), Optional.of("given"))))
                .isFalse();
    }

    @Test
    void aFileWithoutCertificatesIsRefusedWithItsName() throws Exception {
        Path empty = Files.writeString(directory.resolve("empty.pem"), "nothing\n");
        Path broken = Files.writeString(
                directory.resolve("broken.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

        for (Path file : List.of(empty, broken, directory.resolve("missing.pem"), directory)) {
            assertThatThrownBy(() -> TrustedIssuers.of(named("AWS_CA_BUNDLE", file), List.of(), Optional.empty()))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("AWS_CA_BUNDLE: " + file)
                    .hasMessageContaining("readable file of PEM certificates");
        }
    }

    private static Map<String, String> named(String variable, Path file) {
        return Map.of(variable, file.toString());
    }

    private static boolean shakesHands(TrustedIssuers issuers) throws IOException {
        try (SSLSocket socket = (SSLSocket)
                issuers.context().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.startHandshake();
            return true;
        } catch (IOException e) {
            assertThat(TlsRefusal.of(e))
                    .hasValueSatisfying(text -> assertThat(text).contains("update-ca-certificates"));
            return false;
        }
    }
}
