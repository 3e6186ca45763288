package org.cchq.migrate.push;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.cchq.migrate.base.UserException;

/**
 * A Java runtime made of the modules that the agent needs, as a tar.gz: made once by jlink from the JDK that runs the
 * controller, then kept in a cache, since two makings of jlink are not always the same bytes.
 */
public final class RuntimeImage {
    /** What the agent's jar needs (jdeps names them; a test compares), and the elliptic curves of TLS. */
    static final List<String> MODULES = List.of(
            "java.base",
            "java.logging",
            "java.sql",
            "java.naming",
            "java.xml",
            "java.management",
            "java.net.http",
            "java.security.jgss",
            "jdk.crypto.ec",
            "jdk.management",
            "jdk.unsupported");

    private static final List<String> OPTIONS =
            List.of("--strip-debug", "--no-header-files", "--no-man-pages", "--compress=2");

    private RuntimeImage() {}

    /** The kind of machine that the image runs on, as {@code uname -sm} names it: "Linux x86_64". */
    public static String platform() {
        String arch = System.getProperty("os.arch");
        String machine = arch.equals("amd64") ? "x86_64" : arch;
        return System.getProperty("os.name") + " " + machine;
    }

    /** The cached archive; empty if it was not made yet. Makes nothing. */
    public static Optional<Artifact> cached(Path cache) throws UserException {
        Path file = cache.resolve(name());
        return Files.exists(file) ? Optional.of(Artifact.of(file)) : Optional.empty();
    }

    /**
     * The archive; made if the cache does not have it, which takes some seconds.
     *
     * @param cache directory that keeps archives, made if it is not there
     */
    public static Artifact of(Path cache) throws UserException {
        Path file = cache.resolve(name());
        if (!Files.exists(file)) {
            make(file);
        }
        return Artifact.of(file);
    }

    private static String name() {
        String key = Sha256.of(String.join(
                "\n",
                System.getProperty("java.vendor"),
                System.getProperty("java.runtime.version"),
                platform(),
                String.join(",", MODULES),
                String.join(",", OPTIONS)));
        return "runtime-" + Runtime.version().feature() + "-" + platform().replace(' ', '-') + "-"
                + key.substring(0, 16) + ".tar.gz";
    }

    private static void make(Path file) throws UserException {
        ToolProvider jlink = ToolProvider.findFirst("jlink")
                .orElseThrow(() -> new UserException("no jlink in " + System.getProperty("java.home")
                        + ": run the controller with a JDK (openjdk-17-jdk-headless), or name a Java 17 or newer of the"
                        + " host with cchq_migrate_java in public.yml"));
        try {
            Files.createDirectories(file.getParent());
            Path work = Files.createTempDirectory(file.getParent(), "making-");
            try {
                Path image = work.resolve("image");
                StringWriter output = new StringWriter();
                PrintWriter writer = new PrintWriter(output);
                int status = jlink.run(writer, writer, arguments(image));
                if (status != 0) {
                    throw new UserException("jlink could not make a runtime image from "
                            + System.getProperty("java.home") + ": "
                            + output.toString().strip()
                            + ". A JDK with jmods makes one (openjdk-17-jdk-headless); or name a Java 17 or newer of"
                            + " the host with cchq_migrate_java in public.yml");
                }
                Path archive = work.resolve("image.tar.gz");
                pack(image, archive);
                Files.move(archive, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                delete(work);
            }
        } catch (IOException e) {
            throw new UserException("cannot make " + file + ": " + e.getMessage(), e);
        }
    }

    private static String[] arguments(Path image) {
        return Stream.concat(
                        Stream.of("--add-modules", String.join(",", MODULES), "--output", image.toString()),
                        OPTIONS.stream())
                .toArray(String[]::new);
    }

    /** Names sorted, times and owners zero: the bytes depend on the contents only. */
    private static void pack(Path image, Path archive) throws IOException {
        try (OutputStream out = Files.newOutputStream(archive);
                TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(out, 64 * 1024), "UTF-8");
                Stream<Path> files = Files.walk(image)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            List<Path> sorted = files.filter(Files::isRegularFile)
                    .sorted(Comparator.comparing(path -> image.relativize(path).toString()))
                    .toList();
            for (Path path : sorted) {
                TarArchiveEntry entry =
                        new TarArchiveEntry(image.relativize(path).toString());
                entry.setSize(Files.size(path));
                entry.setMode(Files.isExecutable(path) ? 0755 : 0644);
                entry.setModTime(0);
                entry.setIds(0, 0);
                entry.setNames("", "");
                tar.putArchiveEntry(entry);
                Files.copy(path, tar);
                tar.closeArchiveEntry();
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
