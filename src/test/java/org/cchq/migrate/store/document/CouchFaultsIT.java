package org.cchq.migrate.store.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.Failure;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.Fault.Cut;
import org.cchq.migrate.testing.Fault.Direction;
import org.cchq.migrate.testing.Fault.Manner;
import org.cchq.migrate.testing.FaultRelay;
import org.cchq.migrate.testing.FaultScript;
import org.cchq.migrate.testing.NginxServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands between, breaks off, or is large: nginx and a relay before a real server, and a pretended CouchDB. */
class CouchFaultsIT {
    private static final int MEBIBYTE = 1 << 20;

    @Test
    void nginxRefusesWhatIsTooLargeInHtmlAndEachDocumentIsAFailure() throws Exception {
        try (CouchServer server = CouchServer.start();
                NginxServer nginx =
                        before(server.port(), "client_max_body_size 100k;", "proxy_request_buffering off;")) {
            CouchDatabase direct = new CouchDatabase(server.spec("hq"));
            direct.create();
            CouchDatabase source = new CouchDatabase(server.spec("source"));
            source.create();
            CouchDatabase database = behind(nginx.port());
            List<Document> documents = List.of(document("a", 60_000), document("b", 60_000));

            List<Failure> failures = database.store(documents);

            assertThat(failures).extracting(Failure::id).containsExactly("a", "b");
            assertThat(failures).allMatch(Failure::tooLarge);
            assertThat(failures.get(0).reason()).contains("413").doesNotContain("<html>");
            assertThat(database.store(documents.subList(0, 1))).isEmpty();

            source.store(List.of(document("large", 5 * MEBIBYTE)));
            assertThat(database.storeFrom(source, "large", "1-a").orElseThrow().tooLarge())
                    .isTrue();
            assertThat(direct.get("large")).isEmpty();
        }
    }

    @Test
    void nginxWithoutAServerBehindItIsUnreachable() throws Exception {
        try (NginxServer nginx = before(1)) {
            for (Call call : calls(behind(nginx.port()))) {
                assertThatThrownBy(() -> call.run())
                        .asInstanceOf(type(EndpointException.class))
                        .returns(Kind.UNREACHABLE, EndpointException::kind)
                        .returns(true, EndpointException::retryable);
            }
        }
    }

    @Test
    void nginxThatWaitedLongEnoughIsUnreachable() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (PretendedCouch slow = new PretendedCouch();
                NginxServer nginx = before(slow.port(), "proxy_read_timeout 1s;")) {
            slow.on("GET", "/hq/_design/d/_view/v", exchange -> awaitQuietly(end));

            assertThatThrownBy(() -> behind(nginx.port()).view("d", "v", Map.of()))
                    .hasMessageContaining("504")
                    .asInstanceOf(type(EndpointException.class))
                    .returns(Kind.UNREACHABLE, EndpointException::kind);
        } finally {
            end.countDown();
        }
    }

    @ParameterizedTest
    @EnumSource(Manner.class)
    void anAnswerThatBreaksOffIsUnreachableAndNoShorterAnswer(Manner manner) throws Exception {
        try (CouchServer server = CouchServer.start();
                FaultRelay relay = FaultRelay.start(server.port())) {
            CouchDatabase direct = new CouchDatabase(server.spec("hq"));
            direct.create();
            direct.store(List.of(document("a", 100_000)));
            relay.play(request -> new Cut(Direction.RESPONSE, 10, manner));

            for (Call call : calls(behind(relay.port()))) {
                assertThatThrownBy(() -> call.run())
                        .asInstanceOf(type(EndpointException.class))
                        .returns(Kind.UNREACHABLE, EndpointException::kind);
            }
        }
    }

    /** What CouchDB does when a shard fails after the status was sent. */
    @Test
    void anAnswerThatEndsTooEarlyInAnOrderlyWayMayBeAskedForAgain() throws Exception {
        try (PretendedCouch couch = new PretendedCouch()) {
            couch.json("GET", "/hq/_changes", "{\"results\":[{\"seq\":\"1-a\",\"id\":\"a\",\"changes\":[]},\n");
            couch.json("GET", "/hq/_all_docs", "{\"rows\":[\n]}\n{\"error\":\"timeout\",\"reason\":\"shard\"}");

            for (Call call : List.<Call>of(
                    () -> couch.database().changes(Sequence.ZERO, 5, 0),
                    () -> couch.database().standings("", "", 5))) {
                assertThatThrownBy(() -> call.run())
                        .asInstanceOf(type(EndpointException.class))
                        .returns(Kind.SERVER_ERROR, EndpointException::kind);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void patienceIsPassedOn(int status) throws Exception {
        try (PretendedCouch couch = new PretendedCouch()) {
            couch.on("POST", "/hq/_bulk_docs", exchange -> {
                exchange.getRequestBody().readAllBytes();
                exchange.getResponseHeaders().set("Retry-After", "7");
                PretendedCouch.respond(exchange, status, "text/html", "<html>busy</html>");
            });

            assertThatThrownBy(() -> couch.database().store(List.of(document("a", 1))))
                    .hasMessageContaining("Retry-After: 7")
                    .asInstanceOf(type(EndpointException.class))
                    .returns(Kind.THROTTLED, EndpointException::kind);
        }
    }

    @Test
    void whoIsInterruptedWhileWaitingStopsAtOnce() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch waiting = new CountDownLatch(1);
        try (PretendedCouch couch = new PretendedCouch()) {
            couch.on("GET", "/hq/_changes", exchange -> {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write("{\"results\":[\n".getBytes(StandardCharsets.UTF_8));
                exchange.getResponseBody().flush();
                waiting.countDown();
                awaitQuietly(end);
            });
            AtomicReference<Throwable> ended = new AtomicReference<>();
            Thread reader = new Thread(() -> {
                try {
                    couch.database().changes(Sequence.ZERO, 10, 40_000);
                } catch (InterruptedException | EndpointException e) {
                    ended.set(e);
                }
            });
            reader.start();
            waiting.await();

            reader.interrupt();
            reader.join(20_000);

            assertThat(ended.get()).isInstanceOf(InterruptedException.class);
        } finally {
            end.countDown();
        }
    }

    @Test
    void multipartPassesThroughAsItIsWithItsLength() throws Exception {
        try (PretendedCouch source = new PretendedCouch();
                PretendedCouch target = new PretendedCouch()) {
            String type = "multipart/related; boundary=\"abc\"";
            String body =
                    "--abc\r\nContent-Type: application/json\r\n\r\n{\"_id\":\"a/b\"}\r\n--abc\r\n\r\nhi\r\n--abc--";
            AtomicReference<String> accepted = new AtomicReference<>();
            source.on("GET", "/hq/a%2Fb", exchange -> {
                accepted.set(exchange.getRequestHeaders().getFirst("Accept"));
                PretendedCouch.respond(exchange, 200, type, body);
            });
            AtomicReference<String> got = new AtomicReference<>();
            target.on("PUT", "/hq/a%2Fb", exchange -> {
                got.set(exchange.getRequestHeaders().getFirst("Content-Type") + "\n"
                        + exchange.getRequestHeaders().getFirst("Content-Length") + "\n"
                        + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                PretendedCouch.respond(exchange, 201, "application/json", "{\"ok\":true}");
            });

            assertThat(target.database().storeFrom(source.database(), "a/b", "2-b"))
                    .isEmpty();

            assertThat(accepted.get()).contains("multipart/related");
            assertThat(got.get()).isEqualTo(type + "\n" + body.length() + "\n" + body);
            assertThat(source.requests()).containsExactly("GET /hq/a%2Fb?rev=2-b&revs=true&attachments=true");
            assertThat(target.requests()).contains("PUT /hq/a%2Fb?new_edits=false");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"412 missing_stub", "413 attachment_too_large", "403 forbidden"})
    void whatTheTargetRefusesIsAFailureOfThisDocument(String refusal) throws Exception {
        int status = Integer.parseInt(refusal.substring(0, 3));
        String word = refusal.substring(4);
        try (PretendedCouch source = new PretendedCouch();
                PretendedCouch target = new PretendedCouch()) {
            source.status("GET", "/hq/a", 200, "multipart/related; boundary=x", "--x--");
            target.status(
                    "PUT", "/hq/a", status, "application/json", "{\"error\":\"" + word + "\",\"reason\":\"why\"}");

            Failure failure =
                    target.database().storeFrom(source.database(), "a", "2-b").orElseThrow();

            assertThat(failure.error()).isEqualTo(word);
            assertThat(failure.reason()).contains("why");
        }
    }

    @Test
    void aSourceThatBreaksOffIsAtFaultAndNothingIsStored() throws Exception {
        try (CouchServer server = CouchServer.start();
                FaultRelay relay = FaultRelay.start(server.port())) {
            CouchDatabase direct = new CouchDatabase(server.spec("hq"));
            CouchDatabase target = new CouchDatabase(server.spec("target"));
            direct.create();
            target.create();
            direct.store(List.of(document("a", 3 * MEBIBYTE)));
            relay.play(FaultScript.on("GET", new Cut(Direction.RESPONSE, 2 * MEBIBYTE, Manner.RESET)));
            CouchDatabase source = behind(relay.port());

            assertThatThrownBy(() -> target.storeFrom(source, "a", "1-a"))
                    .asInstanceOf(type(EndpointException.class))
                    .returns(source.endpoint(), EndpointException::endpoint)
                    .returns(true, EndpointException::retryable);
            assertThat(target.get("a")).isEmpty();
        }
    }

    /** In a process whose heap is an eighth of what passes. */
    @ParameterizedTest
    @ValueSource(strings = {"multipart/related; boundary=x", "application/json"})
    void anAttachmentOfAnySizePassesInLittleMemory(String type) throws Exception {
        long length = 300L * MEBIBYTE;
        CRC32 sent = new CRC32();
        CRC32 got = new CRC32();
        AtomicLong count = new AtomicLong();
        try (PretendedCouch source = new PretendedCouch();
                PretendedCouch target = new PretendedCouch()) {
            source.on("GET", "/hq/big", exchange -> stream(exchange, type, length, sent));
            PretendedCouch.Answer sink = exchange -> {
                count.set(drain(exchange.getRequestBody(), got));
                PretendedCouch.respond(exchange, 201, "application/json", "[]");
            };
            target.on("PUT", "/hq/big", sink).on("POST", "/hq/_bulk_docs", sink);

            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx40m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Transfer.class.getName(),
                            source.address(),
                            target.address())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(output).isEqualTo("stored\n");
            if (type.startsWith("multipart")) {
                assertThat(count.get()).isEqualTo(length);
                assertThat(got.getValue()).isEqualTo(sent.getValue());
            } else {
                assertThat(count.get()).isGreaterThan(length);
            }
        }
    }

    /** The process of {@link #anAttachmentOfAnySizePassesInLittleMemory}. */
    public static final class Transfer {
        private Transfer() {}

        public static void main(String[] addresses) throws Exception {
            CouchDatabase source = database(addresses[0]);
            CouchDatabase target = database(addresses[1]);
            Optional<Failure> failure = target.storeFrom(source, "big", "1-a");
            System.out.print(failure.map(Failure::reason).orElse("stored") + "\n");
        }
    }

    private interface Call {
        Object run() throws Exception;
    }

    private static List<Call> calls(CouchDatabase database) {
        return List.of(
                () -> database.get("a"),
                () -> database.standings(List.of("a", "b")),
                () -> database.changes(Sequence.ZERO, 10, 0),
                () -> database.leaves(List.of("a")),
                () -> database.whole("a", "1-a"),
                () -> database.missing(Map.of("a", List.of("1-a", "1-b"))));
    }

    private static NginxServer before(int port, String... directives) throws Exception {
        return NginxServer.before(port, directives);
    }

    private static CouchDatabase behind(int port) {
        return database("127.0.0.1:" + port);
    }

    private static CouchDatabase database(String address) {
        return new CouchDatabase(new CouchSpec(false, address, "", new Secret(""), "hq"));
    }

    private static Document document(String id, int attachment) {
        byte[] content = new byte[attachment];
        new Random(attachment).nextBytes(content);
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("_id", id);
        fields.put("_rev", "1-a");
        fields.put(
                "_attachments",
                Map.of(
                        "a.bin",
                        Map.of(
                                "content_type",
                                "application/octet-stream",
                                "data",
                                Base64.getEncoder().encodeToString(content))));
        return new Document(fields);
    }

    private static void stream(HttpExchange exchange, String type, long length, CRC32 sum) throws IOException {
        byte[] piece = new byte[MEBIBYTE];
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(200, length);
        try (OutputStream out = exchange.getResponseBody()) {
            for (long left = length; left > 0; left -= piece.length) {
                new Random(left).nextBytes(piece);
                sum.update(piece);
                out.write(piece);
            }
        }
    }

    private static long drain(InputStream in, CRC32 sum) throws IOException {
        byte[] piece = new byte[MEBIBYTE];
        long count = 0;
        for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
            sum.update(piece, 0, read);
            count += read;
        }
        return count;
    }

    private static void awaitQuietly(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
