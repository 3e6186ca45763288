package org.cchq.migrate.http;

import java.io.IOException;
import java.io.InputStream;

/**
 * The body of an answer as its head frames it: fixed length, chunks, or up to the end of the connection. Never decodes
 * its content. Gives the connection back when the body was read to its end; a body that is cut short is a
 * {@link TruncatedBodyException}. Used by one thread.
 */
public final class ResponseBody extends InputStream {
    /** So much is read away to save a connection whose body nobody wants. */
    private static final int DRAIN_BYTES = 64 * 1024;

    private static final int CHUNKED = -2;
    private static final int UNTIL_CLOSE = -1;

    private final HttpTransport transport;
    private final HttpConnection connection;
    private final boolean reusable;
    private final long length;
    private long remaining;
    private boolean firstChunk = true;
    private boolean ended;
    private boolean closed;

    private ResponseBody(HttpTransport transport, HttpConnection connection, long length, boolean reusable) {
        this.transport = transport;
        this.connection = connection;
        this.length = length;
        this.remaining = Math.max(length, 0);
        this.reusable = reusable;
        if (length == 0) {
            end();
        }
    }

    /** Frames the body that follows this head. */
    static ResponseBody after(String method, ResponseHead head, HttpTransport transport, HttpConnection connection)
            throws IOException {
        return after(method, head, head.keepsAlive(), transport, connection);
    }

    private static ResponseBody after(
            String method, ResponseHead head, boolean keep, HttpTransport transport, HttpConnection connection)
            throws IOException {
        int status = head.status();
        if (method.equals("HEAD") || status == 204 || status == 304) {
            return new ResponseBody(transport, connection, 0, keep);
        }
        if (head.chunked()) {
            return new ResponseBody(transport, connection, CHUNKED, keep);
        }
        long length = head.contentLength();
        return length < 0
                ? new ResponseBody(transport, connection, UNTIL_CLOSE, false)
                : new ResponseBody(transport, connection, length, keep);
    }

    /** The same for the last answer of a connection that cannot be used again. */
    static ResponseBody last(String method, ResponseHead head, HttpTransport transport, HttpConnection connection)
            throws IOException {
        return after(method, head, false, transport, connection);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        if (ended || count == 0) {
            return ended ? -1 : 0;
        }
        if (closed) {
            throw new IOException("the body was closed");
        }
        if (length == CHUNKED && remaining == 0 && !nextChunk()) {
            return -1;
        }
        int wanted = length == UNTIL_CLOSE ? count : (int) Math.min(count, remaining);
        int got = connection.read(target, offset, wanted);
        if (got < 0) {
            if (length == UNTIL_CLOSE) {
                end();
                return -1;
            }
            throw new TruncatedBodyException(
                    length == CHUNKED
                            ? "the connection was closed inside a chunk"
                            : "the connection was closed after " + (length - remaining) + " of " + length + " bytes");
        }
        if (length != UNTIL_CLOSE) {
            remaining -= got;
            if (remaining == 0 && length != CHUNKED) {
                end();
            }
        }
        return got;
    }

    /** Goes to the next chunk; false after the last. */
    private boolean nextChunk() throws IOException {
        if (!firstChunk && !line().isEmpty()) {
            throw new MalformedResponseException("a chunk that is longer than it says");
        }
        firstChunk = false;
        String size = line();
        int extension = size.indexOf(';');
        String digits = (extension < 0 ? size : size.substring(0, extension)).strip();
        if (digits.isEmpty() || digits.length() > 15) {
            throw new MalformedResponseException("a chunk without a size");
        }
        try {
            remaining = Long.parseLong(digits, 16);
        } catch (NumberFormatException e) {
            throw new MalformedResponseException("the chunk size '" + digits + "'");
        }
        if (remaining < 0) {
            throw new MalformedResponseException("the chunk size '" + digits + "'");
        }
        if (remaining > 0) {
            return true;
        }
        int trailers = 0;
        while (!line().isEmpty()) {
            if (++trailers > 100) {
                throw new MalformedResponseException("trailers that do not end");
            }
        }
        end();
        return false;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(16);
        while (true) {
            int c = connection.read();
            if (c < 0) {
                throw new TruncatedBodyException("the connection was closed between two chunks");
            }
            if (c == '\n') {
                int end = line.length();
                return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
            }
            if (line.length() > 8192) {
                throw new MalformedResponseException("a chunk line that does not end");
            }
            line.append((char) c);
        }
    }

    private void end() {
        ended = true;
        if (!closed) {
            closed = true;
            transport.done(connection, reusable);
        }
    }

    /**
     * How long each read may wait from now on, in place of the transport's time.
     *
     * @param millis at least 1
     */
    public void patience(int millis) throws IOException {
        if (!closed) {
            connection.patience(millis);
        }
    }

    /** Cuts the connection; for a body that is of no use any more. */
    public void abort() {
        if (!closed) {
            closed = true;
            transport.drop(connection);
        }
    }

    /** Reads a short rest away, so that the connection can be used again; cuts it otherwise. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        try {
            if (reusable && length >= 0 && remaining <= DRAIN_BYTES) {
                byte[] rest = new byte[(int) remaining];
                while (!ended && read(rest, 0, rest.length) >= 0) {
                    // nobody wants it
                }
            } else if (reusable && length == CHUNKED) {
                byte[] rest = new byte[DRAIN_BYTES];
                readNBytes(rest, 0, rest.length);
            }
        } catch (IOException e) {
            // It is cut below.
        }
        abort();
    }
}
