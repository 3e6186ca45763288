package org.cchq.migrate.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.store.document.CouchSpec;

/**
 * A server with CouchDB's HTTP interface: the one at {@code COUCHDB_URL} ({@code http://user:password@host:port}), else
 * pouchdb-server, installed once from npm, in memory on a free loopback port. pouchdb-server answers "missing" for deleted
 * documents and needs no password.
 */
public final class CouchServer implements AutoCloseable {
    private static final String VERSION = "4.2.0";

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI root;
    private final Optional<Process> process;
    private final Optional<Path> directory;

    private CouchServer(URI root, Optional<Process> process, Optional<Path> directory) {
        this.root = root;
        this.process = process;
        this.directory = directory;
    }

    public static CouchServer start() throws Exception {
        String given = System.getenv("COUCHDB_URL");
        if (given != null && !given.isEmpty()) {
            return new CouchServer(URI.create(given), Optional.empty(), Optional.empty());
        }
        Path script = installed();
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Path directory = Files.createTempDirectory("pouchdb-server-");
        Process process = new ProcessBuilder(
                        RequiredProgram.find("node", "nodejs").toString(),
                        script.toString(),
                        "--in-memory",
                        "--no-stdout-logs",
                        "--host",
                        "127.0.0.1",
                        "--port",
                        Integer.toString(port))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output.txt").toFile())
                .start();
        CouchServer server =
                new CouchServer(URI.create("http://127.0.0.1:" + port), Optional.of(process), Optional.of(directory));
        try {
            Eventually.holds("pouchdb-server to answer", Duration.ofSeconds(60), server::answers);
            return server;
        } catch (Exception | AssertionError e) {
            server.close();
            throw e;
        }
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
    public void createDatabase(String database) throws Exception {
        send("PUT", encode(database), "");
    }

    /** Stores a document; its revision. */
    public String put(String database, String id, String json) throws Exception {
        String answer = send("PUT", encode(database) + "/" + encode(id), json);
        return answer.replaceAll("(?s).*\"rev\"\\s*:\\s*\"([^\"]+)\".*", "$1");
    }

    /** Deletes a document: a tombstone stays. */
    public void delete(String database, String id, String revision) throws Exception {
        send("DELETE", encode(database) + "/" + encode(id) + "?rev=" + revision, "");
    }

    @Override
    public void close() throws Exception {
        if (process.isPresent()) {
            process.get().destroy();
            if (!process.get().waitFor(10, TimeUnit.SECONDS)) {
                process.get().destroyForcibly();
            }
        }
        if (directory.isPresent()) {
            try (Stream<Path> files = Files.walk(directory.get())) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static Path installed() throws IOException, InterruptedException {
        Path home =
                Path.of(System.getProperty("user.home"), ".cache", "cchq-migrate-test", "pouchdb-server-" + VERSION);
        Path script = home.resolve("node_modules/pouchdb-server/bin/pouchdb-server");
        if (!Files.exists(script)) {
            Path npm = RequiredProgram.find("npm", "npm");
            Files.createDirectories(home);
            Process install = new ProcessBuilder(
                            npm.toString(),
                            "install",
                            "--no-audit",
                            "--no-fund",
                            "--prefix",
                            home.toString(),
                            "pouchdb-server@" + VERSION)
                    .redirectErrorStream(true)
                    .redirectOutput(home.resolve("install.txt").toFile())
                    .start();
            if (!install.waitFor(10, TimeUnit.MINUTES) || install.exitValue() != 0) {
                install.destroy();
                throw new IOException("npm could not install pouchdb-server: see " + home.resolve("install.txt"));
            }
        }
        return script;
    }

    private boolean answers() throws InterruptedException {
        if (process.isPresent() && !process.get().isAlive()) {
            throw new IllegalStateException(
                    "pouchdb-server ended with " + process.get().exitValue());
        }
        try {
            return client.send(HttpRequest.newBuilder(root).build(), HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private String send(String method, String path, String body) throws Exception {
        URI plain = new URI(root.getScheme(), null, root.getHost(), root.getPort(), "/", null, null);
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
        HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new AssertionError(method + " " + path + ": " + response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    private String[] account() {
        String info = root.getUserInfo() == null ? ":" : root.getUserInfo();
        return info.split(":", 2);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
