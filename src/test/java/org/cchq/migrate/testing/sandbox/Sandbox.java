package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.Ports;
import org.cchq.migrate.testing.SshServer;

/**
 * A small CommCare HQ environment in the dual stage of a blob migration, on free loopback ports: an old and a new S3
 * cluster behind nginx, PostgreSQL with four form processing databases, a CouchDB-API server, and sshd as the
 * django_manage host. {@link #close()} leaves neither a process nor a file.
 */
public final class Sandbox implements AutoCloseable {
    static final String BUCKET = "blobdb";
    private static final String POSTGRES_PASSWORD = "sandbox-postgres";
    private static final String COUCH_USER = "commcarehq";
    private static final String COUCH_PASSWORD = "sandbox-couch";
    private static final List<String> COUCH_DATABASES =
            List.of("commcarehq", "commcarehq__apps", "commcarehq__domains", "commcarehq__meta");

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final List<Part> parts = new ArrayList<>();
    private final Scratch scratch;
    private final S3Cluster old;
    private final S3Cluster target;
    private final NginxProxy nginx;
    private final Databases databases;
    private final Optional<CouchServer> couch;
    private final SshServer ssh;
    private boolean closed;

    private Sandbox(Path checkout) throws Exception {
        scratch = Scratch.create();
        started.push(scratch::remove);
        started.push(Guard.over(scratch));
        try {
            Ports ports = new Ports();
            old = keep(S3Cluster.start("sandbox-old", "sandbox-old-q7+Rr/2bNs", BUCKET));
            target = keep(S3Cluster.start("sandbox-new", "sandbox-new-Yx8/4+Zk0u", BUCKET));
            databases = keep(Databases.start(scratch.open("postgresql"), POSTGRES_PASSWORD));
            nginx = keep(NginxProxy.start(scratch.open("nginx"), ports, old, target));
            couch = CouchServer.startIn(checkout, scratch.open("couch"), ports.free());
            couch.ifPresent(started::push);
            if (couch.isPresent()) {
                createDocumentDatabases(couch.get());
            }
            ssh = keep(SshServer.startIn(scratch.open("sshd")));
            list();
            writeEnvironment(checkout);
        } catch (Exception | Error e) {
            close();
            throw e;
        }
    }

    /** Starts everything; takes a few seconds. */
    public static Sandbox start(Path checkout) throws Exception {
        return new Sandbox(checkout);
    }

    private static void createDocumentDatabases(CouchServer couch) throws Exception {
        couch.put(
                "_users",
                "org.couchdb.user:" + COUCH_USER,
                Json.write(Map.of("type", "user", "name", COUCH_USER, "password", COUCH_PASSWORD, "roles", List.of())));
        for (String database : COUCH_DATABASES) {
            couch.createDatabase(database);
        }
    }

    private <T extends AutoCloseable> T keep(T part) {
        started.push(part);
        return part;
    }

    private void list() {
        long self = ProcessHandle.current().pid();
        parts.add(part("S3 old", old.port(), self));
        parts.add(part("S3 new", target.port(), self));
        parts.add(part("nginx for 8080 (old)", nginx.oldPort(), nginx.pid()));
        parts.add(part("nginx for 8081 (new)", nginx.newPort(), nginx.pid()));
        parts.add(part("PostgreSQL", databases.port(), databases.pid()));
        parts.add(couch.map(server -> part("CouchDB API", server.port(), server.pid()))
                .orElse(new Part("CouchDB API", "not installed", 0)));
        parts.add(part("sshd (django_manage)", ssh.port(), ssh.pid()));
    }

    private static Part part(String name, int port, long pid) {
        return new Part(name, "127.0.0.1:" + port, pid);
    }

    private void writeEnvironment(Path checkout) throws IOException {
        Path data = scratch.open("opt/data");
        Path home = scratch.open("opt/cchq-migrate");
        give(home);
        Path directory = scratch.closed("environments").resolve("sandbox");
        Files.createDirectory(directory);
        GeneratedEnvironment generated = new GeneratedEnvironment(checkout.resolve("environments/sandbox"))
                .change(
                        "inventory.ini",
                        "ansible_port=2222 ansible_ssh_private_key_file=/dev/null",
                        "ansible_port=" + ssh.port() + " ansible_ssh_private_key_file=" + ssh.privateKey())
                .change("public.yml", "cchq_user: nobody", "cchq_user: " + serviceUser())
                .change("public.yml", "commcare_cloud_remote_user: root", "commcare_cloud_remote_user: " + ssh.user())
                .change("public.yml", "encrypted_root: /opt/data", "encrypted_root: " + data)
                .change("public.yml", "cchq_migrate_home: /opt/cchq-migrate", "cchq_migrate_home: " + home)
                .change("public.yml", "port_override: 8080", "port_override: " + nginx.oldPort())
                .change("public.yml", "temp_riakcs_proxy_port: 8081", "temp_riakcs_proxy_port: " + nginx.newPort())
                .change(
                        "public.yml",
                        "port: 15984",
                        "port: " + couch.map(CouchServer::port).orElse(15984))
                .change("postgresql.yml", "port: 5432", "port: " + databases.port());
        generated.write(directory);
        Files.copy(ssh.knownHosts(), directory.resolve("known_hosts"), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Makes the service user the owner of a directory, where this process may do that. */
    private void give(Path directory) throws IOException {
        if (ssh.canBecomeOthers()) {
            UserPrincipal owner =
                    directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(serviceUser());
            Files.setOwner(directory, owner);
        } else {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    /** The user that stands for cchq. */
    public String serviceUser() {
        return ssh.serviceUser();
    }

    public Scratch scratch() {
        return scratch;
    }

    /** What {@code COMMCARE_CLOUD_ENVIRONMENTS} has to name. */
    public Path environments() {
        return scratch.directory().resolve("environments");
    }

    /** The data volume of the host: {@code encrypted_root}. */
    public Path dataVolume() {
        return scratch.directory().resolve("opt/data");
    }

    public List<Part> parts() {
        return List.copyOf(parts);
    }

    S3Cluster old() {
        return old;
    }

    S3Cluster target() {
        return target;
    }

    Databases databases() {
        return databases;
    }

    Optional<CouchServer> couch() {
        return couch;
    }

    SshServer ssh() {
        return ssh;
    }

    int oldPort() {
        return nginx.oldPort();
    }

    int newPort() {
        return nginx.newPort();
    }

    /** The old cluster as the site sees it, through nginx. */
    PlainS3 oldForSite() {
        return old.client(nginx.oldPort(), BUCKET);
    }

    /** The new cluster as the site sees it, through nginx. */
    PlainS3 targetForSite() {
        return target.client(nginx.newPort(), BUCKET);
    }

    /** Stops all parts, the last started first; one that fails does not keep the others. */
    @Override
    public synchronized void close() throws Exception {
        if (closed) {
            return;
        }
        closed = true;
        Exception failure = null;
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
