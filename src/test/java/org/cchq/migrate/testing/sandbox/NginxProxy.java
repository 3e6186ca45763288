package org.cchq.migrate.testing.sandbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cchq.migrate.testing.ChildServer;
import org.cchq.migrate.testing.Ports;
import org.cchq.migrate.testing.RequiredProgram;

/**
 * nginx before both clusters, with two sites as commcare-cloud writes them in the dual stage: body limit 9 MiB, 403
 * tried on the next server. The Host header keeps its port, which signature version 4 needs.
 */
final class NginxProxy implements AutoCloseable {
    private static final String SITE = """
                upstream sandbox_riakcs_%1$d { zone sandbox_riakcs_%1$d 64k; least_conn; server 127.0.0.1:%2$d; }
                server {
                    listen 127.0.0.1:%1$d;
                    client_max_body_size 9M;
                    client_body_buffer_size 128k;
                    merge_slashes off;
                    location / {
                        proxy_pass http://sandbox_riakcs_%1$d;
                        proxy_http_version 1.1;
                        proxy_set_header Connection "";
                        proxy_set_header Host $http_host;
                        proxy_set_header X-Real-IP $remote_addr;
                        proxy_redirect off;
                        proxy_connect_timeout 90;
                        proxy_send_timeout 90;
                        proxy_read_timeout 90;
                        proxy_request_buffering off;
                        proxy_buffering off;
                        proxy_next_upstream error timeout http_403;
                        proxy_next_upstream_tries 3;
                    }
                }
            """;

    private final ChildServer server;
    private final int oldPort;
    private final int newPort;

    private NginxProxy(ChildServer server, int oldPort, int newPort) {
        this.server = server;
        this.oldPort = oldPort;
        this.newPort = newPort;
    }

    /** Starts one with a site for each cluster, on ports that stand for 8080 (old) and 8081 (new). */
    static NginxProxy start(Path directory, Ports ports, S3Cluster old, S3Cluster target) throws Exception {
        int oldPort = ports.free();
        int newPort = ports.free();
        Path config = directory.resolve("nginx.conf");
        Files.writeString(
                config,
                """
                daemon off;
                worker_processes 1;
                pid %1$s/nginx.pid;
                error_log %1$s/error.log warn;
                events { worker_connections 1024; }
                http {
                    access_log off;
                    server_tokens off;
                    keepalive_timeout 65;
                    client_body_temp_path %1$s/body;
                    proxy_temp_path %1$s/proxy;
                    fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi;
                    scgi_temp_path %1$s/scgi;
                """.formatted(directory)
                        + SITE.formatted(oldPort, old.port())
                        + SITE.formatted(newPort, target.port())
                        + "}\n");
        ChildServer server = ChildServer.start(
                "nginx",
                directory,
                newPort,
                List.of(
                        RequiredProgram.find("nginx", "nginx").toString(),
                        "-p",
                        directory.toString(),
                        "-e",
                        directory.resolve("error.log").toString(),
                        "-c",
                        config.toString()));
        return new NginxProxy(server, oldPort, newPort);
    }

    /** Stands for 8080. */
    int oldPort() {
        return oldPort;
    }

    /** Stands for 8081. */
    int newPort() {
        return newPort;
    }

    long pid() {
        return server.pid();
    }

    @Override
    public void close() throws InterruptedException {
        server.close();
    }
}
