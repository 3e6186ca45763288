package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The committed {@code environments/sandbox}, copied with the ports and paths of a running sandbox in place of the
 * nominal ones. Each of them must occur exactly once in the committed file, so that the two cannot drift apart.
 */
final class GeneratedEnvironment {
    private record Change(String file, String from, String to) {}

    private final Path committed;
    private final List<Change> changes = new ArrayList<>();

    GeneratedEnvironment(Path committed) {
        this.committed = committed;
    }

    /** In this file, this text shall be that one. */
    GeneratedEnvironment change(String file, String from, String to) {
        changes.add(new Change(file, from, to));
        return this;
    }

    /** Writes the copy. Its files are for their owner only. */
    void write(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(committed)) {
            for (Path file : files.sorted().toList()) {
                String text = Files.readString(file);
                for (Change change : changes) {
                    if (file.getFileName().toString().equals(change.file)) {
                        text = once(text, change, file);
                    }
                }
                Path copy = directory.resolve(file.getFileName().toString());
                Files.createFile(
                        copy, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                Files.writeString(copy, text);
            }
        }
    }

    private static String once(String text, Change change, Path file) {
        int at = text.indexOf(change.from);
        if (at < 0 || text.indexOf(change.from, at + 1) >= 0) {
            throw new IllegalStateException(file + ": expected exactly once: " + change.from);
        }
        return text.replace(change.from, change.to);
    }
}
