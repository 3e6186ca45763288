package org.cchq.migrate.kind.metadata;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
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

    /** On their way to the disk before the call returns. */
    void remarks(List<PageRows.Remark> remarks) throws UserException {
        if (remarks.isEmpty()) {
            return;
        }
        try {
            RunFiles.line(writer, remarks.stream().map(PageRows.Remark::record).collect(Collectors.joining("\n")));
        } catch (IOException e) {
            throw new UserException(
                    path + ": cannot be written (" + e + "); make room, then the same command goes on", e);
        }
        lines.accept(remarks.stream().map(PageRows.Remark::line).collect(Collectors.joining("\n")));
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
