package org.cchq.migrate.testing.sandbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.NginxServer;
import org.cchq.migrate.testing.Ports;

/** The sites of nginx before the clusters, as commcare-cloud lays them out on a proxy host, put there by hand. */
final class BlobSites {
    private static final String SITE = """
            upstream %1$s { zone %1$s 64k; least_conn; server %3$s; }
            server {
                access_log %4$s/%1$s-nginx_access.log rt_cache;
                error_log %4$s/%1$s-nginx_error.log warn;
                listen %2$d;
                client_max_body_size 9M;
                client_body_buffer_size 128k;
                merge_slashes off;
                location / {
                    proxy_pass http://%1$s;
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

    private final Path nginx;
    private final Path logs;
    private final SiteAccount account;

    BlobSites(Path nginx, Path logs, SiteAccount account) {
        this.nginx = nginx;
        this.logs = logs;
        this.account = account;
    }

    /** Puts the site for this port in place; nginx is not told. */
    void put(int port, S3Cluster cluster) throws Exception {
        String name = "sandbox_riakcs_" + port;
        String text = SITE.formatted(name, port, cluster.address() + ":" + cluster.port(), logs);
        account.write(nginx.resolve("sites-available/" + name), text, "rw-rw-r--");
        Path link = nginx.resolve("sites-enabled/" + name);
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, nginx.resolve("sites-available/" + name));
    }

    /** Makes nginx take the sites, and waits until it listens on this port. */
    static void reload(NginxServer server, int port) throws Exception {
        int status = new ProcessBuilder((server.command() + " -s reload").split(" ", -1))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (status != 0) {
            throw new IllegalStateException("nginx -s reload ended with " + status);
        }
        Eventually.holds("nginx on port " + port, Duration.ofSeconds(10), () -> Ports.answers(port));
    }
}
