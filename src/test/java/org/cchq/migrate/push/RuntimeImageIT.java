package org.cchq.migrate.push;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeImageIT {
    @TempDir
    Path directory;

    @Test
    void twoMakingsAreTheSameBytesAndASecondCallMakesNothing() throws Exception {
        Artifact first = RuntimeImage.of(directory.resolve("a"));
        Artifact second = RuntimeImage.of(directory.resolve("b"));

        assertThat(second.sha256()).isEqualTo(first.sha256());
        long begin = System.nanoTime();
        assertThat(RuntimeImage.of(directory.resolve("a"))).isEqualTo(first);
        assertThat(System.nanoTime() - begin).isLessThan(1_000_000_000L);
        assertThat(directory.resolve("a").toFile().list()).hasSize(1);
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
