package org.cchq.migrate.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.cchq.migrate.testing.SshServer;
import org.cchq.migrate.testing.StandInAgent;

/**
 * An environment "east" whose one host is a real sshd, and an operator named ann before the whole program. The agent is a
 * {@link StandInAgent}.
 */
final class HostSite implements AutoCloseable {
    private final SshServer server;
    private final Path directory;
    private final Map<String, String> variables;

    private HostSite(SshServer server, Path directory, Map<String, String> variables) {
        this.server = server;
        this.directory = directory;
        this.variables = variables;
    }

    /** Takes the server over: it is closed with this. */
    static HostSite on(SshServer server) throws Exception {
        Path directory = Files.createTempDirectory(Path.of("/tmp"), "cchq-main-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path environment = Files.createDirectories(directory.resolve("environments/east"));
        Files.copy(server.knownHosts(), environment.resolve("known_hosts"));
        Files.writeString(
                environment.resolve("inventory.ini"),
                "[manage0]\n127.0.0.1 hostname=manage0 ansible_port=" + server.port() + " ansible_user=" + server.user()
                        + " ansible_ssh_private_key_file=" + server.privateKey()
                        + "\n[django_manage:children]\nmanage0\n[proxy:children]\nmanage0\n[postgresql:children]\nmanage0\n"
                        + "[gone]\n127.0.0.2 ansible_port=1 ansible_user=nobody\n");
        Files.writeString(
                environment.resolve("public.yml"),
                String.join(
                        "\n",
                        "cchq_user: " + server.serviceUser(),
                        "encrypted_root: " + directory.resolve("data"),
                        "cchq_migrate_home: " + directory.resolve("data/base"),
                        "cchq_migrate_java: " + Path.of(System.getProperty("java.home"), "bin/java"),
                        "s3_blob_db_enabled: yes",
                        "s3_blob_db_url: http://127.0.0.1:9001",
                        "s3_blob_db_s3_bucket: new",
                        "old_s3_blob_db_url: http://127.0.0.1:9000",
                        "old_s3_blob_db_s3_bucket: old",
                        "localsettings:",
                        "  BLOB_DB_MIGRATING_FROM_S3_TO_S3: True",
                        ""));
        Files.writeString(environment.resolve("vault.yml"), """
                secrets:
                  S3_ACCESS_KEY: a
                  S3_SECRET_KEY: hidden-4711
                  OLD_S3_BLOB_DB_ACCESS_KEY: b
                  OLD_S3_BLOB_DB_SECRET_KEY: hidden-4712
                  POSTGRES_USERS:
                    commcare: {username: c, password: hidden-4713}
                """);
        Files.writeString(environment.resolve("meta.yml"), "deploy_env: east\nenv_monitoring_id: east\nusers: []\n");
        Files.writeString(environment.resolve("proxy.yml"), "SITE_HOST: east.example.com\n");
        Files.writeString(
                environment.resolve("postgresql.yml"),
                "SEPARATE_FORM_PROCESSING_DBS: no\ndbs:\n  form_processing: null\n");
        Files.createDirectories(directory.resolve("data"));
        Files.setPosixFilePermissions(directory.resolve("data"), PosixFilePermissions.fromString("rwxrwxrwx"));
        Map<String, String> variables = Map.of(
                "HOME",
                directory.toString(),
                "USER",
                "ann",
                Workplace.AGENT_JAR,
                StandInAgent.jar(directory).toString());
        return new HostSite(server, directory, variables);
    }

    SshServer server() {
        return server;
    }

    /** HOME of the operator; the environment, and the host's data volume, are below it. */
    Path directory() {
        return directory;
    }

    /** A file of the environment. */
    Path file(String name) {
        return directory.resolve("environments/east").resolve(name);
    }

    void add(String file, String lines) throws Exception {
        Files.writeString(file(file), Files.readString(file(file)) + lines);
    }

    void replace(String file, String old, String now) throws Exception {
        Files.writeString(file(file), Files.readString(file(file)).replaceFirst(old, now));
    }

    Path logs() {
        return directory.resolve("data/blobdb-migration-logs");
    }

    void makeLogDirectory() throws Exception {
        String command = "mkdir " + logs() + "; chown " + server.serviceUser() + " " + logs() + "; chmod 700 " + logs();
        Said made = said();
        if (made.run("east", "run-shell-command", "django_manage", command, "-b") != 0) {
            throw new AssertionError("no log directory: " + made.out() + made.err());
        }
    }

    Said said() {
        return said(variables.get(Workplace.AGENT_JAR));
    }

    /** The operator with another agent to push. */
    Said said(String agentJar) {
        return new Said(
                Map.of("HOME", variables.get("HOME"), "USER", variables.get("USER"), Workplace.AGENT_JAR, agentJar),
                directory);
    }

    @Override
    public void close() throws Exception {
        said().run("east", "cancel", "blobs");
        server.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
