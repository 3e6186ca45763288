package org.cchq.migrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.SshServer;
import org.cchq.migrate.testing.SudoAccount;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A host whose sudo asks the login account for its password, which vault.yml holds. */
@Timeout(120)
class SudoPasswordIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String PASSWORD = "it's a $ecret-4714 \"word\"";

    private HostSite site;

    @BeforeEach
    void start() throws Exception {
        site = HostSite.on(SshServer.startFor(new SudoAccount("cchq-it-login", PASSWORD)));
    }

    @AfterEach
    void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ansible_become_password", "ansible_become_pass", "ansible_sudo_pass"})
    void takesThePasswordByAnyOfAnsiblesNames(String name) throws Exception {
        vault(name, PASSWORD);
        Said said = site.said();

        int exit = said.run("east", "run-shell-command", "django_manage", "id -un; cat", "-b");

        assertThat(exit).as(said.out() + said.err()).isZero();
        // Nothing of the password is left for the command to read.
        assertThat(said.out()).isEqualTo("127.0.0.1 | CHANGED | rc=0 >>\nroot\n");
    }

    @Test
    void noProcessListAndNoFileEverHasThePassword() throws Exception {
        vault("ansible_become_password", PASSWORD);
        Set<String> seen = ConcurrentHashMap.newKeySet();
        AtomicBoolean over = new AtomicBoolean();
        Thread watcher = new Thread(() -> watch(seen, over), "process list");
        watcher.start();
        site.makeLogDirectory();
        Said first = site.said();
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> first.run(
                "east", "django-manage", "run_blob_migration", "migrate_backend", "--log-dir=" + site.logs()));
        Eventually.holds("output: " + first.err(), PATIENCE, () -> first.out().contains("line 5\n"));
        Said status = site.said();
        assertThat(status.run("east", "status")).as(status.err()).isZero();
        Said cancel = site.said();
        assertThat(cancel.run("east", "cancel", "blobs")).as(cancel.err()).isZero();
        assertThat(exit.get(60, TimeUnit.SECONDS)).as(first.err()).isEqualTo(7);
        over.set(true);
        watcher.join();

        assertThat(seen).anyMatch(line -> line.contains("sudo -k -S")).anyMatch(line -> line.contains(".jar"));
        assertThat(seen).noneMatch(line -> line.contains("ecret-4714"));
        for (Said said : List.of(first, status, cancel)) {
            assertThat(said.out() + said.err()).doesNotContain("ecret-4714", "hidden");
        }
        try (Stream<Path> files = Files.walk(site.directory())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.equals(site.file("vault.yml"))) {
                    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                            .as(file.toString())
                            .doesNotContain("ecret-4714");
                }
            }
        }
    }

    @Test
    void aWrongPasswordIsSaidOnceAndNothingIsPushed() throws Exception {
        vault("ansible_sudo_pass", "wrong-4715");
        Said said = site.said();

        int exit = said.run("east", "run", "blobs", "back-fill", "--log-dir=" + site.logs());

        assertThat(exit).as(said.err()).isEqualTo(3);
        assertThat(said.err())
                .contains("Tried to become nobody on ", "incorrect password attempt", "ansible_become_password")
                .doesNotContain("4715", "4714", "pushed", "\tat ");
        assertThat(site.directory().resolve("data")).isEmptyDirectory();
    }

    @Test
    void aMissingPasswordIsSaid() throws Exception {
        Said said = site.said();

        int exit = said.run("east", "run", "blobs", "back-fill", "--log-dir=" + site.logs());

        assertThat(exit).as(said.err()).isEqualTo(3);
        assertThat(said.err())
                .contains("Tried to become nobody on ", "no sudo password is given", "ansible_become_password")
                .doesNotContain("\tat ");
    }

    private void vault(String name, String password) throws Exception {
        site.add("vault.yml", name + ": '" + password.replace("'", "''") + "'\n");
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
