package org.cchq.migrate.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A real pgbouncer on a free loopback port before a PostgreSQL server: transaction pooling, one server connection for
 * each database, so that any state that a client leaves in its session is another client's, too.
 */
public final class PgBouncer implements AutoCloseable {
    private final Path directory;
    private final int port;
    private ChildServer server;

    private PgBouncer(Path directory, int port) throws Exception {
        this.directory = directory;
        this.port = port;
        this.server = up();
    }

    /** Starts one; skips the calling test where pgbouncer is not installed. */
    public static PgBouncer before(PostgresServer postgres) throws Exception {
        RequiredProgram.find("pgbouncer", "pgbouncer");
        Path directory = Files.createTempDirectory(Path.of("/tmp"), "cchq-pgbouncer-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        int own = new Ports().free();
        Files.writeString(directory.resolve("users.txt"), "\"postgres\" \"\"\n");
        Files.writeString(directory.resolve("pgbouncer.ini"), """
                [databases]
                * = host=127.0.0.1 port=%1$d
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %2$d
                unix_socket_dir =
                auth_type = trust
                auth_file = %3$s/users.txt
                pool_mode = transaction
                default_pool_size = 1
                server_login_retry = 1
                """.formatted(postgres.port(), own, directory));
        return new PgBouncer(directory, own);
    }

    private ChildServer up() throws Exception {
        List<String> command = new ArrayList<>(
                List.of(RequiredProgram.find("pgbouncer", "pgbouncer").toString()));
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("-u", "nobody"));
        }
        command.add(directory.resolve("pgbouncer.ini").toString());
        return ChildServer.start("pgbouncer", directory, port, command);
    }

    public int port() {
        return port;
    }

    /** It reads its configuration again, as after RELOAD. */
    public void reload() throws Exception {
        signal("HUP");
    }

    /** Lets statements end and holds further ones back, as after PAUSE. */
    public void pause() throws Exception {
        signal("USR1");
    }

    /** Goes on after {@link #pause()}. */
    public void resume() throws Exception {
        signal("USR2");
    }

    private void signal(String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(server.pid())).start();
        if (kill.waitFor() != 0) {
            throw new IOException("pgbouncer is gone: kill -" + name + " " + server.pid());
        }
    }

    /** It goes away with all connections, and comes back. */
    public void restart() throws Exception {
        server.close();
        server = up();
    }

    @Override
    public void close() throws Exception {
        server.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
