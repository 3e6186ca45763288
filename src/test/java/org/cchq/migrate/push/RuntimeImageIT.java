package org.cchq.migrate.push;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeImageIT {
    @TempDir
    Path directory;

    @Test
    void isMadeOnceAndThenTakenFromTheCache() throws Exception {
        Artifact first = RuntimeImage.of(directory.resolve("a"));
        Path made = directory
                .resolve("a")
                .resolve(Objects.requireNonNull(directory.resolve("a").toFile().list())[0]);
        Object inode = Files.getAttribute(made, "unix:ino");

        assertThat(RuntimeImage.of(directory.resolve("a"))).isEqualTo(first);

        assertThat(directory.resolve("a").toFile().list()).hasSize(1);
        assertThat(Files.getAttribute(made, "unix:ino")).isEqualTo(inode);
    }

    @Test
    void holdsEveryModuleThatTheAgentsJarNeeds() {
        StringWriter output = new StringWriter();
        int status = ToolProvider.findFirst("jdeps")
                .orElseThrow()
                .run(
                        new PrintWriter(output),
                        new PrintWriter(output),
                        "--multi-release",
                        "17",
                        "--ignore-missing-deps",
                        "--print-module-deps",
                        System.getProperty("agent.jar"));

        assertThat(status).as(output.toString()).isZero();
        // java.desktop: for java.beans annotations, which Jackson does without where they are not there, and for a
        // constructor of pgjdbc's PGpoint.
        List<String> needed = new ArrayList<>(List.of(output.toString().strip().split(",", -1)));
        needed.remove("java.desktop");
        assertThat(RuntimeImage.MODULES).containsAll(needed);
    }
}
