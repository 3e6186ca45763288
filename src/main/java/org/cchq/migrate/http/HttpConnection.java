package org.cchq.migrate.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * One kept-alive HTTP/1.1 connection over a blocking socket. Used by one thread at a time; only {@link #abort()} and the
 * questions of the {@link ConnectionGuard} may come from another.
 */
final class HttpConnection {
    /** Largest head of an answer; a longer one is taken for garbage. */
    static final int MAX_HEAD_BYTES = 64 * 1024;

    /** What Java hands to the kernel in one call. */
    private static final int WRITE_BYTES = 128 * 1024;

    private static final int BUFFER_BYTES = 16 * 1024;

    private final Route route;
    private final Socket wire;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final int readTimeoutMillis;
    private byte[] received = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private byte[] sending = new byte[BUFFER_BYTES];
    private int exchanges;
    private boolean answered;
    private long idleSince;
    private volatile long writingSince;
    private volatile @Nullable Thread user;

    private HttpConnection(Route route, Socket wire, Socket socket, int readTimeoutMillis) throws IOException {
        this.route = route;
        this.wire = wire;
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        this.readTimeoutMillis = readTimeoutMillis;
    }

    /** Connects to the first address that answers. With TLS the certificate must be valid and name the host. */
    static HttpConnection open(
            Route route, Supplier<SSLSocketFactory> tls, Duration connectTimeout, Duration readTimeout)
            throws IOException {
        int readMillis = (int) readTimeout.toMillis();
        Socket wire = connect(route, (int) connectTimeout.toMillis());
        try {
            wire.setTcpNoDelay(true);
            wire.setKeepAlive(true);
            wire.setSoTimeout(readMillis);
            Socket socket = wire;
            if (route.tls()) {
                SSLSocket secure = (SSLSocket) tls.get().createSocket(wire, route.host(), route.port(), true);
                SSLParameters parameters = secure.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                secure.setSSLParameters(parameters);
                handshake(secure);
                socket = secure;
            }
            return new HttpConnection(route, wire, socket, readMillis);
        } catch (IOException e) {
            wire.close();
            throw e;
        }
    }

    /** A server that speaks something else than TLS makes an exception of no particular kind. */
    private static void handshake(SSLSocket secure) throws IOException {
        try {
            secure.startHandshake();
        } catch (SSLException e) {
            if (e.getClass() == SSLException.class && e.getCause() == null) {
                throw (SSLException) new SSLHandshakeException("no TLS there").initCause(e);
            }
            throw e;
        }
    }

    private static Socket connect(Route route, int timeoutMillis) throws IOException {
        IOException failure = null;
        for (InetAddress address : InetAddress.getAllByName(route.host())) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(address, route.port()), timeoutMillis);
                return socket;
            } catch (IOException e) {
                socket.close();
                failure = e;
            }
        }
        throw failure == null ? new IOException("no address for " + route.host()) : failure;
    }

    Route route() {
        return route;
    }

    /** Whether an exchange ended well on it before: then the server may have closed it meanwhile. */
    boolean reused() {
        return exchanges > 0;
    }

    /** Whether a byte came since the last request was sent. */
    boolean answered() {
        return answered;
    }

    /** Sends a head and, in the same write where it is small, a body. */
    void send(CharSequence head, byte[] body, int bodyLength) throws IOException {
        answered = false;
        int headLength = head.length();
        if (headLength > sending.length) {
            sending = new byte[headLength];
        }
        byte[] ascii = head.toString().getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(ascii, 0, sending, 0, headLength);
        if (headLength + bodyLength <= sending.length) {
            System.arraycopy(body, 0, sending, headLength, bodyLength);
            write(sending, 0, headLength + bodyLength);
        } else {
            write(sending, 0, headLength);
            write(body, 0, bodyLength);
        }
    }

    /** Sends bytes; the guard cuts the connection if the peer takes none of them for the read time-out. */
    void write(byte[] bytes, int offset, int length) throws IOException {
        int at = offset;
        int left = length;
        while (left > 0) {
            int now = Math.min(left, WRITE_BYTES);
            writingSince = System.nanoTime() | 1;
            try {
                out.write(bytes, at, now);
            } finally {
                writingSince = 0;
            }
            at += now;
            left -= now;
        }
    }

    /**
     * Reads the next head, also an interim one (1xx). May be called again after a time-out.
     *
     * @param timeoutMillis for each read; 0 for the connection's own
     */
    ResponseHead readHead(int timeoutMillis) throws IOException {
        socket.setSoTimeout(timeoutMillis == 0 ? readTimeoutMillis : timeoutMillis);
        int scanned = position;
        while (true) {
            int end = endOfHead(scanned);
            if (end >= 0) {
                byte[] head = new byte[end - position];
                System.arraycopy(received, position, head, 0, head.length);
                position = end;
                socket.setSoTimeout(readTimeoutMillis);
                return ResponseHead.parse(head);
            }
            if (limit - position >= MAX_HEAD_BYTES) {
                throw new MalformedResponseException("headers of more than " + MAX_HEAD_BYTES + " bytes");
            }
            scanned = Math.max(position, limit - 3);
            int shift = makeRoom();
            scanned -= shift;
            int count = in.read(received, limit, received.length - limit);
            if (count < 0) {
                throw new EOFException("the connection was closed before an answer");
            }
            answered = true;
            limit += count;
        }
    }

    /** Index after the empty line that ends a head, -1 if it has not come. */
    private int endOfHead(int from) {
        for (int i = from; i < limit; i++) {
            if (received[i] == '\n') {
                if (i + 1 < limit && received[i + 1] == '\n') {
                    return i + 2;
                }
                if (i + 2 < limit && received[i + 1] == '\r' && received[i + 2] == '\n') {
                    return i + 3;
                }
            }
        }
        return -1;
    }

    private int makeRoom() {
        int shift = 0;
        if (position > 0) {
            shift = position;
            System.arraycopy(received, position, received, 0, limit - position);
            limit -= position;
            position = 0;
        }
        if (limit == received.length) {
            byte[] larger = new byte[received.length * 2];
            System.arraycopy(received, 0, larger, 0, limit);
            received = larger;
        }
        return shift;
    }

    /** Bytes of a body: what was received with the head first. -1 at the end of the connection. */
    int read(byte[] target, int offset, int length) throws IOException {
        if (position < limit) {
            int count = Math.min(length, limit - position);
            System.arraycopy(received, position, target, offset, count);
            position += count;
            return count;
        }
        return in.read(target, offset, length);
    }

    /** How long each read may wait from now on. */
    void patience(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    /** One byte; -1 at the end of the connection. For the lines between chunks. */
    int read() throws IOException {
        if (position == limit) {
            position = 0;
            limit = 0;
            int count = in.read(received, 0, received.length);
            if (count < 0) {
                return -1;
            }
            limit = count;
        }
        return received[position++] & 0xff;
    }

    /** Marks it as used by the current thread. */
    void take() {
        user = Thread.currentThread();
    }

    /** Marks it as idle after an exchange that ended well; false if the server sent more than it should have. */
    boolean rest() {
        user = null;
        exchanges++;
        idleSince = System.nanoTime();
        boolean clean = position == limit;
        position = 0;
        limit = 0;
        return clean;
    }

    long idleNanos(long now) {
        return now - idleSince;
    }

    /** Whether its user was interrupted, or waits for longer than the read time-out to get rid of bytes. */
    boolean overdue(long now) {
        Thread thread = user;
        if (thread == null) {
            return false;
        }
        long since = writingSince;
        return thread.isInterrupted() || (since != 0 && now - since > readTimeoutMillis * 1_000_000L);
    }

    /** Ends it at once, from any thread; its user gets an {@link IOException}. Says nothing to the peer, also with TLS. */
    void abort() {
        try {
            wire.close();
        } catch (IOException e) {
            // Closing is all that was wanted.
        }
    }
}
