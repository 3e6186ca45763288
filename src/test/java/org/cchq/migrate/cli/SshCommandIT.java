package org.cchq.migrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.cchq.migrate.testing.RequiredProgram;
import org.cchq.migrate.testing.SshServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** lookup, and logins by the machine's own ssh. */
@Timeout(120)
class SshCommandIT {
    private HostSite site;

    @BeforeEach
    void start() throws Exception {
        site = HostSite.on(SshServer.start());
    }

    @AfterEach
    void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @Test
    void lookupTellsTheAddressOfAServerAndTheGroupsOfSeveral() {
        String address = "127.0.0.1:" + site.server().port();

        assertThat(looked("django_manage:0")).isEqualTo(address + "\n");
        assertThat(looked("ann@-")).isEqualTo("ann@" + address + "\n");
        assertThat(looked("10.9.8.7")).isEqualTo("10.9.8.7\n");
        assertThat(looked("manage0,gone"))
                .isEqualTo(address + " - all_commcarehq, commcarehq, django_manage, manage0, postgresql, proxy\n"
                        + "127.0.0.2:1 - all_commcarehq, gone\n");
        assertThat(looked()).isEqualTo(looked("all"));
        Said unknown = site.said();
        assertThat(unknown.run("east", "lookup", "django_mange")).isEqualTo(2);
        assertThat(unknown.err()).contains("no host or group matches 'django_mange'");
    }

    @Test
    void sshRunsACommandOnATerminalThereAndGivesItsExitStatus() throws Exception {
        String user = site.server().user();

        Ended ended = ssh(user + "@django_manage", "-t", "tty -s && echo on a terminal; exit 7");

        assertThat(ended.exit()).as(ended.text()).isEqualTo(7);
        assertThat(ended.text()).contains("on a terminal").contains("ssh " + user + "@127.0.0.1 -t -p ");
        assertThat(ssh("manage0,gone", "true").text()).contains("There are 2 servers in the 'manage0,gone' group");
        assertThat(ssh("manage0,gone", "true").exit()).isEqualTo(2);
    }

    private String looked(String... words) {
        List<String> command = new ArrayList<>(List.of("east", "lookup"));
        command.addAll(List.of(words));
        Said said = site.said();
        assertThat(said.run(command.toArray(new String[0]))).as(said.err()).isZero();
        return said.out();
    }

    private record Ended(int exit, String text) {}

    /** As a process of its own, on a terminal: the login has the program's own input and output. */
    private Ended ssh(String... words) throws Exception {
        List<String> program = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "east",
                "ssh"));
        program.addAll(List.of(words));
        String line = String.join(
                " ",
                program.stream()
                        .map(word -> "'" + word.replace("'", "'\\''") + "'")
                        .toList());
        ProcessBuilder builder = new ProcessBuilder(
                        RequiredProgram.find("script", "bsdutils").toString(), "-qefc", line, "/dev/null")
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.environment().put("HOME", site.directory().toString());
        builder.environment().put("CCHQ_MIGRATE_HOME", site.directory().toString());
        builder.environment().remove("COMMCARE_CLOUD_ENVIRONMENTS");
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), text);
    }
}
