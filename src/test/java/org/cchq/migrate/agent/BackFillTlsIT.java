package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.BlobSite;
import org.cchq.migrate.testing.MadeBlob;
import org.cchq.migrate.testing.NginxServer;
import org.cchq.migrate.testing.PrivateAuthority;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built jar between two stores whose nginx speaks TLS with certificates of the site's own issuer. */
class BackFillTlsIT {
    @TempDir
    Path directory;

    private BlobSite site;
    private PrivateAuthority authority;
    private NginxServer old;
    private NginxServer target;

    @BeforeEach
    void start() throws Exception {
        authority = PrivateAuthority.in(Files.createDirectory(directory.resolve("issuer")));
        site = BlobSite.start(directory.resolve("logs"));
        old = NginxServer.before(site.oldServer().port(), authority.issue("old", "IP:127.0.0.1", 5));
        target = NginxServer.before(
                site.newServer().port(), authority.issue("new", "IP:127.0.0.1", 5), "client_max_body_size 9m;");
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable part : new AutoCloseable[] {target, old, site}) {
            if (part != null) {
                part.close();
            }
        }
    }

    @Test
    void copiesSmallLargeAndPartsAndWritesNothingUntilTheIssuerIsTrusted() throws Exception {
        Map<String, byte[]> blobs = new LinkedHashMap<>();
        int[] sizes = {0, 1, 700, 5_000, 300_000, 6 << 20, 21 << 20};
        for (int i = 0; i < 40; i++) {
            byte[] bytes = MadeBlob.bytes(i < sizes.length ? sizes[i] : 900 + i, i);
            site.add(BlobSite.SHARDS.get(i % 2), "form/" + i, bytes);
            blobs.put("form/" + i, bytes);
        }

        BlobSite.Run refused = run(Map.of());

        assertThat(refused.exit()).as(refused.out() + refused.err()).isEqualTo(3);
        assertThat(refused.err())
                .contains("https://127.0.0.1:" + old.port(), "update-ca-certificates", "AWS_CA_BUNDLE")
                .doesNotContain("\tat ");
        assertThat(BlobSite.list(site.newServer())).isEmpty();
        assertThat(states()).isEqualTo("0");

        BlobSite.Run broken = run(Map.of("AWS_CA_BUNDLE", "/no/such/bundle.pem"));

        assertThat(broken.exit()).as(broken.out() + broken.err()).isEqualTo(1);
        assertThat(broken.err()).contains("AWS_CA_BUNDLE: /no/such/bundle.pem").doesNotContain("\tat ");

        BlobSite.Run copied =
                run(Map.of("AWS_CA_BUNDLE", authority.certificate().toString()));

        assertThat(copied.exit()).as(copied.out() + copied.err()).isZero();
        assertThat(copied.count("copied")).isEqualTo(blobs.size());
        for (var blob : blobs.entrySet()) {
            assertThat(BlobSite.get(site.newServer(), blob.getKey())).hasValue(blob.getValue());
        }
        assertThat(states()).isEqualTo("1");
    }

    private BlobSite.Run run(Map<String, String> variables) throws Exception {
        Map<String, Object> settings = site.settings();
        settings.put("OLD_S3_BLOB_DB_SETTINGS", BlobSite.s3("https://127.0.0.1:" + old.port(), site.oldServer()));
        settings.put("S3_BLOB_DB_SETTINGS", BlobSite.s3("https://127.0.0.1:" + target.port(), site.newServer()));
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        System.getProperty("agent.jar"),
                        "run_blob_migration",
                        "--log-dir=" + site.directory(),
                        "--settings=-",
                        "--settle=0",
                        "--output=json",
                        "migrate_backend")
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.endsWith("_CA_BUNDLE"));
        builder.environment().putAll(variables);
        Process agent = builder.start();
        try (OutputStream in = agent.getOutputStream()) {
            in.write(Json.write(settings).getBytes(StandardCharsets.UTF_8));
        }
        assertThat(agent.waitFor(90, TimeUnit.SECONDS)).isTrue();
        return new BlobSite.Run(agent.exitValue(), Files.readString(out), Files.readString(err));
    }

    private String states() throws Exception {
        return site.postgres().text("commcarehq", "SELECT count(*) FROM blobs_blobmigrationstate");
    }
}
