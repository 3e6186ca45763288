package org.cchq.migrate.store.document;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A body as it arrives, a few buffers at most in memory. The client's own stream waits for ever for a server that says
 * nothing more; this one gives up after a silence, and at a deadline. One reader.
 */
final class CouchBody extends InputStream implements HttpResponse.BodySubscriber<InputStream> {
    /** The deadline passed while the server still had something to say. */
    static final class DeadlineException extends IOException {
        DeadlineException() {
            super("the time for this request is over");
        }
    }

    private static final List<ByteBuffer> END = List.of();

    private final BlockingQueue<List<ByteBuffer>> arrived = new LinkedBlockingQueue<>();
    private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();
    private final Duration silence;
    private final long deadline;
    private volatile @Nullable Throwable failure;
    private Iterator<ByteBuffer> buffers = Collections.emptyIterator();
    private ByteBuffer current = ByteBuffer.allocate(0);
    private boolean ended;
    private volatile boolean closed;

    /**
     * @param silence the longest pause between two pieces
     * @param deadline by {@link System#nanoTime()}, for the whole body
     */
    CouchBody(Duration silence, long deadline) {
        this.silence = silence;
        this.deadline = deadline;
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        if (subscription.compareAndSet(null, given)) {
            given.request(1);
        } else {
            given.cancel();
        }
    }

    @Override
    public void onNext(List<ByteBuffer> piece) {
        arrived.add(piece);
    }

    @Override
    public void onError(Throwable thrown) {
        failure = thrown;
        arrived.add(END);
    }

    @Override
    public void onComplete() {
        arrived.add(END);
    }

    @Override
    public int read() throws IOException {
        return fill() ? current.get() & 0xFF : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, current.remaining());
        current.get(bytes, offset, count);
        return count;
    }

    @Override
    public int available() {
        return current.remaining();
    }

    @Override
    public void close() {
        closed = true;
        // For a reader in another thread.
        arrived.add(END);
        Flow.Subscription at = subscription.get();
        if (at != null) {
            at.cancel();
        }
    }

    private boolean fill() throws IOException {
        while (!current.hasRemaining()) {
            if (buffers.hasNext()) {
                current = buffers.next();
            } else if (ended) {
                return false;
            } else {
                take();
            }
        }
        return true;
    }

    private void take() throws IOException {
        List<ByteBuffer> piece = await();
        if (closed) {
            throw new IOException("the answer was left before its end");
        }
        if (piece == END) {
            ended = true;
            Throwable cause = failure;
            if (cause != null) {
                throw new IOException(
                        "the connection was lost in the middle of the answer (" + cause.getMessage() + ")", cause);
            }
            return;
        }
        buffers = piece.iterator();
        Flow.Subscription at = subscription.get();
        if (at != null) {
            at.request(1);
        }
    }

    private List<ByteBuffer> await() throws IOException {
        long left = deadline - System.nanoTime();
        try {
            List<ByteBuffer> piece = arrived.poll(Math.min(left, silence.toNanos()), TimeUnit.NANOSECONDS);
            if (piece != null) {
                return piece;
            }
        } catch (InterruptedException e) {
            close();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted");
            interrupted.initCause(e);
            throw interrupted;
        }
        close();
        if (left <= silence.toNanos()) {
            throw new DeadlineException();
        }
        throw new HttpTimeoutException(
                "it said nothing more for " + silence.toSeconds() + " s in the middle of the answer");
    }
}
