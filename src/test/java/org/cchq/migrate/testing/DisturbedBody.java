package org.cchq.migrate.testing;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.cchq.migrate.testing.Fault.Cut;
import org.cchq.migrate.testing.Fault.Flip;
import org.cchq.migrate.testing.Fault.Stall;

/** Passes one body on, with at most one fault in it. */
final class DisturbedBody {
    /** The script ends the connection here. */
    static final class CutHere extends IOException {
        private static final long serialVersionUID = 1;
    }

    private final InputStream in;
    private final OutputStream out;
    private final Fault fault;
    private final byte[] buffer = new byte[64 << 10];
    private long passed;
    private boolean stalled;

    /** @param fault one that is meant for this direction, or none */
    DisturbedBody(InputStream in, OutputStream out, Fault fault) {
        this.in = in;
        this.out = out;
        this.fault = fault;
    }

    /** Before the head: a fault at a negative position happens now. */
    void beforeHead() throws IOException, InterruptedException {
        if (fault instanceof Cut cut && cut.after() < 0) {
            throw new CutHere();
        }
        stallAt(-1);
    }

    void pass(HttpMessage message, long length) throws IOException, InterruptedException {
        act(0);
        if (message.chunked()) {
            passChunks();
        } else if (length >= 0) {
            passBytes(length);
        } else {
            passToTheEnd();
        }
        out.flush();
    }

    private void passChunks() throws IOException, InterruptedException {
        while (true) {
            String line = readLine();
            long size = Long.parseLong(line.split(";", -1)[0].trim(), 16);
            out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            passBytes(size);
            String end = readLine();
            out.write((end + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            while (size == 0 && !end.isEmpty()) {
                end = readLine();
                out.write((end + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            }
            if (size == 0) {
                return;
            }
        }
    }

    private void passBytes(long length) throws IOException, InterruptedException {
        for (long left = length; left > 0; ) {
            int read = in.read(buffer, 0, (int) Math.min(left, room()));
            if (read < 0) {
                throw new EOFException();
            }
            disturbAndWrite(read);
            left -= read;
        }
    }

    private void passToTheEnd() throws IOException, InterruptedException {
        for (int read = in.read(buffer, 0, (int) room()); read >= 0; read = in.read(buffer, 0, (int) room())) {
            disturbAndWrite(read);
        }
    }

    /** Bytes up to the fault's position, so that it is met exactly. */
    private long room() {
        long position = fault instanceof Cut cut ? cut.after() : fault instanceof Stall stall ? stall.after() : -1;
        return position > passed ? Math.min(position - passed, buffer.length) : buffer.length;
    }

    private void disturbAndWrite(int read) throws IOException, InterruptedException {
        if (fault instanceof Flip flip) {
            long at = flip.bit() / 8 - passed;
            if (at >= 0 && at < read) {
                buffer[(int) at] = (byte) (buffer[(int) at] ^ (1 << (flip.bit() % 8)));
            }
        }
        out.write(buffer, 0, read);
        passed += read;
        act(passed);
    }

    private void act(long position) throws IOException, InterruptedException {
        if (fault instanceof Cut cut && cut.after() == position) {
            out.flush();
            throw new CutHere();
        }
        stallAt(position);
    }

    private void stallAt(long position) throws IOException, InterruptedException {
        if (fault instanceof Stall stall && !stalled && stall.after() <= position) {
            stalled = true;
            out.flush();
            Thread.sleep(stall.time().toMillis());
        }
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException();
            }
            line.append((char) next);
        }
        line.setLength(line.length() - 1);
        return line.toString();
    }
}
