package org.cchq.migrate.testing;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/**
 * A program with the agent's outer manners and no migration in it: reads settings from stdin, writes lines and events,
 * obeys its control file. For tests of what is around an agent, which need one that takes as long as they want.
 *
 * <p>Arguments: {@code LINES MILLISECONDS EXIT}: so many lines, one each so many milliseconds, then that exit status; no
 * lines: it fails before it has begun.
 */
public final class StandInAgent {
    private StandInAgent() {}

    /** Packs this class as a jar that {@code java -jar} starts. */
    public static Path jar(Path directory) throws Exception {
        Path jar = directory.resolve("stand-in-agent.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, StandInAgent.class.getName());
        String entry = StandInAgent.class.getName().replace('.', '/') + ".class";
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream packed = new JarOutputStream(out, manifest)) {
            packed.putNextEntry(new ZipEntry(entry));
            packed.write(StandInAgent.class
                    .getClassLoader()
                    .getResourceAsStream(entry)
                    .readAllBytes());
        }
        return jar;
    }

    public static void main(String[] args) throws Exception {
        List<String> words = List.of(args);
        Path events = Path.of(words.get(words.indexOf("--events") + 1));
        Path control = Path.of(words.get(words.indexOf("--control") + 1));
        // With a real command line: until it is cancelled, at most two minutes.
        boolean numbers = args[0].matches("[0-9]+");
        int lines = numbers ? Integer.parseInt(args[0]) : 6000;
        long pause = (numbers ? Long.parseLong(args[1]) : 20) * 1_000_000;
        int exit = numbers ? Integer.parseInt(args[2]) : 0;
        byte[] settings = System.in.readAllBytes();
        if (lines == 0) {
            System.err.println("Tried to connect to new but it refused");
            System.exit(exit);
        }
        event(events, "started", "\"version\":\"test\",\"log\":\"/log\"");
        System.out.println("settings of " + settings.length + " bytes");
        for (int i = 1; i <= lines; i++) {
            System.out.println("line " + i);
            if (i % 10 == 0) {
                event(events, "progress", "\"total\":" + lines + ",\"pass\":{\"enumerated\":" + i + "}");
            }
            LockSupport.parkNanos(pause);
            String request = Files.readString(control);
            if (request.startsWith("cancel ")) {
                System.out.println("stopped: " + request.strip());
                event(events, "ended", "\"result\":\"stopped\",\"exit\":7,\"message\":\"" + request.strip() + "\"");
                System.exit(7);
            }
        }
        event(events, "ended", "\"result\":\"complete\",\"exit\":" + exit);
        System.exit(exit);
    }

    private static void event(Path file, String name, String fields) throws Exception {
        String line = "{\"event\":\"" + name + "\",\"at\":\"" + java.time.Instant.now() + "\"," + fields + "}\n";
        Files.write(file, line.getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
