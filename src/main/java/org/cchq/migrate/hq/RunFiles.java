package org.cchq.migrate.hq;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.cchq.migrate.base.UserException;

/**
 * The files of one {@code run_blob_migration}, named as HQ names them: {@code <slug>-blob-migration-<YYYYMMDDTHHMMSSZ>.txt}
 * for records, {@code ...-summary.txt} for what was printed.
 *
 * @param log of the records; the parts of a migration that has several put {@code .0}, {@code .1}... after it
 * @param summary a copy of what was printed
 */
public record RunFiles(Path log, Path summary) {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /** Names that no file has yet: a second later where a run of the same second has made its files. */
    public static RunFiles of(Path directory, String slug, Instant started) {
        Instant named = started;
        RunFiles files = named(directory, slug, named);
        while (Files.exists(files.log) || Files.exists(files.part(0)) || Files.exists(files.summary)) {
            named = named.plusSeconds(1);
            files = named(directory, slug, named);
        }
        return files;
    }

    private static RunFiles named(Path directory, String slug, Instant started) {
        String name = slug + "-blob-migration-" + STAMP.format(started);
        return new RunFiles(directory.resolve(name + ".txt"), directory.resolve(name + "-summary.txt"));
    }

    /** The log of one part. */
    public Path part(int number) {
        return log.resolveSibling(log.getFileName() + "." + number);
    }

    /**
     * Makes a file that is not there yet.
     *
     * @throws UserException if its directory cannot be written
     */
    public static Writer create(Path file) throws UserException {
        try {
            return Files.newBufferedWriter(
                    file, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UserException(
                    file.getParent() + ": cannot be written (" + e.getMessage()
                            + "); make it, owned by the user that runs this",
                    e);
        }
    }

    /** One line, on its way to the disk before the call returns. */
    public static void line(Writer writer, String text) throws IOException {
        synchronized (writer) {
            writer.write(text);
            writer.write('\n');
            writer.flush();
        }
    }
}
