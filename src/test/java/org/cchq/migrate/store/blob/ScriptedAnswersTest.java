package org.cchq.migrate.store.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.store.blob.PutResult.Effect;
import org.cchq.migrate.store.blob.PutResult.Verified;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the store takes answers that a good server never gives, byte by byte. */
@Timeout(60)
class ScriptedAnswersTest {
    private static final String HELLO =
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"5d41402abc4b2a76b9719d911017c592\"\r\n\r\n";
    private static final String MISSING = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\ncontent-LENGTH:5\r\n\r\nhello",
                "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
                "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"
            })
    void readsABodyOfDeclaredLength(String answer) throws Exception {
        try (ScriptedServer server = new ScriptedServer(List.of(answer));
                S3BlobStore store = store(server)) {
            assertThat(read(store)).isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nTrailer: t\r\n\r\n",
                "HTTP/1.0 200 OK\r\n\r\nhello"
            })
    void asksForTheLengthWhereABodyHasNone(String answer) throws Exception {
        try (ScriptedServer server = new ScriptedServer(List.of(answer), List.of(HELLO));
                S3BlobStore store = store(server)) {
            assertThat(read(store)).isEqualTo("hello");
            assertThat(server.heads()).extracting(head -> head.substring(0, 4)).containsExactly("GET ", "HEAD");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nh",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell"
            })
    void aBodyThatIsCutShortIsCorrupt(String answer) throws Exception {
        try (ScriptedServer server = new ScriptedServer(List.of(answer));
                S3BlobStore store = store(server)) {
            assertThat(readFailure(store).kind()).isEqualTo(Kind.CORRUPT);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhell\r\n0\r\n\r\n",
                "HTTP/1.0 200 OK\r\n\r\nhell",
                "HTTP/1.0 200 OK\r\n\r\nhello!"
            })
    void aBodyOfAnotherLengthThanTheStoreDeclaresIsCorrupt(String answer) throws Exception {
        try (ScriptedServer server = new ScriptedServer(List.of(answer), List.of(HELLO));
                S3BlobStore store = store(server)) {
            assertThat(readFailure(store).kind()).isEqualTo(Kind.CORRUPT);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2\r\n\r\n",
                "HTTP/1.1 abc\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhello"
            })
    void whatIsNotHttpIsAServerError(String answer) throws Exception {
        try (ScriptedServer server = new ScriptedServer(List.of(answer));
                S3BlobStore store = store(server)) {
            assertThat(failure(() -> store.open("k")).kind()).isEqualTo(Kind.SERVER_ERROR);
        }
    }

    @Test
    void headersHaveABound() throws Exception {
        String endless = "HTTP/1.1 200 OK\r\n" + "X-Filler: 0123456789\r\n".repeat(10_000);
        try (ScriptedServer server = new ScriptedServer(List.of(endless));
                S3BlobStore store = store(server)) {
            assertThat(failure(() -> store.open("k"))).hasMessageContaining("headers of more than 65536 bytes");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "403, AccessDenied, DENIED",
        "403, InvalidAccessKeyId, UNUSABLE",
        "403, SignatureDoesNotMatch, UNUSABLE",
        "403, RequestTimeTooSkewed, UNUSABLE",
        "400, ExpiredToken, UNUSABLE",
        "404, NoSuchBucket, UNUSABLE",
        "301, PermanentRedirect, UNUSABLE",
        "400, AuthorizationHeaderMalformed, UNUSABLE",
        "503, SlowDown, THROTTLED",
        "429, TooManyRequests, THROTTLED",
        "500, InternalError, SERVER_ERROR",
        "500, '', SERVER_ERROR",
        "502, '', UNREACHABLE",
        "504, '', UNREACHABLE",
        "408, '', UNREACHABLE",
        "429, '', THROTTLED",
        "502, InternalError, SERVER_ERROR",
        "400, MalformedThing, REFUSED"
    })
    void refusalsHaveTheirKinds(int status, String code, Kind kind) throws Exception {
        String body = code.isEmpty()
                ? "<html>Bad Gateway</html>"
                : "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>m</Message></Error>";
        String answer = "HTTP/1.1 " + status + " X\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
        try (ScriptedServer server = new ScriptedServer(List.of(answer));
                S3BlobStore store = store(server)) {
            EndpointException failure = failure(() -> store.open("some/key"));

            assertThat(failure.kind()).isEqualTo(kind);
            assertThat(failure).hasMessageContaining("GET key some/key").hasMessageContaining(code);
            assertThat(failure.getMessage()).doesNotContain("very-secret");
        }
    }

    @Test
    void aProxysOwn404IsNotAMissingKey() throws Exception {
        String page = "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n<html/>ab";
        try (ScriptedServer server = new ScriptedServer(List.of(page));
                S3BlobStore store = store(server)) {
            assertThat(failure(() -> store.open("k")).kind()).isEqualTo(Kind.REFUSED);
        }
    }

    @Test
    void anErrorDocumentCannotReadFiles() {
        S3Error error = S3Error.parse(("<!DOCTYPE Error [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
                        + "<Error><Code>A</Code><Message>&x;</Message></Error>")
                .getBytes(StandardCharsets.UTF_8));

        assertThat(error.message()).doesNotContain("root");
    }

    @Test
    void aConnectionThatWasClosedMeanwhileIsReplacedOnce() throws Exception {
        try (ScriptedServer server = new ScriptedServer(List.of(MISSING), List.of(HELLO));
                S3BlobStore store = store(server)) {
            store.head("k");

            assertThat(store.head("k")).map(BlobInfo::length).contains(5L);
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void aNewConnectionThatIsClosedIsUnreachable() throws Exception {
        try (ScriptedServer server = new ScriptedServer(List.of(""), List.of(HELLO));
                S3BlobStore store = store(server)) {
            server.close();

            assertThat(failure(() -> store.head("k")).kind()).isEqualTo(Kind.UNREACHABLE);
        }
    }

    @Test
    void aStalledServerCostsTheReadTimeout() throws Exception {
        try (ScriptedServer server = new ScriptedServer(List.of(ScriptedServer.STALL));
                S3BlobStore store = S3BlobStore.open(
                        settings(server).withTimeouts(Duration.ofSeconds(5), Duration.ofMillis(300)),
                        S3Tuning.DEFAULT)) {
            EndpointException failure = failure(() -> store.head("k"));

            assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(failure).hasMessageContaining("did not answer in time");
        }
    }

    @Test
    void anInterruptedThreadGetsOutOfAStalledRequest() throws Exception {
        try (ScriptedServer server = new ScriptedServer(List.of(ScriptedServer.STALL));
                S3BlobStore store = store(server)) {
            CompletableFuture<Throwable> outcome = new CompletableFuture<>();
            Thread worker = new Thread(() -> {
                try {
                    store.head("k");
                    outcome.complete(new AssertionError("an answer?"));
                } catch (EndpointException | InterruptedException e) {
                    outcome.complete(e);
                }
            });
            worker.start();
            worker.interrupt();

            assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void closingTheStoreEndsAStalledRequest() throws Exception {
        try (ScriptedServer server = new ScriptedServer(List.of(ScriptedServer.STALL))) {
            S3BlobStore store = store(server);
            CompletableFuture<EndpointException> outcome =
                    CompletableFuture.supplyAsync(() -> failure(() -> store.head("k")));
            while (server.heads().isEmpty()) {
                Thread.onSpinWait();
            }

            store.close();

            assertThat(outcome.get(20, TimeUnit.SECONDS).kind()).isEqualTo(Kind.UNREACHABLE);
        }
    }

    @Test
    void somethingElseWasStoredThanWasSent() throws Exception {
        String wrong = "HTTP/1.1 200 OK\r\nETag: \"00000000000000000000000000000000\"\r\nContent-Length: 0\r\n\r\n";
        String there = "HTTP/1.1 200 OK\r\nETag: \"other\"\r\nContent-Length: 9\r\n\r\n";
        try (ScriptedServer server = new ScriptedServer(List.of(MISSING, wrong, there));
                S3BlobStore store = store(server)) {
            // Not probed, so the ETag proves nothing: the length that the store declares decides.
            assertThat(store.putIfAbsent("k", BytesBlob.of("hello".getBytes(StandardCharsets.UTF_8)))
                            .effect())
                    .isEqualTo(Effect.DIFFERENT);
        }
    }

    @Test
    void putSendsNothingThatWouldBecomeMetadata() throws Exception {
        try (ScriptedServer server = new ScriptedServer(List.of(MISSING, HELLO.replace("Length: 5", "Length: 0")));
                S3BlobStore store = store(server)) {
            PutResult put = store.putIfAbsent("k", BytesBlob.of("hello".getBytes(StandardCharsets.UTF_8)));

            assertThat(put).isEqualTo(new PutResult(Effect.CREATED, 5, Verified.CHECKSUM));
            assertThat(server.heads().get(1).lines().skip(1).filter(line -> !line.isEmpty()))
                    .extracting(line -> line.substring(0, line.indexOf(':')))
                    .containsExactlyInAnyOrder(
                            "Host",
                            "Content-MD5",
                            "x-amz-date",
                            "x-amz-content-sha256",
                            "Authorization",
                            "Content-Length");
        }
    }

    @Test
    void anEmptyKeyIsNeverSent() throws Exception {
        try (ScriptedServer server = new ScriptedServer(List.of(HELLO));
                S3BlobStore store = store(server)) {
            assertThat(failure(() -> store.delete("")).kind()).isEqualTo(Kind.REFUSED);
            assertThat(server.heads()).isEmpty();
        }
    }

    @Test
    void allThatIsWrongWithTheSettingsIsSaidAtOnce() {
        S3Settings wrong = S3Settings.of("ftp://user:very-secret@x", "AK", new Secret(""), "b")
                .withTimeouts(Duration.ZERO, Duration.ofSeconds(1));

        assertThatThrownBy(() -> S3BlobStore.open(wrong, S3Tuning.DEFAULT))
                .hasMessageContaining("http:// or https://")
                .hasMessageContaining("no secret_key")
                .hasMessageContaining("s3_bucket")
                .hasMessageContaining("connect_timeout")
                .message()
                .doesNotContain("very-secret");
    }

    private interface Act {
        Object run() throws Exception;
    }

    private static EndpointException failure(Act act) {
        return catchThrowableOfType(EndpointException.class, act::run);
    }

    private static EndpointException readFailure(S3BlobStore store) {
        return catchThrowableOfType(BlobReadException.class, () -> read(store)).failure();
    }

    private static String read(S3BlobStore store) throws Exception {
        try (StoredBlob blob = store.open("k").orElseThrow()) {
            assertThat(blob.info().length()).isEqualTo(5);
            return new String(blob.body().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static S3BlobStore store(ScriptedServer server) throws Exception {
        return S3BlobStore.open(settings(server), S3Tuning.DEFAULT);
    }

    private static S3Settings settings(ScriptedServer server) throws IOException {
        return S3Settings.of("http://127.0.0.1:" + server.port(), "AK", new Secret("very-secret"), "blobdb")
                .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(30));
    }
}
