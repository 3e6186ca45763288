package org.cchq.migrate.testing.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An archive of the agent's classes, made of those of a first run, as a host has one from the second run on. */
final class ClassData {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Path agentJar;
    private final List<String> jvm;
    private final Path names;
    private final Path archive;

    /**
     * @param jvm options of the agent's Java
     * @param directory gets the archive
     */
    ClassData(Path agentJar, List<String> jvm, Path directory) {
        this.agentJar = agentJar;
        this.jvm = jvm;
        this.names = directory.resolve("classes.names");
        this.archive = directory.resolve("classes.jsa");
    }

    /** Options of the first run. */
    List<String> naming() {
        return List.of("-XX:DumpLoadedClassList=" + names);
    }

    /** Makes the archive, after the first run; options of the runs after it. */
    List<String> archived() throws IOException, InterruptedException {
        List<String> dump = new ArrayList<>();
        dump.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        dump.addAll(jvm);
        dump.addAll(List.of(
                "-Xshare:dump",
                "-XX:SharedClassListFile=" + names,
                "-XX:SharedArchiveFile=" + archive,
                "-cp",
                agentJar.toString()));
        Path output = names.resolveSibling("classes.out");
        Child.run(dump, Map.of(), output, LIMIT);
        if (!Files.exists(archive)) {
            throw new IOException("no archive of classes: " + Files.readString(output));
        }
        return List.of("-XX:SharedArchiveFile=" + archive);
    }
}
