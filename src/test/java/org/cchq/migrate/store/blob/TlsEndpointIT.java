package org.cchq.migrate.store.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.InstantSource;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.store.blob.PutResult.Effect;
import org.cchq.migrate.store.blob.PutResult.Verified;
import org.cchq.migrate.testing.MadeBlob;
import org.cchq.migrate.testing.NginxServer;
import org.cchq.migrate.testing.PrivateAuthority;
import org.cchq.migrate.testing.S3ProxyServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store behind a real nginx that speaks TLS with a certificate of an issuer whom only this site knows. */
class TlsEndpointIT {
    private static final String BUCKET = "blobdb";

    @TempDir
    static Path directory;

    private static S3ProxyServer server;
    private static PrivateAuthority authority;
    private static NginxServer good;

    @BeforeAll
    static void start() throws Exception {
        authority = PrivateAuthority.in(directory);
        server = S3ProxyServer.start(BUCKET);
        good = NginxServer.before(
                server.port(), authority.issue("good", "IP:127.0.0.1", 5), "client_max_body_size 9m;");
    }

    @AfterAll
    static void stop() throws Exception {
        if (good != null) {
            good.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4_096, 300_000, 6 << 20, 8 << 20, 21 << 20})
    void storesAndReadsEverySize(int size) throws Exception {
        byte[] bytes = MadeBlob.bytes(size, size);
        try (S3BlobStore store = store(good.port())) {
            store.probeTarget();

            PutResult put = store.putIfAbsent("size/" + size, MadeBlob.of(bytes));

            assertThat(put.effect()).isEqualTo(Effect.CREATED);
            assertThat(put.verified()).isEqualTo(Verified.CHECKSUM);
            try (StoredBlob blob = store.open("size/" + size).orElseThrow()) {
                assertThat(blob.body().readAllBytes()).isEqualTo(bytes);
            }
            assertThat(store.list("").entries()).extracting(BlobPage.Entry::key).contains("size/" + size);
        }
    }

    @Test
    void aTruncatedSourceLeavesNothing() throws Exception {
        byte[] bytes = MadeBlob.bytes(6 << 20, 3);
        try (S3BlobStore store = store(good.port())) {
            store.probeTarget();

            assertThatThrownBy(() -> store.putIfAbsent("truncated", MadeBlob.truncated(bytes, 5 << 20)))
                    .isInstanceOf(EndpointException.class);

            assertThat(store.head("truncated")).isEmpty();
        }
    }

    @Test
    void anUnknownIssuerIsRefusedWithWhatToDo() throws Exception {
        try (S3BlobStore store = S3BlobStore.open(
                settings(good.port()),
                S3Tuning.DEFAULT,
                () -> (javax.net.ssl.SSLSocketFactory) javax.net.ssl.SSLSocketFactory.getDefault(),
                InstantSource.system())) {
            assertRefused(store, "update-ca-certificates");
        }
    }

    @Test
    void anExpiredCertificateIsRefusedWithWhatToDo() throws Exception {
        try (NginxServer expired = NginxServer.before(server.port(), authority.issue("expired", "IP:127.0.0.1", -1));
                S3BlobStore store = store(expired.port())) {
            assertRefused(store, "its certificate has expired");
        }
    }

    @Test
    void aCertificateForAnotherNameIsRefusedWithWhatToDo() throws Exception {
        try (NginxServer other =
                        NginxServer.before(server.port(), authority.issue("other", "DNS:blobs.example.com", 5));
                S3BlobStore store = store(other.port())) {
            assertRefused(store, "its certificate is for another name");
        }
    }

    @Test
    void aServerWithoutTlsIsRefusedWithWhatToDo() throws Exception {
        try (S3BlobStore store = store(server.port())) {
            assertRefused(store, "use http://");
        }
    }

    @Test
    void anHttpAddressOfATlsServerIsRefusedWithWhatToDo() throws Exception {
        S3Settings plain = S3Settings.of(
                "http://127.0.0.1:" + good.port(), server.accessKey(), new Secret(server.secretKey()), BUCKET);
        try (S3BlobStore store = S3BlobStore.open(plain, S3Tuning.DEFAULT)) {
            assertThatThrownBy(store::probeTarget).hasMessageContaining("https");
        }
    }

    private static void assertRefused(S3BlobStore store, String said) {
        assertThatThrownBy(store::probeTarget)
                .isInstanceOfSatisfying(EndpointException.class, refusal -> {
                    assertThat(refusal.kind()).isEqualTo(Kind.UNUSABLE);
                    assertThat(refusal.retryable()).isFalse();
                })
                .hasMessageContaining(said);
    }

    private static S3BlobStore store(int port) throws Exception {
        SSLContext context = trusting(authority.certificate());
        return S3BlobStore.open(
                settings(port), S3Tuning.DEFAULT, () -> context.getSocketFactory(), InstantSource.system());
    }

    private static S3Settings settings(int port) {
        return S3Settings.of("https://127.0.0.1:" + port, server.accessKey(), new Secret(server.secretKey()), BUCKET);
    }

    private static SSLContext trusting(Path issuer) throws Exception {
        KeyStore issuers = KeyStore.getInstance(KeyStore.getDefaultType());
        issuers.load(null, null);
        try (InputStream in = Files.newInputStream(issuer)) {
            issuers.setCertificateEntry(
                    "issuer", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(issuers);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }
}
