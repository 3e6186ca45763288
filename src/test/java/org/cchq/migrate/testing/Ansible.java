package org.cchq.migrate.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The real Ansible, core 2.14 or later, as Debian's package {@code ansible-core} installs it. */
public final class Ansible {
    private static final String PACKAGE = "ansible-core";
    private static final Path CONFIGURATION =
            Path.of("src/test/resources/ansible/ansible.cfg").toAbsolutePath();
    private static final int MINUTES = 5;

    private Ansible() {}

    /** Skips the test, with the package's name, if Ansible is missing or older than what is compared with. */
    public static void require() throws Exception {
        RequiredProgram.find("ansible", PACKAGE);
        String version =
                run(List.of("ansible", "--version"), "").lines().findFirst().orElse("");
        assumeThat(version)
                .as("the tests compare with Ansible 2.14 and later")
                .matches(".*core 2\\.(1[4-9]|[2-9]\\d).*");
    }

    /** Runs a Python script of the test resources with Ansible's own interpreter; what it writes to stdout. */
    public static String python(String script, String input, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(interpreter(), "src/test/resources/ansible/" + script));
        command.addAll(List.of(arguments));
        return run(command, input);
    }

    /** Runs a command; what it writes to stdout. Fails with its stderr if it fails. */
    public static String run(List<String> command, String input) throws Exception {
        Path in = Files.createTempFile("ansible-in", ".json");
        Path out = Files.createTempFile("ansible-out", ".json");
        Path err = Files.createTempFile("ansible-err", ".txt");
        try {
            Files.writeString(in, input);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(in.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment()
                    .putAll(Map.of(
                            "LC_ALL",
                            "C.UTF-8",
                            "PYTHONHASHSEED",
                            "0",
                            "ANSIBLE_CONFIG",
                            CONFIGURATION.toString(),
                            "PYTHONWARNINGS",
                            "ignore"));
            Process process = builder.start();
            boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
            if (!ended) {
                process.destroyForcibly();
            }
            assertThat(ended && process.exitValue() == 0)
                    .as("%s: %s", command, Files.readString(err, StandardCharsets.UTF_8))
                    .isTrue();
            return Files.readString(out, StandardCharsets.UTF_8);
        } finally {
            for (Path file : List.of(in, out, err)) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** The Python that the {@code ansible} program names on its first line. */
    private static String interpreter() throws IOException {
        String first =
                Files.readAllLines(RequiredProgram.find("ansible", PACKAGE)).get(0);
        String program = first.replaceFirst("^#!\\s*(/usr/bin/env )?", "").strip();
        if (!program.isEmpty()) {
            return program;
        }
        throw new IOException("ansible is no Python script: " + first);
    }
}
