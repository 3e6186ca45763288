package org.cchq.migrate.http;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A lean HTTP/1.1 client: blocking, kept-alive connections in one bounded pool, nothing between the caller's bytes and
 * the socket. No retries but one: a request without a streamed body, sent on a kept connection that turns out to have
 * been closed before any byte of an answer, goes out again on a new one. Thread-safe.
 *
 * <p>No read or write waits for longer than the read time-out. A thread that is interrupted inside an exchange has its
 * connection cut within {@link ConnectionGuard#PERIOD} and gets an {@link InterruptedException}, or an
 * {@link IOException} with its interrupt flag still set from a body.
 */
public final class HttpTransport implements AutoCloseable {
    /** How long a server may take to say 100 Continue before the body is sent anyway. */
    private static final int CONTINUE_MILLIS = 1_000;

    private static final int EARLY_ANSWER_MILLIS = 2_000;
    /** Servers keep an idle connection for 5 seconds at least. */
    private static final long FRESH_NANOS = 1_000_000_000;

    private static final byte[] NO_BODY = {};

    private final int maxConnections;
    private final Supplier<SSLSocketFactory> tls;
    private final Duration connectTimeout;
    private final Duration readTimeout;
    private final Semaphore permits;
    private final Map<Route, Deque<HttpConnection>> idle = new ConcurrentHashMap<>();
    private final Set<HttpConnection> open = ConcurrentHashMap.newKeySet();
    private final ConnectionGuard guard = new ConnectionGuard(open, this::closeIdle);
    private volatile boolean closed;
    private volatile boolean continueIgnored;

    public HttpTransport(
            int maxConnections, Supplier<SSLSocketFactory> tls, Duration connectTimeout, Duration readTimeout) {
        this.maxConnections = maxConnections;
        this.tls = tls;
        this.connectTimeout = connectTimeout;
        this.readTimeout = readTimeout;
        this.permits = new Semaphore(maxConnections);
    }

    /** Sends a request without body and reads the head of the answer. */
    public HttpResponse exchange(Route route, String method, CharSequence head)
            throws IOException, InterruptedException {
        return exchange(route, method, head, NO_BODY, 0);
    }

    /**
     * Sends a request with its whole body, and reads the head of the answer.
     *
     * @param head request line and headers with the empty line, ISO 8859-1
     */
    public HttpResponse exchange(Route route, String method, CharSequence head, byte[] body, int bodyLength)
            throws IOException, InterruptedException {
        // A POST may not be repeated, so it never starts on a connection that may be stale.
        HttpConnection connection = method.equals("POST") ? connect(route) : borrow(route);
        while (true) {
            try {
                connection.send(head, body, bodyLength);
                return answer(method, connection);
            } catch (IOException e) {
                drop(connection);
                interrupted(e);
                if (!stale(connection, e)) {
                    throw e;
                }
                connection = connect(route);
            }
        }
    }

    /**
     * The same for a server whose POSTs are many and small: also a POST goes out on a kept connection, one that rested for
     * so short a time that the server has hardly closed it. A request that is no GET or HEAD is never sent twice.
     *
     * @param begin how long the answer may take to begin
     */
    public HttpResponse ask(Route route, String method, CharSequence head, byte[] body, Duration begin)
            throws IOException, InterruptedException {
        boolean repeatable = method.equals("GET") || method.equals("HEAD");
        HttpConnection connection = repeatable ? borrow(route) : borrowFresh(route);
        int millis = (int) Math.min(Math.max(1, begin.toMillis()), Integer.MAX_VALUE);
        while (true) {
            boolean sent = false;
            try {
                connection.send(head, body, body.length);
                sent = true;
                return answer(method, connection, millis);
            } catch (IOException e) {
                boolean stale = stale(connection, e);
                HttpResponse refusal = sent || stale ? null : earlyAnswer(method, connection);
                if (refusal != null) {
                    return refusal;
                }
                drop(connection);
                interrupted(e);
                if (!stale || !repeatable) {
                    throw e;
                }
                connection = connect(route);
            }
        }
    }

    /**
     * Begins a request whose body will be streamed: sends the head and waits until the server wants the body.
     *
     * @param head without its empty line
     */
    public HttpUpload begin(Route route, String method, CharSequence head) throws IOException, InterruptedException {
        HttpConnection connection = borrow(route);
        while (true) {
            try {
                if (continueIgnored) {
                    connection.send(head + "\r\n", NO_BODY, 0);
                    return new HttpUpload(this, connection, method, null, false);
                }
                connection.send(head + "Expect: 100-continue\r\n\r\n", NO_BODY, 0);
                return begun(method, connection);
            } catch (IOException e) {
                drop(connection);
                interrupted(e);
                if (!stale(connection, e)) {
                    throw e;
                }
                connection = connect(route);
            }
        }
    }

    /** Waits for 100 Continue, or a final answer in its place. */
    private HttpUpload begun(String method, HttpConnection connection) throws IOException {
        try {
            ResponseHead first = connection.readHead(CONTINUE_MILLIS);
            if (first.status() < 200) {
                return new HttpUpload(this, connection, method, null, first.status() == 100);
            }
            // The server may still wait for the body: this connection cannot be used again.
            HttpResponse refusal = new HttpResponse(first, ResponseBody.last(method, first, this, connection));
            return new HttpUpload(this, connection, method, refusal, false);
        } catch (SocketTimeoutException e) {
            if (!connection.answered()) {
                continueIgnored = true;
            }
            return new HttpUpload(this, connection, method, null, false);
        }
    }

    /** Reads the final answer. */
    HttpResponse answer(String method, HttpConnection connection) throws IOException {
        return answer(method, connection, 0);
    }

    private HttpResponse answer(String method, HttpConnection connection, int millis) throws IOException {
        for (int interim = 0; interim < 20; interim++) {
            ResponseHead head = connection.readHead(millis);
            if (head.status() >= 200) {
                return new HttpResponse(head, ResponseBody.after(method, head, this, connection));
            }
        }
        throw new MalformedResponseException("interim answers that do not end");
    }

    /** After a failed write: what the server said before it stopped listening, null if nothing. */
    @Nullable
    HttpResponse earlyAnswer(String method, HttpConnection connection) {
        try {
            ResponseHead head = connection.readHead(EARLY_ANSWER_MILLIS);
            while (head.status() < 200) {
                head = connection.readHead(EARLY_ANSWER_MILLIS);
            }
            return new HttpResponse(head, ResponseBody.last(method, head, this, connection));
        } catch (IOException e) {
            return null;
        }
    }

    private static boolean stale(HttpConnection connection, IOException failure) {
        return connection.reused() && !connection.answered() && !(failure instanceof SocketTimeoutException);
    }

    /** Turns a failure that is the guard's doing, because the thread was interrupted, into what it is. */
    public static void interrupted(IOException failure) throws InterruptedException {
        if (Thread.interrupted()) {
            InterruptedException interruption = new InterruptedException("interrupted while talking to a store");
            interruption.addSuppressed(failure);
            throw interruption;
        }
    }

    private HttpConnection borrow(Route route) throws IOException, InterruptedException {
        permit();
        Deque<HttpConnection> kept = idle.get(route);
        if (kept != null) {
            HttpConnection connection;
            synchronized (kept) {
                connection = kept.pollFirst();
            }
            if (connection != null) {
                connection.take();
                return connection;
            }
        }
        return connectPermitted(route);
    }

    private HttpConnection borrowFresh(Route route) throws IOException, InterruptedException {
        HttpConnection connection = borrow(route);
        if (!connection.reused() || connection.idleNanos(System.nanoTime()) < FRESH_NANOS) {
            return connection;
        }
        drop(connection);
        return connect(route);
    }

    private HttpConnection connect(Route route) throws IOException, InterruptedException {
        permit();
        Deque<HttpConnection> kept = idle.get(route);
        if (kept != null) {
            synchronized (kept) {
                HttpConnection oldest = kept.pollLast();
                if (oldest != null) {
                    open.remove(oldest);
                    oldest.abort();
                }
            }
        }
        return connectPermitted(route);
    }

    private HttpConnection connectPermitted(Route route) throws IOException, InterruptedException {
        boolean connected = false;
        try {
            HttpConnection connection = HttpConnection.open(route, tls, connectTimeout, readTimeout);
            connection.take();
            open.add(connection);
            connected = true;
            guard.start();
            if (closed) {
                drop(connection);
                throw new IOException("the store was closed");
            }
            return connection;
        } catch (IOException e) {
            interrupted(e);
            throw e;
        } finally {
            if (!connected) {
                permits.release();
            }
        }
    }

    private void permit() throws IOException, InterruptedException {
        if (closed) {
            throw new IOException("the store was closed");
        }
        if (!permits.tryAcquire() && !permits.tryAcquire(readTimeout.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new SocketTimeoutException(
                    "none of the " + maxConnections + " connections became free in " + readTimeout.toMillis() + " ms");
        }
    }

    /** An exchange ended: keeps the connection if it can be used again. */
    void done(HttpConnection connection, boolean reusable) {
        if (!connection.rest() || !reusable || closed) {
            drop(connection);
            return;
        }
        Deque<HttpConnection> kept = idle.computeIfAbsent(connection.route(), route -> new ArrayDeque<>());
        synchronized (kept) {
            kept.addFirst(connection);
        }
        permits.release();
        if (closed) {
            closeIdle(0);
        }
    }

    /** Ends a borrowed connection. */
    void drop(HttpConnection connection) {
        if (open.remove(connection)) {
            connection.abort();
            permits.release();
        }
    }

    /** Ends connections that nobody used for so long. */
    private void closeIdle(long nanos) {
        long now = System.nanoTime();
        for (Deque<HttpConnection> kept : idle.values()) {
            synchronized (kept) {
                while (!kept.isEmpty() && kept.peekLast().idleNanos(now) >= nanos) {
                    HttpConnection oldest = kept.pollLast();
                    open.remove(oldest);
                    oldest.abort();
                }
            }
        }
    }

    /** Cuts all connections, also those in use. */
    @Override
    public void close() {
        closed = true;
        closeIdle(0);
        open.forEach(HttpConnection::abort);
        guard.stop();
    }
}
