package org.cchq.migrate.ssh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import net.schmizz.keepalive.KeepAliveProvider;
import net.schmizz.sshj.DefaultConfig;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.connection.channel.direct.Session;
import net.schmizz.sshj.connection.channel.direct.Signal;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * One logged-in connection to a host. Several threads may run commands over it at once. Closing it ends what still runs over
 * it; one that {@link KeptConnections} gave out is kept for the next one who asks, if nothing does.
 */
public final class SshConnection implements AutoCloseable {
    private static final int COPY_BUFFER = 32 * 1024;

    private final SshTarget target;
    private final SSHClient client;
    /** What was found out of the host's sudo, by account. */
    private final Map<String, RemoteShell.Sudo> sudo;

    private final Consumer<SshConnection> kept;
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();
    /** A command ended otherwise than with an exit status. */
    private volatile boolean spoiled;

    private SshConnection(
            SshTarget target, SSHClient client, Map<String, RemoteShell.Sudo> sudo, Consumer<SshConnection> kept) {
        this.target = target;
        this.client = client;
        this.sudo = sudo;
        this.kept = kept;
    }

    /** The same connection for the next one who uses it; this one is closed. */
    SshConnection again(Consumer<SshConnection> whenClosed) {
        return new SshConnection(target, client, sudo, whenClosed);
    }

    /** Whether another may go on with it. */
    boolean usable() {
        return !spoiled && running.get() == 0 && client.isConnected() && client.isAuthenticated();
    }

    /** Ends it for all. */
    void end() {
        closed.set(true);
        closeQuietly(client);
    }

    Map<String, RemoteShell.Sudo> sudo() {
        return sudo;
    }

    /** Connects, checks the host's key and logs in. */
    public static SshConnection connect(SshTarget target, SshSettings settings)
            throws EndpointException, InterruptedException {
        DefaultConfig config = new DefaultConfig();
        config.setKeepAliveProvider(KeepAliveProvider.KEEP_ALIVE);
        SSHClient client = new SSHClient(config);
        client.setConnectTimeout((int) settings.connectTimeout().toMillis());
        client.getTransport().setTimeoutMs((int) settings.authTimeout().toMillis());
        @Nullable HostKeys hostKeys = null;
        try {
            hostKeys = new HostKeys(target, settings);
            client.addHostKeyVerifier(hostKeys);
            client.connect(target.address(), target.port());
            new Login(client, target, settings).run();
            client.getConnection().getKeepAlive().setKeepAliveInterval((int)
                    settings.keepAlive().toSeconds());
            return new SshConnection(target, client, new ConcurrentHashMap<>(), SshConnection::end);
        } catch (IOException e) {
            closeQuietly(client);
            if (hostKeys != null && hostKeys.refusal().isPresent()) {
                throw new EndpointException(
                        target.name(),
                        Kind.REFUSED,
                        "Tried to connect to " + target + " but "
                                + hostKeys.refusal().get(),
                        e);
            }
            throw failure(target, "connect to", e);
        } catch (EndpointException e) {
            closeQuietly(client);
            throw e;
        }
    }

    public SshTarget target() {
        return target;
    }

    /**
     * Runs a command line with the login user's shell and returns when it has ended and all it wrote was delivered.
     *
     * @param stdin copied to the command by a thread of its own; may block for ever
     */
    public Exit exec(String command, InputStream stdin, OutputStream stdout, OutputStream stderr)
            throws EndpointException, InterruptedException {
        running.incrementAndGet();
        boolean whole = false;
        try (Session session = startSession()) {
            Session.Command begun = session.exec(command);
            Thread in = daemon("stdin", () -> feed(stdin, begun.getOutputStream()));
            Thread err = daemon("stderr", () -> copy(begun.getErrorStream(), stderr));
            copyOrFail(begun.getInputStream(), stdout);
            err.join();
            in.interrupt();
            begun.join(30, TimeUnit.SECONDS);
            Exit exit = exitOf(begun);
            whole = true;
            return exit;
        } catch (IOException e) {
            throw failure(target, "run a command on", e);
        } finally {
            if (!whole) {
                spoiled = true;
            }
            running.decrementAndGet();
        }
    }

    /** The library tells a connection that is known to be lost as a mistake of the caller's. */
    private Session startSession() throws IOException {
        if (closed.get() || !client.isConnected() || !client.isAuthenticated()) {
            throw new IOException("the connection was lost");
        }
        try {
            return client.startSession();
        } catch (IllegalStateException e) {
            throw new IOException("the connection was lost", e);
        }
    }

    /** Runs a short command; its output is held in memory. */
    public CommandOutput exec(String command) throws EndpointException, InterruptedException {
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        Exit exit = exec(command, InputStream.nullInputStream(), stdout, stderr);
        return new CommandOutput(
                exit, stdout.toString(StandardCharsets.UTF_8), stderr.toString(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            kept.accept(this);
        }
    }

    private Exit exitOf(Session.Command ended) throws EndpointException {
        Signal signal = ended.getExitSignal();
        if (signal != null) {
            return new Exit(128, signal.name());
        }
        Integer status = ended.getExitStatus();
        if (status == null) {
            throw new EndpointException(
                    target.name(),
                    Kind.UNREACHABLE,
                    "Tried to run a command on " + target + " but the connection was lost before it ended");
        }
        return new Exit(status, "");
    }

    private static EndpointException failure(SshTarget target, String what, IOException e) throws InterruptedException {
        if (e instanceof InterruptedIOException || Thread.currentThread().isInterrupted()) {
            if (Thread.interrupted() || !(e instanceof java.net.SocketTimeoutException)) {
                throw new InterruptedException(what + " " + target.name());
            }
        }
        Throwable cause = e;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        if (cause instanceof InterruptedException) {
            throw new InterruptedException(what + " " + target.name());
        }
        return new EndpointException(
                target.name(),
                Kind.UNREACHABLE,
                "Tried to " + what + " " + target + " but " + cause.getClass().getSimpleName()
                        + (cause.getMessage() == null ? "" : ": " + cause.getMessage()),
                e);
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, "ssh-" + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** A command may end without reading all of its input; that is not an error. */
    private static void feed(InputStream from, OutputStream to) {
        try (OutputStream out = to) {
            byte[] buffer = new byte[COPY_BUFFER];
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                out.write(buffer, 0, n);
                out.flush();
            }
        } catch (IOException e) {
            // The command's exit status tells what came of it.
        }
    }

    private static void copy(InputStream from, OutputStream to) {
        try {
            copyOrFail(from, to);
        } catch (IOException e) {
            // The same loss of the connection ends the command's stdout, where it is reported.
        }
    }

    private static void copyOrFail(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[COPY_BUFFER];
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
            try {
                to.write(buffer, 0, n);
                to.flush();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot pass on what a remote command wrote", e);
            }
        }
    }

    private static void closeQuietly(SSHClient client) {
        try {
            client.close();
        } catch (IOException e) {
            // Nothing can be done about a connection that does not close; the server notices.
        }
    }
}
