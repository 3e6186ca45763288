package org.cchq.migrate.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The fixture itself, by the ssh program. */
class SshServerIT {
    @Test
    void servesTheProgramSshWithStrictHostKeyChecking() throws Exception {
        try (SshServer server = SshServer.start()) {
            Process ssh = new ProcessBuilder(List.of(
                            RequiredProgram.find("ssh", "openssh-client").toString(),
                            "-F",
                            "/dev/null",
                            "-i",
                            server.privateKey().toString(),
                            "-o",
                            "UserKnownHostsFile=" + server.knownHosts(),
                            "-o",
                            "StrictHostKeyChecking=yes",
                            "-p",
                            String.valueOf(server.port()),
                            server.user() + "@" + server.address(),
                            "sudo -n -u " + server.serviceUser() + " id -un"))
                    .redirectErrorStream(true)
                    .start();
            String output = new String(ssh.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(ssh.waitFor()).as(output).isZero();
            assertThat(output.strip()).isEqualTo(server.serviceUser());
        }
    }
}
