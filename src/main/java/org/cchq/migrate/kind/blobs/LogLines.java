package org.cchq.migrate.kind.blobs;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Lines of a log as Python reads them: a line ends with its newline, unless it is a last one that was cut off. */
final class LogLines implements Closeable {
    /** Of a longer line, which can be no record, only the beginning is kept. */
    static final int MOST_BYTES = 1 << 20;

    /** What is kept of a line that is too long, enough to see what it is. */
    private static final int SHOWN_BYTES = 200;

    private final InputStream in;

    LogLines(Path file) throws IOException {
        this.in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    }

    /**
     * One line.
     *
     * @param text with {@code \n} at its end if the file has a line end there
     * @param readable whether the bytes are UTF-8 and not too many; what is not UTF-8 is replaced in the text, what is too
     *     much is left out
     */
    record Line(String text, boolean readable) {}

    /** The next line; empty at the end. */
    Optional<Line> next() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        int value = in.read();
        while (value >= 0 && value != '\n' && value != '\r') {
            if (bytes.size() <= MOST_BYTES) {
                bytes.write(value);
            }
            value = in.read();
        }
        if (value < 0 && bytes.size() == 0) {
            return Optional.empty();
        }
        if (value == '\r') {
            in.mark(1);
            if (in.read() != '\n') {
                in.reset();
            }
        }
        String end = value < 0 ? "" : "\n";
        if (bytes.size() > MOST_BYTES) {
            String beginning = new String(bytes.toByteArray(), 0, SHOWN_BYTES, StandardCharsets.UTF_8);
            return Optional.of(new Line(beginning + "..." + end, false));
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
            return Optional.of(new Line(text + end, true));
        } catch (CharacterCodingException e) {
            return Optional.of(new Line(bytes.toString(StandardCharsets.UTF_8) + end, false));
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
