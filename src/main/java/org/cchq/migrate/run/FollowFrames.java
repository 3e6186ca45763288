package org.cchq.migrate.run;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.OptionalInt;

/** Takes the frames of {@link FollowScript} apart as they come in. Not thread-safe. */
final class FollowFrames extends OutputStream {
    private final FollowedStreams streams;
    private final StringBuilder header = new StringBuilder();
    private char kind;
    private int missing;
    private Optional<FollowEnd> end = Optional.empty();

    FollowFrames(FollowedStreams streams) {
        this.streams = streams;
    }

    /** Empty while the job has not ended. */
    Optional<FollowEnd> end() {
        return end;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        int at = from;
        while (at < from + length) {
            if (missing == 0) {
                headerByte(bytes[at++]);
                continue;
            }
            int n = Math.min(missing, from + length - at);
            if (kind == 'O') {
                streams.output(bytes, at, n);
            } else {
                streams.events(bytes, at, n);
            }
            missing -= n;
            at += n;
        }
    }

    private void headerByte(byte b) throws IOException {
        if (b != '\n') {
            header.append((char) b);
            return;
        }
        String line = header.toString();
        header.setLength(0);
        if (line.matches("[OE] [0-9]{1,9}")) {
            kind = line.charAt(0);
            missing = Integer.parseInt(line.substring(2));
        } else if (line.matches("X [0-9]{1,3}")) {
            end = Optional.of(new FollowEnd(OptionalInt.of(Integer.parseInt(line.substring(2)))));
        } else if (line.equals("D")) {
            end = Optional.of(new FollowEnd(OptionalInt.empty()));
        } else if (!line.equals("H")) {
            throw new IOException("not a frame: " + line);
        }
    }
}
