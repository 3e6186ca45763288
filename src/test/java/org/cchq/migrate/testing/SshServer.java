package org.cchq.migrate.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * OpenSSH's sshd on a free loopback port, with its own host key, one authorized client key and a known_hosts file that
 * knows it. Serves the user that runs the tests; as root that user may become any other through sudo, which needs no
 * entry in sudoers. Files lie in a directory under /tmp that other users can traverse.
 */
public final class SshServer implements AutoCloseable {
    private final Path directory;
    private final String address;
    private final int port;
    private final Optional<SudoAccount> account;
    private final Optional<HostView> view;
    private Process sshd;

    private SshServer(
            Path directory, String address, int port, Optional<SudoAccount> account, Optional<HostView> view) {
        this.directory = directory;
        this.address = address;
        this.port = port;
        this.account = account;
        this.view = view;
    }

    /** Starts it and returns when it answers. Skips the calling test where sshd is not installed. */
    public static SshServer start() throws Exception {
        Path directory = Files.createTempDirectory(Path.of("/tmp"), "cchq-sshd-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        return startIn(directory, "127.0.0.1", Optional.empty(), Optional.empty());
    }

    /**
     * Starts it for a login account whom sudo asks for its password. The account exists on this server only. Skips the
     * calling test where that cannot be made, see {@link SudoAccount}.
     */
    public static SshServer startFor(SudoAccount account) throws Exception {
        account.require();
        Path directory = Files.createTempDirectory(Path.of("/tmp"), "cchq-sshd-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        account.write(directory);
        return startIn(directory, "127.0.0.1", Optional.of(account), Optional.empty());
    }

    /**
     * Starts it with its files in a directory that other users can traverse, and that close() removes.
     *
     * @param address a loopback address; the port is one that is free there
     * @param view what those who log in see in place of the machine's own files
     */
    public static SshServer startAt(String address, Path directory, Optional<HostView> view) throws Exception {
        return startIn(directory, address, Optional.empty(), view);
    }

    private static SshServer startIn(
            Path directory, String address, Optional<SudoAccount> account, Optional<HostView> view) throws Exception {
        RequiredProgram.find("sshd", "openssh-server");
        RequiredProgram.find("sudo", "sudo");
        SshServer server = new SshServer(directory, address, new Ports().free(address), account, view);
        server.keygen(server.hostKey());
        server.keygen(server.privateKey());
        Files.copy(Path.of(server.privateKey() + ".pub"), directory.resolve("authorized_keys"));
        server.writeKnownHosts();
        server.up();
        return server;
    }

    public int port() {
        return port;
    }

    public String address() {
        return address;
    }

    /** The user that may log in: the one that runs the tests, if no other was asked for. */
    public String user() {
        return account.map(SudoAccount::name).orElse(System.getProperty("user.name"));
    }

    /** True if another user can be become through sudo: only root needs no entry in sudoers for that. */
    public boolean canBecomeOthers() {
        return account.isPresent() || user().equals("root");
    }

    /** A user to run things as: a system user that is not the login user where that is possible. */
    public String serviceUser() {
        return view.map(HostView::serviceUser).orElse(canBecomeOthers() ? "nobody" : user());
    }

    public Path privateKey() {
        return directory.resolve("client_key");
    }

    /** Lets another key in, and only that one. */
    public void authorizeOnly(Path publicKey) throws IOException {
        Files.writeString(directory.resolve("authorized_keys"), Files.readString(publicKey));
    }

    /** Names the host as {@code [ADDRESS]:PORT}. */
    public Path knownHosts() {
        return directory.resolve("known_hosts");
    }

    /** Kills the processes that serve open sessions, not what runs in them: to the client, a lost connection. */
    public void dropSessions() {
        List<ProcessHandle> sessions = sshd.toHandle().children().toList();
        sessions.forEach(ProcessHandle::destroyForcibly);
    }

    /** The listening process. */
    public long pid() {
        return sshd.pid();
    }

    /** Directory of the sockets of tmux, for whoever logs in here. */
    public Path tmuxDirectory() {
        return directory.resolve("tmux");
    }

    /** The same for screen; the name of each socket begins with the process that serves it. */
    public Path screenDirectory() {
        return directory.resolve("screen");
    }

    /** Number of open sessions. */
    public long sessions() {
        return sshd.toHandle().children().count();
    }

    /** Comes back on the same port with another host key; the known_hosts file still names the old one. */
    public void restartWithAnotherHostKey() throws Exception {
        down();
        Files.delete(hostKey());
        Files.delete(Path.of(hostKey() + ".pub"));
        keygen(hostKey());
        up();
    }

    /** Stops listening and drops the sessions; {@link #up()} brings it back. */
    public void down() throws InterruptedException {
        dropSessions();
        sshd.destroy();
        if (!sshd.waitFor(10, TimeUnit.SECONDS)) {
            sshd.destroyForcibly().waitFor();
        }
    }

    /** Starts the server again after {@link #down()}. */
    public void up() throws Exception {
        Path config = directory.resolve("sshd_config");
        Files.writeString(
                config,
                String.join(
                        "\n",
                        "Port " + port,
                        "ListenAddress " + address,
                        "HostKey " + hostKey(),
                        "PidFile " + directory.resolve("sshd.pid"),
                        "AuthorizedKeysFile " + directory.resolve("authorized_keys"),
                        "PermitRootLogin prohibit-password",
                        "PasswordAuthentication no",
                        "StrictModes no",
                        "UsePAM no",
                        "MaxStartups 100:30:200",
                        "Subsystem sftp internal-sftp",
                        "SetEnv TMUX_TMPDIR=" + tmuxDirectory() + " SCREENDIR=" + screenDirectory() + home(),
                        ""));
        Files.createDirectories(tmuxDirectory());
        Files.createDirectories(screenDirectory());
        Files.setPosixFilePermissions(screenDirectory(), PosixFilePermissions.fromString("rwx------"));
        if (System.getProperty("user.name").equals("root")) {
            Files.createDirectories(Path.of("/run/sshd"));
        }
        List<String> command = List.of("/usr/sbin/sshd", "-D", "-f", config.toString(), "-E", log().toString());
        sshd = new ProcessBuilder(surrounded(command))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        Eventually.holds("sshd on port " + port + ", see " + log(), Duration.ofSeconds(20), this::answers);
    }

    /**
     * An empty home for the account that the tests themselves run as: its own may have files that a shell reads for each
     * command that comes through ssh, and some of those take longer than the command.
     */
    private String home() throws IOException {
        if (account.isPresent()) {
            return "";
        }
        Path home = Files.createDirectories(directory.resolve("login"));
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        return " HOME=" + home;
    }

    private List<String> surrounded(List<String> command) {
        return account.isPresent()
                ? SudoAccount.within(directory, command)
                : view.map(seen -> seen.within(command)).orElse(command);
    }

    @Override
    public void close() throws Exception {
        down();
        endTmux();
        endScreens();
        FileTree.delete(directory);
    }

    /** Ends tmux servers that were started through this one: each is asked on its own socket. */
    private void endTmux() throws Exception {
        try (Stream<Path> sockets = Files.walk(tmuxDirectory())) {
            for (Path socket : sockets.filter(path -> path.endsWith("default")).toList()) {
                new ProcessBuilder("tmux", "-S", socket.toString(), "kill-server")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
            }
        }
    }

    /** Ends servers of screen likewise, and waits: each takes its socket away as the last thing that it does. */
    private void endScreens() throws Exception {
        List<ProcessHandle> screens;
        try (Stream<Path> sockets = Files.list(screenDirectory())) {
            screens = sockets.map(socket -> socket.getFileName().toString().replaceFirst("\\..*", ""))
                    .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
                    .toList();
        }
        for (ProcessHandle screen : screens) {
            screen.destroy();
            screen.onExit().get(30, TimeUnit.SECONDS);
        }
    }

    private Path log() {
        return directory.resolve("sshd.log");
    }

    private Path hostKey() {
        return directory.resolve("host_key");
    }

    private void writeKnownHosts() throws IOException {
        String[] key = Files.readString(Path.of(hostKey() + ".pub")).split(" ", -1);
        Files.writeString(knownHosts(), "[" + address + "]:" + port + " " + key[0] + " " + key[1].strip() + "\n");
    }

    private void keygen(Path file) throws Exception {
        Process process = new ProcessBuilder(
                        RequiredProgram.find("ssh-keygen", "openssh-client").toString(),
                        "-q",
                        "-t",
                        "ed25519",
                        "-N",
                        "",
                        "-C",
                        "test",
                        "-f",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("ssh-keygen failed: " + output);
        }
    }

    private boolean answers() {
        if (!sshd.isAlive()) {
            try {
                throw new AssertionError("sshd ended: " + Files.readString(log()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(address), port), 500);
            socket.setSoTimeout(1000);
            return socket.getInputStream().read() == 'S';
        } catch (IOException e) {
            return false;
        }
    }
}
