package org.cchq.migrate.store.document;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.cchq.migrate.http.ResponseBody;

/** A body as it arrives: gives up after a silence, and at a deadline. Of the thread that asked. */
final class CouchStream extends InputStream {
    private final ResponseBody body;
    private final Duration silence;
    private final long deadline;
    private boolean ended;

    /**
     * @param silence the longest pause between two pieces
     * @param deadline by {@link System#nanoTime()}, for the whole body
     */
    CouchStream(ResponseBody body, Duration silence, long deadline) {
        this.body = body;
        this.silence = silence;
        this.deadline = deadline;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (ended) {
            return -1;
        }
        requireNoInterrupt();
        long left = deadline - System.nanoTime();
        boolean nearEnd = left <= silence.toNanos();
        try {
            if (left <= 0) {
                throw new SocketTimeoutException();
            }
            if (nearEnd) {
                body.patience((int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
            }
            int count = body.read(bytes, offset, length);
            ended = count < 0;
            return count;
        } catch (SocketTimeoutException e) {
            body.abort();
            requireNoInterrupt();
            if (nearEnd) {
                throw new CouchBody.DeadlineException();
            }
            throw new IOException(
                    "it said nothing more for " + silence.toSeconds() + " s in the middle of the answer", e);
        } catch (IOException e) {
            body.abort();
            requireNoInterrupt();
            throw new IOException("the connection was lost in the middle of the answer (" + e.getMessage() + ")", e);
        }
    }

    private void requireNoInterrupt() throws InterruptedIOException {
        if (Thread.interrupted()) {
            body.abort();
            throw new InterruptedIOException("interrupted");
        }
    }

    /** A body that was not read to its end costs the connection. */
    @Override
    public void close() {
        body.abort();
    }
}
