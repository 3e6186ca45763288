package org.cchq.migrate.kind.doctypes;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * What is taken away, one JSON object a line, readable by its owner only. A line is in the file before its request is sent,
 * so that a killed process leaves nothing unlisted: what the file names <em>may</em> have been taken away.
 */
final class RemovalLog implements AutoCloseable {
    private final Path path;
    private final Writer out;

    private RemovalLog(Path path, Writer out) {
        this.path = path;
        this.out = out;
    }

    /** Adds to a file that is there. */
    static RemovalLog open(Path path) throws UserException {
        try {
            if (!Files.exists(path)) {
                Files.createFile(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            return new RemovalLog(
                    path,
                    new OutputStreamWriter(
                            Files.newOutputStream(path, StandardOpenOption.APPEND), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UserException(path + ": cannot be written: " + e + "; nothing was deleted", e);
        }
    }

    Path path() {
        return path;
    }

    void add(Map<String, @Nullable Object> line) {
        try {
            out.write(Json.write(line) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": cannot be written; nothing more is deleted", e);
        }
    }

    /** To be called before the request. */
    void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": cannot be written; nothing more is deleted", e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": cannot be closed", e);
        }
    }
}
