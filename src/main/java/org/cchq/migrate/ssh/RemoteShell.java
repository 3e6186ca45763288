package org.cchq.migrate.ssh;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.base.UserException;
import org.jspecify.annotations.Nullable;

/**
 * Runs POSIX shell scripts on a host as one user: the login user itself, or another through sudo. A sudo password goes
 * through stdin, never into an argument list. Threads may share it.
 */
public final class RemoteShell {
    /** How sudo is to be called, found out once for a connection. */
    enum Sudo {
        NOT_NEEDED,
        NO_PASSWORD,
        PASSWORD
    }

    private static final int CHECKSUM_DIFFERS = 65;

    private final SshConnection connection;
    private final Become become;

    private RemoteShell(SshConnection connection, Become become) {
        this.connection = connection;
        this.become = become;
    }

    /** Scripts as {@code become.user()}; without sudo if that is the login user. */
    public static RemoteShell as(Become become, SshConnection connection) {
        return new RemoteShell(connection, become);
    }

    /** Scripts as the login user. */
    public static RemoteShell asLoginUser(SshConnection connection) {
        return new RemoteShell(connection, new Become(connection.target().user(), java.util.Optional.empty()));
    }

    public SshTarget target() {
        return connection.target();
    }

    public String user() {
        return become.user();
    }

    /** Runs a short script, output held in memory. */
    public CommandOutput run(String script) throws EndpointException, InterruptedException {
        return run(script, InputStream.nullInputStream());
    }

    /** Runs a short script with input; output held in memory. */
    public CommandOutput run(String script, InputStream stdin) throws EndpointException, InterruptedException {
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        Exit exit = stream(script, stdin, stdout, stderr);
        return new CommandOutput(
                exit, stdout.toString(StandardCharsets.UTF_8), stderr.toString(StandardCharsets.UTF_8));
    }

    /** As {@link #run(String)}; a failure is an {@link EndpointException} "Tried to {what} on HOST but ...". */
    public String require(String what, String script) throws EndpointException, InterruptedException {
        return require(what, script, InputStream.nullInputStream());
    }

    /** As {@link #require(String, String)}, with input. */
    public String require(String what, String script, InputStream stdin)
            throws EndpointException, InterruptedException {
        CommandOutput output = run(script, stdin);
        if (!output.ok()) {
            throw refused(what, output.complaint());
        }
        return output.stdout();
    }

    /** Runs a script; its stdin, stdout and stderr are streams, so that nothing is held in memory. */
    public Exit stream(String script, InputStream stdin, OutputStream stdout, OutputStream stderr)
            throws EndpointException, InterruptedException {
        Sudo how = sudo();
        String shell = "sh -c " + ShellWords.quote(script);
        return switch (how) {
            case NOT_NEEDED -> connection.exec(shell, stdin, stdout, stderr);
            case NO_PASSWORD -> connection.exec(sudoCommand("-n", script), stdin, stdout, stderr);
            case PASSWORD ->
                connection.exec(
                        sudoCommand("-k -S -p ''", script),
                        new SequenceInputStream(passwordLine(), stdin),
                        stdout,
                        stderr);
        };
    }

    /**
     * Puts a file in place: written beside it under another name, its SHA-256 compared on the host, renamed.
     *
     * @param mode as chmod takes it: "0600"
     * @return the bytes sent
     */
    public long put(Path file, String sha256, String path, String mode)
            throws EndpointException, InterruptedException, UserException {
        String part = path + ".part." + java.util.UUID.randomUUID();
        String script = "umask 077; cat > " + ShellWords.quote(part) + " || { rm -f " + ShellWords.quote(part)
                + "; exit 1; }\n"
                + "[ \"$(sha256sum < " + ShellWords.quote(part) + " | cut -c1-64)\" = " + ShellWords.quote(sha256)
                + " ] || { rm -f " + ShellWords.quote(part) + "; exit " + CHECKSUM_DIFFERS + "; }\n"
                + "chmod " + ShellWords.quote(mode) + " " + ShellWords.quote(part) + " && mv -f "
                + ShellWords.quote(part) + " " + ShellWords.quote(path);
        try (InputStream in = Files.newInputStream(file)) {
            CommandOutput output = run(script, in);
            if (output.exit().code() == CHECKSUM_DIFFERS) {
                throw new EndpointException(
                        target().name(),
                        Kind.CORRUPT,
                        "Tried to put " + path + " on " + target() + " but its SHA-256 there was not " + sha256);
            }
            if (!output.ok()) {
                throw refused("put " + path, output.complaint());
            }
            return Files.size(file);
        } catch (IOException e) {
            throw new UserException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** "Tried to WHAT on HOST as USER but WHY". */
    public EndpointException refused(String what, String why) {
        return new EndpointException(
                target().name(),
                Kind.REFUSED,
                "Tried to " + what + " on " + target().name() + " as " + user() + " but " + why);
    }

    private String sudoCommand(String options, String script) {
        // The login user's directory may be closed to the other user.
        String from = "cd 2>/dev/null || cd /\n" + script;
        return "sudo " + options + " -u " + ShellWords.quote(become.user()) + " -H -- sh -c " + ShellWords.quote(from);
    }

    private Sudo sudo() throws EndpointException, InterruptedException {
        @Nullable Sudo known = connection.sudo().get(become.user());
        if (known == null) {
            known = findOut();
            connection.sudo().put(become.user(), known);
        }
        return known;
    }

    private Sudo findOut() throws EndpointException, InterruptedException {
        if (become.user().equals(target().user())) {
            return Sudo.NOT_NEEDED;
        }
        CommandOutput without = connection.exec(sudoCommand("-k -n", ":"));
        if (without.ok()) {
            return Sudo.NO_PASSWORD;
        }
        if (become.sudoPassword().isEmpty()) {
            throw denied(without.complaint()
                    + "; no sudo password is given (ansible_become_password or ansible_sudo_pass in vault.yml)");
        }
        // Tried with nothing behind it: after a wrong password sudo would read on, and take what follows for the next.
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        Exit exit = connection.exec(sudoCommand("-k -S -p ''", ":"), passwordLine(), stdout, stderr);
        if (!exit.ok()) {
            CommandOutput with = new CommandOutput(exit, "", stderr.toString(StandardCharsets.UTF_8));
            throw denied(with.complaint() + " (with ansible_become_password or ansible_sudo_pass of vault.yml)");
        }
        return Sudo.PASSWORD;
    }

    private EndpointException denied(String why) {
        return new EndpointException(
                target().name(), Kind.DENIED, "Tried to become " + become.user() + " on " + target() + " but " + why);
    }

    private InputStream passwordLine() {
        String line = become.sudoPassword().map(Secret::reveal).orElse("") + "\n";
        return new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8));
    }
}
