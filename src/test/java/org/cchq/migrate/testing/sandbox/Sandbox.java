package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.HostView;
import org.cchq.migrate.testing.NginxServer;
import org.cchq.migrate.testing.Ports;

/**
 * A small CommCare HQ environment at the stage before a blob migration, on loopback addresses: a proxy, a management, a web
 * and a worker host, each with its own sshd and directory tree; an old and a new S3 cluster behind nginx, PostgreSQL with
 * four form processing databases, a CouchDB-API server. {@link #close()} leaves neither a process nor a file.
 */
public final class Sandbox implements AutoCloseable {
    static final String BUCKET = "blobdb";
    private static final String OLD_ADDRESS = "127.0.0.2";
    private static final String NEW_ADDRESS = "127.0.0.3";
    private static final String POSTGRES_PASSWORD = "sandbox-postgres";
    static final String COUCH_USER = "commcarehq";
    static final String COUCH_PASSWORD = "sandbox-couch";
    private static final List<String> COUCH_DATABASES =
            List.of("commcarehq", "commcarehq__apps", "commcarehq__domains", "commcarehq__meta");
    private static final Map<String, String> ADDRESSES = new LinkedHashMap<>();

    static {
        ADDRESSES.put("proxy0", "127.0.0.11");
        ADDRESSES.put("manage0", "127.0.0.12");
        ADDRESSES.put("web0", "127.0.0.13");
        ADDRESSES.put("worker0", "127.0.0.14");
    }

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final List<Part> parts = new ArrayList<>();
    private final Map<String, SandboxHost> hosts = new LinkedHashMap<>();
    private final Path checkout;
    private final Scratch scratch;
    private final SiteAccount account;
    private final S3Cluster old;
    private final S3Cluster target;
    private final NginxServer nginx;
    private final BlobSites sites;
    private final LocalSettings settings;
    private final SiteProcesses site;
    private final int oldPort;
    private final int newPort;
    private final Databases databases;
    private final Optional<CouchServer> couch;
    private boolean closed;

    private Sandbox(Path checkout) throws Exception {
        this.checkout = checkout;
        scratch = Scratch.create();
        started.push(scratch::remove);
        started.push(Guard.over(scratch));
        try {
            Ports ports = new Ports();
            int clusterPort = ports.free(OLD_ADDRESS, NEW_ADDRESS);
            oldPort = ports.free();
            newPort = ports.free();
            old = keep(S3Cluster.start(OLD_ADDRESS, clusterPort, "sandbox-old", "sandbox-old-q7+Rr/2bNs", BUCKET));
            target = keep(S3Cluster.start(NEW_ADDRESS, clusterPort, "sandbox-new", "sandbox-new-Yx8/4+Zk0u", BUCKET));
            databases = keep(Databases.start(scratch.open("postgresql"), POSTGRES_PASSWORD));
            couch = CouchServer.startIn(checkout, scratch.open("couch"), ports.free());
            couch.ifPresent(started::push);
            if (couch.isPresent()) {
                createDocumentDatabases(couch.get());
            }
            boolean views = HostView.possible();
            account = SiteAccount.find(views);
            for (Map.Entry<String, String> one : ADDRESSES.entrySet()) {
                hosts.put(one.getKey(), keep(SandboxHost.start(scratch, one.getKey(), one.getValue(), account, views)));
            }
            nginx = startNginx(ports.free());
            sites = new BlobSites(checkout, environments(), nginx);
            settings = new LocalSettings(databases, POSTGRES_PASSWORD);
            writeLocalSettings(settings.before(proxy(oldPort), old));
            site = SiteProcesses.install(scratch, List.of(host("web0"), host("worker0")), account);
            started.push(site::stop);
            list();
            writeEnvironment();
            sites.deploy(oldPort);
        } catch (Exception | Error e) {
            close();
            throw e;
        }
    }

    /** Starts everything; takes a few seconds. */
    public static Sandbox start(Path checkout) throws Exception {
        return new Sandbox(checkout);
    }

    /** nginx with the site's own front door, which no blob migration touches. */
    private NginxServer startNginx(int frontDoor) throws Exception {
        Path directory = scratch.open("proxy0/etc/nginx");
        Path site = scratch.open("proxy0/etc/nginx/sites-available").resolve("sandbox_commcare");
        Path enabled = scratch.open("proxy0/etc/nginx/sites-enabled");
        Files.writeString(
                site,
                "server {\n    listen " + frontDoor
                        + ";\n    server_name localhost;\n    location / { return 200 \"CommCare HQ\\n\"; }\n}\n");
        Files.createSymbolicLink(enabled.resolve("sandbox_commcare"), site);
        NginxServer server = keep(NginxServer.withSites(directory, frontDoor));
        SandboxHost proxy = host("proxy0");
        proxy.set("nginx_sites_available", directory.resolve("sites-available"));
        proxy.set("nginx_sites_enabled", enabled);
        proxy.set("nginx_test_command", server.command() + " -t");
        proxy.set("nginx_reload_command", server.command() + " -s reload");
        if (!account.canGive()) {
            proxy.set("nginx_site_owner", account.name());
            proxy.set("nginx_site_group", account.group());
        }
        return server;
    }

    private void writeLocalSettings(String text) throws IOException {
        for (SandboxHost host : hosts.values()) {
            account.write(host.localSettings(), text, "rw-------");
        }
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
        parts.add(new Part("S3 old", OLD_ADDRESS + ":" + old.port(), self));
        parts.add(new Part("S3 new", NEW_ADDRESS + ":" + target.port(), self));
        parts.add(new Part("nginx for 8080", host("proxy0").address() + ":" + oldPort, nginx.pid()));
        parts.add(new Part("nginx for 8081", "port " + newPort + ", from dual on", nginx.pid()));
        parts.add(new Part("PostgreSQL", "127.0.0.1:" + databases.port(), databases.pid()));
        parts.add(couch.map(server -> new Part("CouchDB API", "127.0.0.1:" + server.port(), server.pid()))
                .orElse(new Part("CouchDB API", "not installed", 0)));
        hosts.values()
                .forEach(host -> parts.add(new Part(
                        "sshd of " + host.name(),
                        host.address() + ":" + host.ssh().port(),
                        host.ssh().pid())));
    }

    private void writeEnvironment() throws IOException {
        Path directory = scratch.closed("environments").resolve("sandbox");
        Files.createDirectory(directory);
        GeneratedEnvironment generated = new GeneratedEnvironment(checkout.resolve("environments/sandbox"))
                .change("public.yml", "cchq_user: cchq", "cchq_user: " + account.name())
                .change(
                        "public.yml",
                        "commcare_cloud_remote_user: root",
                        "commcare_cloud_remote_user: " + host("manage0").ssh().user())
                .change("public.yml", "riakcs_port: 8080", "riakcs_port: " + old.port())
                .change("public.yml", "port_override: 8080", "port_override: " + oldPort)
                .change("public.yml", "temp_riakcs_proxy_port: 8081", "temp_riakcs_proxy_port: " + newPort)
                .change(
                        "public.yml",
                        "port: 15984",
                        "port: " + couch.map(CouchServer::port).orElse(15984))
                .change("postgresql.yml", "port: 5432", "port: " + databases.port());
        StringBuilder variables = new StringBuilder();
        StringBuilder knownHosts = new StringBuilder();
        int nominalPort = 2211;
        for (SandboxHost host : hosts.values()) {
            String nominal = "ansible_port=" + nominalPort++ + " ansible_ssh_private_key_file=/dev/null";
            generated.change(
                    "inventory.ini",
                    nominal,
                    "ansible_port=" + host.ssh().port() + " ansible_ssh_private_key_file="
                            + host.ssh().privateKey());
            variables.append(host.variablesSection());
            knownHosts.append(Files.readString(host.ssh().knownHosts()));
        }
        generated.write(directory);
        Files.writeString(directory.resolve("inventory.ini"), variables, StandardOpenOption.APPEND);
        Files.writeString(directory.resolve("known_hosts"), knownHosts);
    }

    /** The user that stands for cchq. */
    public String serviceUser() {
        return account.name();
    }

    /** Whether that user owns the file. */
    boolean owns(Path file) throws IOException {
        return Files.getAttribute(file, "unix:uid").equals(account.user());
    }

    public Scratch scratch() {
        return scratch;
    }

    /** What {@code COMMCARE_CLOUD_ENVIRONMENTS} has to name. */
    public Path environments() {
        return scratch.directory().resolve("environments");
    }

    public List<Part> parts() {
        return List.copyOf(parts);
    }

    /** proxy0, manage0, web0 or worker0. */
    SandboxHost host(String name) {
        return Objects.requireNonNull(hosts.get(name), name);
    }

    /** For the edits that the procedure asks for. */
    HandEdits edits() {
        return new HandEdits(environments().resolve("sandbox"), old, target);
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

    /** Stands for 8080. */
    int oldPort() {
        return oldPort;
    }

    /** Stands for 8081. */
    int newPort() {
        return newPort;
    }

    /** The processes of the site, which are not started yet. */
    SiteProcesses site() {
        return site;
    }

    /** Puts environment, proxy and hosts into the dual stage by hand; running processes keep what they have. */
    void makeDual() throws Exception {
        HandEdits edits = edits();
        edits.addNewHosts();
        edits.setMigrating();
        edits.updateVault();
        sites.deploy(newPort);
        writeLocalSettings(settings.dual(proxy(newPort), target, proxy(oldPort), old));
    }

    /** The old cluster's account through 8080. */
    PlainS3 oldForSite() {
        return old.through(proxy(oldPort));
    }

    /** The new cluster's account through 8081. */
    PlainS3 targetForSite() {
        return target.through(proxy(newPort));
    }

    /** A port of the proxy as the site names it. */
    URI proxy(int port) {
        return URI.create("http://" + host("proxy0").address() + ":" + port);
    }

    /** Agents on the host: Java with a jar from the directory of agents. */
    List<ProcessHandle> agents() {
        return scratch.processes().stream()
                .filter(process -> commandLine(process)
                        .matches("(?s)[^\\x00]*java\\x00.*-jar\\x00[^\\x00]*/agent/[^\\x00]*\\.jar\\x00.*"))
                .toList();
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
        } catch (IOException e) {
            return "";
        }
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
