package org.cchq.migrate.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.cchq.migrate.testing.Fault.Cut;
import org.cchq.migrate.testing.Fault.Direction;
import org.cchq.migrate.testing.Fault.Flip;
import org.cchq.migrate.testing.Fault.Manner;
import org.cchq.migrate.testing.Fault.Stall;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultRelayTest {
    private static final byte[] BODY = MadeBlob.bytes(200_000, 1);

    private final AtomicReference<byte[]> received = new AtomicReference<>(new byte[0]);
    private HttpServer server;
    private FaultRelay relay;
    private HttpClient client;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", exchange -> {
            received.set(exchange.getRequestBody().readAllBytes());
            boolean chunked = exchange.getRequestURI().getPath().equals("/chunked");
            exchange.sendResponseHeaders(200, chunked ? 0 : BODY.length);
            try (var out = exchange.getResponseBody()) {
                out.write(BODY);
            }
        });
        server.start();
        relay = FaultRelay.start(server.getAddress().getPort());
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    @AfterEach
    void stop() throws IOException {
        relay.close();
        server.stop(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/plain", "/chunked"})
    void passesOnWhatItIsNotToldToDisturb(String path) throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(send(path).body()).isEqualTo(BODY);
            assertThat(received.get()).isEqualTo(BODY);
        }
        assertThat(relay.requests()).isEqualTo(5);
        assertThat(relay.faults()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/plain", "/chunked"})
    void changesExactlyOneBitOfAnAnswer(String path) throws Exception {
        relay.play(FaultScript.on("PUT", new Flip(Direction.RESPONSE, 1_234_567)));

        byte[] body = send(path).body();

        body[1_234_567 / 8] ^= (byte) (1 << (1_234_567 % 8));
        assertThat(body).isEqualTo(BODY);
    }

    @Test
    void changesExactlyOneBitOfARequest() throws Exception {
        relay.play(FaultScript.on("PUT", new Flip(Direction.REQUEST, 8)));

        assertThat(send("/plain").body()).isEqualTo(BODY);

        byte[] got = received.get();
        got[1] ^= 1;
        assertThat(got).isEqualTo(BODY);
    }

    @ParameterizedTest
    @EnumSource(Manner.class)
    void cutsAnAnswer(Manner manner) throws Exception {
        for (long after : List.of(-1L, 0L, 1L, 100_000L, 199_999L)) {
            relay.play(FaultScript.on("PUT", new Cut(Direction.RESPONSE, after, manner)));

            assertThatThrownBy(() -> send("/plain")).isInstanceOf(IOException.class);

            assertThat(received.get()).isEqualTo(BODY);
        }
    }

    @ParameterizedTest
    @EnumSource(Manner.class)
    void cutsARequest(Manner manner) throws Exception {
        for (long after : List.of(-1L, 0L, 1L, 100_000L, 199_999L)) {
            relay.play(FaultScript.on("PUT", new Cut(Direction.REQUEST, after, manner)));

            assertThatThrownBy(() -> send("/plain")).isInstanceOf(IOException.class);

            assertThat(received.get()).isEmpty();
        }
    }

    @Test
    void answersInPlaceOfTheServer() throws Exception {
        relay.play(FaultScript.first(1, request -> true, Fault.SLOW_DOWN));

        assertThat(send("/plain").statusCode()).isEqualTo(503);
        assertThat(received.get()).isEmpty();
        assertThat(send("/plain").statusCode()).isEqualTo(200);
    }

    @Test
    void answersWithAnErrorAfterTheServerDidItsWork() throws Exception {
        relay.play(FaultScript.first(1, request -> true, Fault.INTERNAL_ERROR_AFTER_THE_WORK));

        assertThat(send("/plain").statusCode()).isEqualTo(500);
        assertThat(received.get()).isEqualTo(BODY);
    }

    @Test
    void stallsAndGoesOn() throws Exception {
        relay.play(FaultScript.on("PUT", new Stall(Direction.RESPONSE, 1_000, Duration.ofMillis(300))));

        long begin = System.nanoTime();
        assertThat(send("/plain").body()).isEqualTo(BODY);

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(290));
    }

    @Test
    void swallowsARequest() {
        relay.play(FaultScript.on("PUT", Fault.BLACK_HOLE));

        assertThatThrownBy(() -> send("/plain")).isInstanceOf(HttpTimeoutException.class);
    }

    @Test
    void delaysEachRequestButNotTheirNumber() throws Exception {
        try (LatencyRelay far = LatencyRelay.start(server.getAddress().getPort(), Duration.ofMillis(50))) {
            List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
            long begin = System.nanoTime();
            for (int i = 0; i < 128; i++) {
                answers.add(client.sendAsync(
                        HttpRequest.newBuilder(URI.create(far.url() + "/plain")).build(), BodyHandlers.ofByteArray()));
            }
            for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
                assertThat(answer.get().body()).isEqualTo(BODY);
            }
            Duration all = Duration.ofNanos(System.nanoTime() - begin);

            // One after the other they would take 12.8 s.
            assertThat(all).isBetween(Duration.ofMillis(100), Duration.ofSeconds(6));
        }
    }

    private HttpResponse<byte[]> send(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(relay.url() + path))
                .timeout(Duration.ofSeconds(3))
                .PUT(HttpRequest.BodyPublishers.ofByteArray(BODY))
                .build();
        return client.send(request, BodyHandlers.ofByteArray());
    }
}
