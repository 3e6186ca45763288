package org.cchq.migrate.kind.metadata;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.hq.RunFiles;

/** The log of one part: JSON records, each of which is printed too. Thread-safe. */
final class PartLog implements AutoCloseable {
    private final Path path;
    private final Writer writer;
    private final Consumer<String> lines;

    private PartLog(Path path, Writer writer, Consumer<String> lines) {
        this.path = path;
        this.writer = writer;
        this.lines = lines;
    }

    static PartLog create(Path path, Consumer<String> lines) throws UserException {
        return new PartLog(path, RunFiles.create(path), lines);
    }

    Path path() {
        return path;
    }

    void remark(PageRows.Remark remark) throws UserException {
        try {
            RunFiles.line(writer, remark.record());
        } catch (IOException e) {
            throw new UserException(
                    path + ": cannot be written (" + e + "); make room, then the same command goes on", e);
        }
        lines.accept(remark.line());
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the log " + path, e);
        }
    }
}
