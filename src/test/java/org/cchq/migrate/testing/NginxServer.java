package org.cchq.migrate.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A real nginx on a free loopback port, with its files in a directory that its workers can reach: before one server with
 * the directives that a test asks for, or with the sites of a directory as Debian lays them out.
 */
public final class NginxServer implements AutoCloseable {
    /** What both have; the lines of the {@code http} block come from the caller. */
    private static final String CONFIG = """
            %2$sworker_processes 1;
            pid %1$s/nginx.pid;
            error_log %1$s/error.log warn;
            events { worker_connections 1024; }
            http {
                client_body_temp_path %1$s/body;
                proxy_temp_path %1$s/proxy;
                fastcgi_temp_path %1$s/fastcgi;
                uwsgi_temp_path %1$s/uwsgi;
                scgi_temp_path %1$s/scgi;
                server_tokens off;
            %3$s}
            """;

    private static final String ONE_SITE = """
                access_log %1$s/access.log;
                upstream store { server 127.0.0.1:%2$d max_fails=0; }
                server {
                    listen 127.0.0.1:%3$d%4$s;
                    %5$s
                    merge_slashes off;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_set_header Host $http_host;
                    %6$s
                    location / { proxy_pass http://store; }
                }
            """;

    /** What commcare-cloud's own nginx.conf has that its sites rely on. */
    private static final String MANY_SITES = """
                access_log off;
                sendfile on;
                tcp_nopush on;
                tcp_nodelay on;
                keepalive_timeout 65;
                log_format rt_cache '$remote_addr - $upstream_cache_status [$time_local] "$request" $status '
                                    '$body_bytes_sent "$http_referer" "$http_user_agent" $request_time '
                                    '$upstream_response_time';
                include %1$s/sites-enabled/*;
            """;

    private final Path directory;
    private final int port;
    private final boolean temporary;
    private ChildServer server;

    private NginxServer(Path directory, int port, boolean temporary) throws Exception {
        this.directory = directory;
        this.port = port;
        this.temporary = temporary;
        this.server = up();
    }

    /**
     * Starts one that speaks HTTP.
     *
     * @param directives of the {@code server} block, each with its semicolon
     */
    public static NginxServer before(int port, String... directives) throws Exception {
        return start(port, "", directives);
    }

    /** Starts one that speaks TLS with this certificate. */
    public static NginxServer before(int port, PrivateAuthority.Issued certificate, String... directives)
            throws Exception {
        String tls =
                "ssl_certificate " + certificate.certificate() + "; ssl_certificate_key " + certificate.key() + ";";
        return start(port, tls, directives);
    }

    /**
     * Starts one with its nginx.conf, sites-available and sites-enabled in this directory, which is the caller's to remove.
     *
     * @param port on which one of the enabled sites answers
     */
    public static NginxServer withSites(Path directory, int port) throws Exception {
        // As commcare-cloud runs it; only root can.
        String user = System.getProperty("user.name").equals("root") ? "user www-data;\n" : "";
        Files.writeString(
                directory.resolve("nginx.conf"), CONFIG.formatted(directory, user, MANY_SITES.formatted(directory)));
        return new NginxServer(directory, port, false);
    }

    private static NginxServer start(int port, String tls, String... directives) throws Exception {
        RequiredProgram.find("nginx", "nginx");
        Path directory = Files.createTempDirectory(Path.of("/tmp"), "cchq-nginx-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        int own = new Ports().free();
        String site = ONE_SITE.formatted(
                directory,
                port,
                own,
                tls.isEmpty() ? "" : " ssl",
                tls,
                String.join("\n                    ", directives));
        Files.writeString(directory.resolve("nginx.conf"), CONFIG.formatted(directory, "", site));
        return new NginxServer(directory, own, true);
    }

    private ChildServer up() throws Exception {
        return ChildServer.start(
                "nginx",
                directory,
                port,
                Stream.concat(Stream.of(command().split(" ", -1)), Stream.of("-g", "daemon off;"))
                        .toList());
    }

    /** The program with its own files and no other; with {@code -t} or {@code -s reload} behind it, as an operator's. */
    public String command() {
        return RequiredProgram.find("nginx", "nginx") + " -p " + directory + " -e " + directory.resolve("error.log")
                + " -c " + directory.resolve("nginx.conf");
    }

    public long pid() {
        return server.pid();
    }

    /** It dies with its open connections; nothing listens on its port. */
    public void kill() throws InterruptedException {
        List<ProcessHandle> workers = workers();
        signal("KILL", server.pid());
        workers.forEach(ProcessHandle::destroyForcibly);
        server.close();
    }

    /** It comes back on its port after {@link #kill()}. */
    public void restart() throws Exception {
        server = up();
    }

    /** Its workers stand still, as behind a disk that takes no more; connections stay open. */
    public void freeze() throws InterruptedException {
        for (ProcessHandle worker : workers()) {
            signal("STOP", worker.pid());
        }
    }

    /** They go on. */
    public void thaw() throws InterruptedException {
        for (ProcessHandle worker : workers()) {
            signal("CONT", worker.pid());
        }
    }

    private List<ProcessHandle> workers() {
        return ProcessHandle.of(server.pid()).stream()
                .flatMap(ProcessHandle::children)
                .toList();
    }

    private static void signal(String name, long pid) throws InterruptedException {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    /** Requests that it answered with this status so far. */
    public long answered(int status) throws Exception {
        try (Stream<String> lines = Files.lines(directory.resolve("access.log"))) {
            return lines.filter(line -> line.contains("\" " + status + " ")).count();
        }
    }

    @Override
    public void close() throws Exception {
        server.close();
        if (!temporary) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
