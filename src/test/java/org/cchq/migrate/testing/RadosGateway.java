package org.cchq.migrate.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A Ceph object gateway over one monitor and one storage daemon that keeps objects in memory (2 GiB at most): the strict
 * server of the tests. It verifies signatures of version 2 and 4 and refuses aws-chunked bodies. One is shared by all
 * tests of a JVM and is stopped, gateway first, by the process ids that started it, when the JVM ends. Two accounts.
 */
public final class RadosGateway {
    /** An account of the gateway. */
    public record Account(String name, String accessKey, String secretKey) {}

    public static final Account NEW =
            new Account("new", "AKNEW0000000000000000", "secret/of+new/0123456789abcdefghijklmnop");
    public static final Account OLD =
            new Account("old", "AKOLD0000000000000000", "secret/of+old/0123456789abcdefghijklmnop");

    private static final Duration START = Duration.ofSeconds(90);
    private static RadosGateway shared;

    private final Path directory;
    private final int port;
    private final List<Process> daemons = new ArrayList<>();

    private RadosGateway(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /** The gateway of this JVM, started by the first call; skips the calling test where Ceph is not installed. */
    public static synchronized RadosGateway shared() throws Exception {
        if (shared == null) {
            for (String program : List.of("radosgw", "radosgw-admin")) {
                RequiredProgram.find(program, "radosgw");
            }
            RequiredProgram.find("monmaptool", "ceph-common");
            RequiredProgram.find("ceph-mon", "ceph-mon");
            RequiredProgram.find("ceph-osd", "ceph-osd");
            Path directory = Files.createTempDirectory(Path.of("/tmp"), "cchq-rgw-");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            RadosGateway gateway = new RadosGateway(directory, new Ports().free());
            Runtime.getRuntime().addShutdownHook(new Thread(gateway::stop, "stop-radosgw"));
            gateway.start();
            shared = gateway;
        }
        return shared;
    }

    /** {@code http://127.0.0.1:PORT}. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /**
     * Runs {@code radosgw-admin} and returns what it prints.
     *
     * @throws IOException with its output, if it fails
     */
    public String admin(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("radosgw-admin", "-c", file("ceph.conf")));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private void start() throws Exception {
        int v2 = new Ports().free();
        int v1 = new Ports().free();
        String fsid = UUID.randomUUID().toString();
        String osd = UUID.randomUUID().toString();
        String addresses = "[v2:127.0.0.1:" + v2 + ",v1:127.0.0.1:" + v1 + "]";
        for (String name : List.of("run", "mon", "osd0")) {
            Files.createDirectory(directory.resolve(name));
        }
        Files.createFile(directory.resolve("keyring"));
        Files.writeString(directory.resolve("ceph.conf"), configuration(fsid, addresses));

        String conf = file("ceph.conf");
        run(List.of("monmaptool", "--create", "--fsid", fsid, "--addv", "a", addresses, file("monmap")));
        run(List.of("ceph-mon", "-c", conf, "--mkfs", "-i", "a", "--monmap", file("monmap")));
        daemon("mon", List.of("ceph-mon", "-c", conf, "-f", "-i", "a"));
        run(List.of("ceph", "-c", conf, "--connect-timeout", "60", "osd", "new", osd, "0"));
        run(List.of("ceph-osd", "-c", conf, "-i", "0", "--mkfs", "--osd-uuid", osd));
        daemon("osd", List.of("ceph-osd", "-c", conf, "-f", "-i", "0"));
        daemon("rgw", List.of("radosgw", "-c", conf, "-f", "-n", "client.rgw"));
        Eventually.holds("radosgw answers (logs in " + directory + ")", START, this::answers);
        for (Account account : List.of(NEW, OLD)) {
            admin(
                    "user",
                    "create",
                    "--uid=" + account.name(),
                    "--display-name=" + account.name(),
                    "--access-key=" + account.accessKey(),
                    "--secret=" + account.secretKey(),
                    "--max-buckets=10000");
        }
    }

    private boolean answers() throws Exception {
        for (Process daemon : daemons) {
            if (!daemon.isAlive()) {
                throw new AssertionError(
                        daemon.info() + " ended with " + daemon.exitValue() + "; logs in " + directory);
            }
        }
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url() + "/").toURL().openConnection();
        try {
            connection.setConnectTimeout(1_000);
            connection.setReadTimeout(2_000);
            return connection.getResponseCode() == 200;
        } catch (IOException e) {
            return false;
        } finally {
            connection.disconnect();
        }
    }

    private void daemon(String name, List<String> command) throws IOException {
        daemons.add(
                0,
                process(command)
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve(name + ".out").toFile())
                        .start());
    }

    private String run(List<String> command) throws Exception {
        Process process = process(command).redirectErrorStream(true).start();
        try (InputStream output = process.getInputStream()) {
            String printed = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(command + " ended with " + process.exitValue() + ":\n" + printed);
            }
            return printed;
        }
    }

    private static ProcessBuilder process(List<String> command) {
        return new ProcessBuilder(command)
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
    }

    /** In the order gateway, storage, monitor: each asks the next one when it goes. */
    private void stop() {
        try {
            for (Process daemon : daemons) {
                daemon.destroy();
                if (!daemon.waitFor(10, TimeUnit.SECONDS)) {
                    daemon.destroyForcibly().waitFor();
                }
            }
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private String configuration(String fsid, String addresses) {
        return """
                [global]
                fsid = %s
                mon host = %s
                mon initial members = a
                public addr = 127.0.0.1
                cluster addr = 127.0.0.1
                auth cluster required = none
                auth service required = none
                auth client required = none
                # Without these the gateway hangs: its default mode asks for encryption, which no-auth cannot give.
                ms mon client mode = crc
                ms mon service mode = crc
                ms mon cluster mode = crc
                ms client mode = crc
                ms cluster mode = crc
                ms service mode = crc
                run dir = $D/run
                pid file = $D/run/$name.pid
                admin socket = $D/run/$name.asok
                log file = $D/$name.log
                keyring = $D/keyring
                mon data = $D/mon
                osd data = $D/osd0
                osd objectstore = memstore
                memstore device bytes = 8589934592
                osd pool default size = 1
                osd pool default min size = 1
                osd pool default pg num = 8
                osd crush chooseleaf type = 0
                osd class load list = *
                osd class default list = *
                mon allow pool size one = true
                mon data avail crit = 1
                mon data avail warn = 1
                [client.rgw]
                # Without tcp_nodelay each GET waits 40 ms for a delayed acknowledgement.
                rgw frontends = beast endpoint=127.0.0.1:%d tcp_nodelay=1
                rgw thread pool size = 64
                rgw enable usage log = false
                rgw enable ops log = false
                """.formatted(fsid, addresses, port).replace("$D", directory.toString());
    }
}
