package org.cchq.migrate.store.document;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.cchq.migrate.base.Secret;

/**
 * Says that it is Apache CouchDB and answers as its reference says, request by request as told: for what no server that can
 * be installed here answers. Database {@code hq}, account {@code admin} with {@link #PASSWORD}.
 */
final class PretendedCouch implements AutoCloseable {
    static final String PASSWORD = "s3cret-Xy";

    /** Answers one request, body and all. */
    interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();

    PretendedCouch() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
        json(
                "GET",
                "/",
                "{\"couchdb\":\"Welcome\",\"version\":\"3.3.3\",\"uuid\":\"85fb71bf700c17267fef77535820e371\"}");
    }

    CouchDatabase database() {
        return new CouchDatabase(new CouchSpec(false, address(), "admin", new Secret(PASSWORD), "hq"));
    }

    int port() {
        return server.getAddress().getPort();
    }

    String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** @param path without the query */
    PretendedCouch on(String method, String path, Answer answer) {
        answers.put(method + " " + path, answer);
        return this;
    }

    PretendedCouch json(String method, String path, String body) {
        return on(method, path, exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            respond(exchange, 200, "application/json", body);
        });
    }

    PretendedCouch status(String method, String path, int status, String type, String body) {
        return on(method, path, exchange -> {
            exchange.getRequestBody().readAllBytes();
            respond(exchange, status, type, body);
        });
    }

    /** Method and address of each request, the query included. */
    List<String> requests() {
        return requests;
    }

    /** Of the requests that were answered with JSON. */
    List<String> bodies() {
        return bodies;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    static void respond(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        Answer answer = answers.get(exchange.getRequestMethod() + " " + path);
        if (answer == null) {
            respond(exchange, 404, "application/json", "{\"error\":\"not_found\",\"reason\":\"missing\"}");
        } else {
            answer.to(exchange);
        }
    }
}
