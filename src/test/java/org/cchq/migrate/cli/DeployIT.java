package org.cchq.migrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.cchq.migrate.testing.SshServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The seeds' lines that deploy the proxy and localsettings.py, on a real host. */
@Timeout(120)
class DeployIT {
    private HostSite site;
    private Path code;
    private Path available;
    private Path enabled;

    @BeforeEach
    void start() throws Exception {
        site = HostSite.on(SshServer.start());
        Files.createSymbolicLink(
                site.directory().resolve("templates"), Path.of("templates").toAbsolutePath());
        code = Files.createDirectories(site.directory().resolve("data/current"));
        Files.setPosixFilePermissions(code, PosixFilePermissions.fromString("rwxrwxrwx"));
        available = Files.createDirectories(site.directory().resolve("nginx/sites-available"));
        enabled = Files.createDirectories(site.directory().resolve("nginx/sites-enabled"));
        site.add(
                "public.yml",
                String.join(
                        "\n",
                        "code_home: " + code,
                        "nginx_sites_available: " + available,
                        "nginx_sites_enabled: " + enabled,
                        "nginx_test_command: test ! -e " + site.directory() + "/broken",
                        "nginx_reload_command: echo reload >> " + site.directory() + "/reloads",
                        "cchq_migrate_process_pattern: nothing-like-this",
                        ""));
    }

    @AfterEach
    void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @Test
    void updateConfigShowsAsksAndAppliesAndASecondTimeThereIsNothingToDo() throws Exception {
        Said check = site.said();
        assertThat(check.run("east", "update-config", "--check"))
                .as(check.err())
                .isZero();
        assertThat(check.out())
                .contains("+++ " + code + "/localsettings.py", "+S3_BLOB_DB_SETTINGS = {", "'********'")
                .contains("PLAY RECAP", "ok=1 changed=1 unreachable=0 failed=0")
                .doesNotContain("hidden");
        assertThat(code).isEmptyDirectory();

        Said nobody = site.said();
        assertThat(nobody.run("east", "update-config")).as(nobody.err()).isZero();
        assertThat(nobody.err())
                .contains("✓ Check completed with status code 0", "Do you want to apply these changes? [y/N]");
        assertThat(code).isEmptyDirectory();

        Said said = site.said();
        assertThat(said.run("east", "update-config", "--quiet")).as(said.err()).isZero();
        assertThat(said.err())
                .contains("✓ Apply completed with status code 0", "changed, read back: " + code)
                .contains("nothing is to be restarted")
                .doesNotContain("hidden");
        Path file = code.resolve("localsettings.py");
        assertThat(file).content().contains("hidden-4711", "BLOB_DB_MIGRATING_FROM_S3_TO_S3 = True");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.getOwner(file).getName()).isEqualTo(site.server().serviceUser());

        Said again = site.said();
        assertThat(again.run("east", "update-config", "--quiet"))
                .as(again.err())
                .isZero();
        assertThat(again.out()).contains("no difference", "ok=1 changed=0");
        assertThat(again.err()).contains("unchanged");
        Said history = site.said();
        assertThat(history.run("east", "history")).isZero();
        assertThat(history.out()).contains("deploy deploy_localsettings.yml", "changed 1 of 1 hosts");
    }

    @Test
    void processesThatAreOlderThanTheFileAreToldAndRestartedByTheCommandOfTheEnvironment() throws Exception {
        site.replace("public.yml", "cchq_migrate_process_pattern: .*", "cchq_migrate_process_pattern: east-worker");
        site.add("public.yml", "cchq_migrate_restart_command: id -un >> " + site.directory() + "/restarts\n");
        Process worker = new ProcessBuilder(
                        "setpriv",
                        "--reuid",
                        site.server().serviceUser(),
                        "--clear-groups",
                        "sh",
                        "-c",
                        "while :; do sleep 0.1; done",
                        "east-worker")
                .start();
        try {
            Said said = site.said();
            assertThat(said.run("east", "update-config", "--quiet"))
                    .as(said.err())
                    .isZero();
            assertThat(said.err())
                    .contains("1 of 1 processes began before the file changed")
                    .contains("commcare-cloud east service commcare restart");
        } finally {
            worker.destroyForcibly();
        }

        Said nobody = site.said();
        assertThat(nobody.run("east", "service", "commcare", "restart")).isZero();
        assertThat(site.directory().resolve("restarts")).doesNotExist();
        Said restart = site.said();
        assertThat(restart.run("east", "service", "commcare", "restart", "--quiet"))
                .as(restart.err())
                .isZero();
        assertThat(site.directory().resolve("restarts")).hasContent("root\n");
        Said status = site.said();
        assertThat(status.run("east", "service", "commcare", "status")).isZero();
        assertThat(status.err()).contains("nothing is to be restarted");
    }

    @Test
    void updateConfigKeepsWhatAnotherToolWroteIntoTheFile() throws Exception {
        Path file = code.resolve("localsettings.py");
        String theirs = "SENTRY_DSN = 'https://word@example.com/1'\nOTHER = [\n  1,\n]  # kept\n";
        Files.writeString(file, theirs);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        Files.setAttribute(file, "unix:uid", Files.getAttribute(Path.of("/tmp").getRoot(), "unix:uid"));
        new ProcessBuilder("chown", site.server().serviceUser(), file.toString())
                .start()
                .waitFor();

        Said said = site.said();
        assertThat(said.run("east", "update-config", "--quiet")).as(said.err()).isZero();

        assertThat(Files.readString(file)).startsWith(theirs).contains("S3_BLOB_DB_SETTINGS = ");
        assertThat(said.out()).doesNotContain("word@", "hidden");
    }

    @Test
    void hostsThatAreGoneGiveTheirStatusAndTheOthersAreDone() throws Exception {
        site.add("inventory.ini", "[webworkers:children]\ngone\n");
        Said said = site.said();

        assertThat(said.run("east", "update-config", "--quiet")).as(said.err()).isEqualTo(4);

        assertThat(said.err())
                .contains("✗ Check failed with status code 4", "✗ Apply failed with status code 4")
                .contains("127.0.0.2: unreachable: Tried to connect to ");
        assertThat(said.out()).contains("unreachable=1 failed=0");
        assertThat(code.resolve("localsettings.py")).exists();
        Said limited = site.said();
        assertThat(limited.run("east", "update-config", "-l", "django_manage", "--check"))
                .as(limited.err())
                .isZero();
        assertThat(limited.out()).contains("no difference");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ansible-playbook", "ap", "ansible-deploy"})
    void theProxyIsDeployedByEachOfItsNamesAndTheTagIsEffective(String command) throws Exception {
        cluster();
        Files.writeString(available.resolve("east_riakcs_9999"), "stale\n");

        Said said = site.said();
        assertThat(said.run("east", command, "deploy_proxy.yml", "--tags=nginx_sites", "--quiet"))
                .as(said.err())
                .isZero();

        assertThat(available.resolve("east_riakcs_8080")).exists();
        assertThat(Files.readSymbolicLink(enabled.resolve("east_riakcs_8080")))
                .isEqualTo(available.resolve("east_riakcs_8080"));
        assertThat(available.resolve("east_riakcs_9999")).doesNotExist();
        assertThat(site.directory().resolve("reloads")).hasContent("reload\n");
        Said again = site.said();
        assertThat(again.run("east", command, "deploy_proxy.yml", "--quiet"))
                .as(again.err())
                .isZero();
        assertThat(site.directory().resolve("reloads")).hasContent("reload\n");
    }

    @Test
    void aTagThatSelectsNothingIsNoSuccess() throws Exception {
        cluster();
        Said said = site.said();

        assertThat(said.run("east", "ansible-playbook", "deploy_proxy.yml", "-t", "nginx", "--quiet"))
                .isEqualTo(1);

        assertThat(said.err()).contains("selects nothing", "has the tag nginx_sites", "Nothing was done");
        assertThat(available).isEmptyDirectory();
    }

    @Test
    void aProxyThatRefusesTheSitesKeepsItsOldOnesAndTheStatusIsAnsibles() throws Exception {
        cluster();
        Files.createFile(site.directory().resolve("broken"));
        Said said = site.said();

        assertThat(said.run("east", "ansible-playbook", "deploy_proxy.yml", "--quiet"))
                .isEqualTo(2);

        assertThat(said.err()).contains("taken back: ", "nothing was reloaded", "✗ Apply failed with status code 2");
        assertThat(said.out()).contains("failed=1");
        assertThat(available).isEmptyDirectory();
        assertThat(enabled).isEmptyDirectory();
    }

    @Test
    void aBranchThatIsNotCheckedOutIsRefusedAsInCchq() throws Exception {
        Process git = new ProcessBuilder(
                        "git", "init", "-q", "-b", "trunk", site.directory().toString())
                .start();
        assertThat(git.waitFor()).isZero();
        new ProcessBuilder(
                        "git",
                        "-C",
                        site.directory().toString(),
                        "-c",
                        "user.name=x",
                        "-c",
                        "user.email=x@example.com",
                        "commit",
                        "-q",
                        "--allow-empty",
                        "-m",
                        "first")
                .start()
                .waitFor();
        Said wrong = site.said();
        assertThat(wrong.run("east", "update-config", "--branch", "other", "--check"))
                .isEqualTo(255);
        assertThat(wrong.err()).contains("not on the branch other, but on trunk");
        Said right = site.said();
        assertThat(right.run("east", "update-config", "--branch=trunk", "--check"))
                .as(right.err())
                .isZero();
    }

    @Test
    void anotherPlaybookIsRunByTheAnsibleThatIsInstalledWithoutASecretInItsArguments() throws Exception {
        org.cchq.migrate.testing.RequiredProgram.find("ansible-playbook", "ansible-core");
        Files.createDirectories(site.directory().resolve("ansible"));
        Files.writeString(site.directory().resolve("ansible/own.yml"), """
                - hosts: localhost
                  connection: local
                  gather_facts: false
                  tasks:
                    - ansible.builtin.debug:
                        msg: "{{ deploy_env }} {{ SITE_HOST }} {{ secrets.S3_ACCESS_KEY }} {{ s3_blob_db_s3_bucket }}"
                """);
        Said said = site.said();

        assertThat(said.run("east", "ansible-playbook", "own.yml", "--skip-check", "--quiet", "-v"))
                .as(said.out() + said.err())
                .isZero();

        assertThat(said.out()).contains("east east.example.com a new", "PLAY RECAP");
        assertThat(said.err()).contains("ansible-playbook ", "-e @", "--diff").doesNotContain("hidden");
        Said missing = site.said();
        assertThat(missing.run("east", "ansible-playbook", "other.yml")).isEqualTo(1);
        assertThat(missing.err()).contains("other.yml: is neither in ");
    }

    /** Riak CS behind the proxy, before any migration. */
    private void cluster() throws Exception {
        site.add("inventory.ini", "[riakcs]\n10.9.9.9\n");
        site.replace("public.yml", "(?s)s3_blob_db_enabled.*?S3_TO_S3: True\n", "");
        site.add("vault.yml", "  RIAKCS_S3_ACCESS_KEY: k\n  RIAKCS_S3_SECRET_KEY: hidden-4714\n");
    }
}
