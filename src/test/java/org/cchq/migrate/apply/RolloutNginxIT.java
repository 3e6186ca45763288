package org.cchq.migrate.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.render.HostFile;
import org.cchq.migrate.render.HostFiles;
import org.cchq.migrate.testing.ChildServer;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.Ports;
import org.cchq.migrate.testing.RequiredProgram;
import org.cchq.migrate.testing.SshServer;
import org.cchq.migrate.testing.SudoAccount;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sites of a real nginx, put in place by root, whom the login account becomes with its password. */
@Timeout(120)
class RolloutNginxIT {
    private static final String PASSWORD = "it's a $ecret-4714 \"word\"";
    private static final String KEY = "hidden-4711";

    private SshHosts hosts;
    private ChildServer nginx;
    private Path directory;
    private Path program;
    private int port;
    private int own;

    @BeforeEach
    void start() throws Exception {
        program = RequiredProgram.find("nginx", "nginx");
        directory = Files.createTempDirectory(Path.of("/tmp"), "cchq-nginx-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectories(directory.resolve("sites-available"));
        Files.createDirectories(directory.resolve("sites-enabled"));
        Ports ports = new Ports();
        port = ports.free();
        own = ports.free();
        Files.writeString(directory.resolve("nginx.conf"), """
                daemon off;
                pid %1$s/nginx.pid;
                error_log %1$s/error.log warn;
                events { worker_connections 64; }
                http {
                    access_log off;
                    client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy; fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi; scgi_temp_path %1$s/scgi;
                    server { listen 127.0.0.1:%2$d; return 200 "nginx"; }
                    include %1$s/sites-enabled/*;
                }
                """.formatted(directory, own));
        nginx = ChildServer.start(
                "nginx",
                directory,
                own,
                List.of(
                        program.toString(),
                        "-p",
                        directory.toString(),
                        "-e",
                        directory + "/error.log",
                        "-c",
                        directory + "/nginx.conf"));
        hosts = new SshHosts("root", Optional.of(new Secret(PASSWORD)))
                .with("proxy0", SshServer.startFor(new SudoAccount("cchq-it-login", PASSWORD)));
    }

    @AfterEach
    void stop() throws Exception {
        if (nginx != null) {
            nginx.close();
        }
        if (hosts != null) {
            hosts.close();
        }
        if (directory != null) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path path :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    @Test
    void aGoodSiteIsServedABrokenOneIsTakenBackAndNoProcessListEverHasASecret() throws Exception {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        AtomicBoolean over = new AtomicBoolean();
        Thread watcher = new Thread(() -> watch(seen, over), "process list");
        watcher.start();
        Rollout rollout = new Rollout(hosts);

        HostOutcome first = only(rollout.apply(rollout.compare(List.of(site("one"))), ended -> {}));
        assertThat(first.state()).as(first.message()).isEqualTo(HostOutcome.State.CHANGED);
        Eventually.holds("the site answers", Duration.ofSeconds(10), () -> answer().equals("one"));
        assertThat(Files.getAttribute(directory.resolve("sites-available/east_riakcs_8080"), "unix:uid"))
                .isEqualTo(Files.getAttribute(directory, "unix:uid"));

        HostOutcome broken = only(rollout.apply(rollout.compare(List.of(site("two\"; nonsense \""))), ended -> {}));
        assertThat(broken.state()).as(broken.message()).isEqualTo(HostOutcome.State.TAKEN_BACK);
        assertThat(broken.message()).contains("unknown directive \"nonsense\"", "taken back; nothing was reloaded");
        assertThat(answer()).isEqualTo("one");
        assertThat(Files.readString(directory.resolve("sites-available/east_riakcs_8080")))
                .contains("\"one\"");

        HostOutcome second = only(rollout.apply(rollout.compare(List.of(site("two"))), ended -> {}));
        assertThat(second.state()).as(second.message()).isEqualTo(HostOutcome.State.CHANGED);
        Eventually.holds("the new site answers", Duration.ofSeconds(10), () -> answer().equals("two"));

        HostOutcome none = only(rollout.apply(rollout.compare(List.of(nothing())), ended -> {}));
        assertThat(none.state()).as(none.message()).isEqualTo(HostOutcome.State.CHANGED);
        Eventually.holds("nobody listens", Duration.ofSeconds(10), () -> !Ports.answers(port));
        assertThat(directory.resolve("sites-enabled")).isEmptyDirectory();
        assertThat(directory.resolve("sites-available")).isEmptyDirectory();
        over.set(true);
        watcher.join();
        assertThat(seen).anyMatch(line -> line.contains("sudo -k -S"));
        assertThat(seen).noneMatch(line -> line.contains("ecret-4714") || line.contains(KEY));
    }

    private HostFiles site(String answer) {
        String text = "# " + KEY + "\nserver { listen 127.0.0.1:" + port + "; return 200 \"" + answer + "\"; }\n";
        return proxy(
                new HostFile.Content(
                        directory + "/sites-available/east_riakcs_8080", new Secret(text), "root", "root", "0644"),
                new HostFile.Link(
                        directory + "/sites-enabled/east_riakcs_8080",
                        directory + "/sites-available/east_riakcs_8080"));
    }

    private HostFiles nothing() {
        return proxy(
                new HostFile.NoOther(directory + "/sites-enabled/east_riakcs_*"),
                new HostFile.NoOther(directory + "/sites-available/east_riakcs_*"));
    }

    private HostFiles proxy(HostFile... files) {
        String command =
                program + " -p " + directory + " -e " + directory + "/error.log -c " + directory + "/nginx.conf";
        return new HostFiles(
                "proxy0", HostFiles.Purpose.PROXY, List.of(files), command + " -t", command + " -s reload");
    }

    private String answer() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                .build();
        try {
            return HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "";
        }
    }

    private static HostOutcome only(List<HostOutcome> outcomes) {
        assertThat(outcomes).hasSize(1);
        return outcomes.get(0);
    }

    /** Argument lists of all processes, as fast as they can be read. */
    private static void watch(Set<String> seen, AtomicBoolean over) {
        while (!over.get()) {
            try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
                for (Path process : (Iterable<Path>) processes::iterator) {
                    if (Character.isDigit(process.getFileName().toString().charAt(0))) {
                        look(process.resolve("cmdline"), seen);
                    }
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static void look(Path commandLine, Set<String> seen) {
        try {
            seen.add(new String(Files.readAllBytes(commandLine), StandardCharsets.UTF_8).replace('\0', ' '));
        } catch (IOException e) {
            // It ended meanwhile.
        }
    }
}
