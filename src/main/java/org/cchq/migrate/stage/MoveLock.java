package org.cchq.migrate.stage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.push.HostBase;
import org.cchq.migrate.ssh.ShellWords;
import org.jspecify.annotations.Nullable;

/**
 * One operator at a time, wherever they type: a lock on a host of the environment, held by a process there for as long as
 * this one's connection lasts. When the holder is killed or loses its connection, the lock is free again.
 */
public final class MoveLock implements AutoCloseable {
    private static final int HELD = 75;
    private static final long PATIENCE_SECONDS = 60;

    private final PipedOutputStream hold;
    private final Thread holder;

    private MoveLock(PipedOutputStream hold, Thread holder) {
        this.hold = hold;
        this.holder = holder;
    }

    /**
     * Takes it.
     *
     * @param base this tool's directory on a host that all operators reach
     * @param who shown to whoever comes second: who, from where, since when
     * @throws UserException if another holds it; names the other
     */
    public static MoveLock take(HostBase base, String who)
            throws UserException, EndpointException, InterruptedException {
        String file = ShellWords.quote(base.directory() + "/move.lock");
        String owner = ShellWords.quote(who.replaceAll("[\\r\\n]", " "));
        String script =
                "umask 077; mkdir -p " + ShellWords.quote(base.directory()) + " && exec 9>>" + file + " || exit 1\n"
                        + "flock -n 9 || { cat " + file + ".owner; exit " + HELD + "; }\n"
                        + "printf '%s\\n' " + owner + " > " + file + ".owner && echo held && cat > /dev/null";
        CountDownLatch first = new CountDownLatch(1);
        Heard heard = new Heard(first);
        AtomicReference<@Nullable Exception> failed = new AtomicReference<>();
        int[] exit = {-1};
        PipedOutputStream hold = new PipedOutputStream();
        PipedInputStream stdin;
        try {
            stdin = new PipedInputStream(hold);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        Thread holder = new Thread(
                () -> {
                    try {
                        exit[0] = base.shell().stream(script, stdin, heard, new ByteArrayOutputStream())
                                .code();
                    } catch (EndpointException | InterruptedException | RuntimeException e) {
                        failed.set(e);
                    } finally {
                        first.countDown();
                    }
                },
                "move-lock");
        holder.setDaemon(true);
        holder.start();
        boolean answered = first.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        String said = heard.text().strip();
        if (answered && said.startsWith("held")) {
            return new MoveLock(hold, holder);
        }
        holder.join(TimeUnit.SECONDS.toMillis(1));
        if (exit[0] == HELD) {
            throw new UserException("another operator is at it: "
                    + (heard.text().strip().isEmpty() ? "unknown" : heard.text().strip())
                    + ". When that has ended, or was killed, the lock is free by itself");
        }
        if (failed.get() instanceof EndpointException unreachable) {
            throw unreachable;
        }
        throw new EndpointException(
                base.shell().target().name(),
                Kind.REFUSED,
                "Tried to take the lock " + base.directory() + "/move.lock on "
                        + base.shell().target().name() + " but "
                        + (answered
                                ? "it ended with " + exit[0]
                                : "there was no answer within " + PATIENCE_SECONDS + " seconds"));
    }

    @Override
    public void close() {
        try {
            hold.close();
            holder.join(TimeUnit.SECONDS.toMillis(10));
        } catch (IOException e) {
            // The end of the connection frees it as well.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What the host says, and that it has said something. */
    private static final class Heard extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CountDownLatch first;

        private Heard(CountDownLatch first) {
            this.first = first;
        }

        @Override
        public synchronized void write(int b) {
            bytes.write(b);
            if (b == '\n') {
                first.countDown();
            }
        }

        @Override
        public synchronized void write(byte[] from, int offset, int length) {
            bytes.write(from, offset, length);
            if (bytes.toString(StandardCharsets.UTF_8).contains("\n")) {
                first.countDown();
            }
        }

        private synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }
}
