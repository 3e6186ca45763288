package org.cchq.migrate.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.AnsiblePlaybook;
import org.cchq.migrate.testing.BlobSite;
import org.cchq.migrate.testing.EnvironmentCopy;
import org.cchq.migrate.testing.RequiredProgram;
import org.cchq.migrate.testing.SshServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The playbooks over real ssh, on a host with a real nginx to test its configuration with. */
class AnsiblePlaybookIT {
    private static final String SECRET = "hidden-4711";

    private Path directory;
    private SshServer server;
    private EnvironmentCopy environment;

    @BeforeEach
    void begin() throws Exception {
        String nginx = RequiredProgram.find("nginx", "nginx").toString();
        server = SshServer.start();
        directory = Files.createTempDirectory(Path.of("/tmp"), "cchq-ansible-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (String name : List.of("environments/east", "available", "enabled", "log", "current", "data/logs")) {
            Files.createDirectories(directory.resolve(name));
        }
        own(directory.resolve("current"));
        own(directory.resolve("data"));
        own(directory.resolve("data/logs"));
        Files.writeString(
                directory.resolve("nginx.conf"),
                "pid " + directory + "/nginx.pid; events {} http { include " + directory + "/enabled/*; }");
        environment = new EnvironmentCopy(directory.resolve("environments/east"));
        Files.copy(server.knownHosts(), environment.directory().resolve("known_hosts"));
        environment
                .write(
                        "inventory.ini",
                        "[proxy]\n127.0.0.1 ansible_port=" + server.port() + " ansible_user=" + server.user()
                                + " ansible_ssh_private_key_file=" + server.privateKey()
                                + " ansible_python_interpreter=/usr/bin/python3\n"
                                + "[django_manage:children]\nproxy\n[postgresql:children]\nproxy\n"
                                + "[riakcs]\n127.0.0.2\n[riakcs_new]\n127.0.0.3\n[ansible_skip]\n127.0.0.2\n127.0.0.3\n")
                .write("meta.yml", "deploy_env: east\nenv_monitoring_id: east\nusers: []\n")
                .write("proxy.yml", "SITE_HOST: east.example.com\n")
                .write(
                        "postgresql.yml",
                        "SEPARATE_SYNCLOGS_DB: no\nSEPARATE_FORM_PROCESSING_DBS: no\ndbs:\n  synclogs: null\n"
                                + "  form_processing: null\n")
                .write("vault.yml", """
                        secrets:
                          RIAKCS_S3_ACCESS_KEY: NEWKEY4711
                          RIAKCS_S3_SECRET_KEY: hidden-4711
                          OLD_S3_BLOB_DB_ACCESS_KEY: OLDKEY4712
                          OLD_S3_BLOB_DB_SECRET_KEY: hidden-4712
                          POSTGRES_USERS:
                            commcare: {username: commcarehq, password: hidden-4713}
                        """)
                .write(
                        "public.yml",
                        String.join(
                                "\n",
                                "ALTERNATE_HOSTS: [alt.example.com]",
                                "cchq_user: " + server.serviceUser(),
                                "code_home: " + directory.resolve("current"),
                                "log_home: " + directory.resolve("log"),
                                "nginx_sites_available: " + directory.resolve("available"),
                                "nginx_sites_enabled: " + directory.resolve("enabled"),
                                "nginx_site_owner: " + server.user(),
                                "nginx_site_group: " + server.user(),
                                "nginx_test_command: " + nginx + " -t -c " + directory.resolve("nginx.conf"),
                                "nginx_reload_command: sh -c 'echo once >> " + directory.resolve("reloads") + "'",
                                "cchq_migrate_home: " + directory.resolve("data/base"),
                                "cchq_migrate_log_directory: " + directory.resolve("data/logs"),
                                "cchq_migrate_java: " + Path.of(System.getProperty("java.home"), "bin/java"),
                                "localsettings:",
                                "  BLOB_DB_MIGRATING_FROM_S3_TO_S3: True",
                                ""));
    }

    @AfterEach
    void end() throws Exception {
        server.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    @Test
    void deploysTheSitesOnceAndTakesThemBackIfNginxRefuses() throws Exception {
        Path foreign = directory.resolve("available/east_commcare");
        Files.writeString(foreign, "server { listen 1; server_name east.example.com; } # theirs\n");
        Files.writeString(directory.resolve("available/east_riakcs_7000"), "stale");
        Files.createSymbolicLink(
                directory.resolve("enabled/east_riakcs_7000"), directory.resolve("available/east_riakcs_7000"));
        Map<String, String> before = files();

        AnsiblePlaybook.Result check = play("deploy_proxy.yml", "--check", "--diff", "--tags", "nginx_sites");
        assertThat(check.status()).as(check.output()).isZero();
        assertThat(check.total("changed")).isEqualTo(1);
        assertThat(check.output()).contains("+    listen 8081;", "server_name east.example.com alt.example.com;");
        assertThat(files()).isEqualTo(before);

        AnsiblePlaybook.Result first = play("deploy_proxy.yml", "--tags", "nginx_sites");
        assertThat(first.status()).as(first.output()).isZero();
        assertThat(first.total("changed")).isEqualTo(2);
        Map<String, String> deployed = files();
        assertThat(deployed.keySet())
                .containsExactlyInAnyOrder(
                        "available/east_commcare",
                        "available/east_riakcs_8080",
                        "available/east_riakcs_8081",
                        "enabled/east_riakcs_8080",
                        "enabled/east_riakcs_8081");
        Environment loaded = environment.load();
        for (HostFile file :
                new Renderer(Path.of("templates")).proxy(loaded, host(loaded)).files()) {
            if (file instanceof HostFile.Content site) {
                assertThat(deployed.get(
                                directory.relativize(Path.of(site.path())).toString()))
                        .isEqualTo(site.content().reveal());
            }
        }
        assertThat(deployed.get("available/east_commcare"))
                .isEqualTo("server { listen 1; server_name east.example.com alt.example.com; } # theirs\n");

        AnsiblePlaybook.Result second = play("deploy_proxy.yml");
        assertThat(second.total("changed")).as(second.output()).isZero();
        assertThat(directory.resolve("reloads")).hasContent("once");

        environment.append("public.yml", "riakcs_proxy_max_body_size: 1g\nlog_home: " + directory + "/missing\n");
        AnsiblePlaybook.Result refused = play("deploy_proxy.yml");
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.output()).contains("all was taken back", "[emerg]");
        assertThat(files()).isEqualTo(deployed);
    }

    @Test
    void mergesSettingsOfAnotherToolAsTheControllerDoesAndShowsNoSecret() throws Exception {
        Path settings = directory.resolve("current/localsettings.py");
        String foreign = "import os\nS3_BLOB_DB_SETTINGS = {'secret_key': 'theirs-1234'}  # old\nHQ = os.getcwd()\n"
                + "API_TOKEN = 'theirs-5678'\n# end";
        Files.writeString(settings, foreign);
        own(settings);
        Environment loaded = environment.load();
        HostFile.Content rendered = (HostFile.Content) new Renderer(Path.of("templates"))
                .localsettings(loaded, host(loaded))
                .files()
                .get(0);

        AnsiblePlaybook.Result check = play("deploy_localsettings.yml", "--check", "--diff", "-vvv");
        assertThat(check.status()).as(check.output()).isZero();
        assertThat(Files.readString(settings)).isEqualTo(foreign);
        AnsiblePlaybook.Result first = play("deploy_localsettings.yml", "--diff");
        assertThat(first.total("changed")).as(first.output()).isEqualTo(1);
        assertThat(Files.readString(settings))
                .isEqualTo(SettingsFile.merge(foreign, rendered.content().reveal()))
                .contains(SECRET, "HQ = os.getcwd()", "theirs-5678");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(settings)))
                .isEqualTo("rw-------");
        assertThat(Files.getOwner(settings).getName()).isEqualTo(server.serviceUser());
        for (AnsiblePlaybook.Result run : List.of(check, first)) {
            assertThat(run.output())
                    .contains("+    'url': 'http://127.0.0.1:8081',", "'secret_key': '********'")
                    .doesNotContain("hidden-", "NEWKEY", "OLDKEY", "theirs-");
        }
        AnsiblePlaybook.Result second = play("deploy_localsettings.yml");
        assertThat(second.total("changed")).as(second.output()).isZero();
    }

    @Test
    void runsThePhasesOfTheAgent() throws Exception {
        Path data = Files.createTempDirectory(Path.of("/tmp"), "cchq-site-");
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (BlobSite site = BlobSite.start(data)) {
            Map<String, byte[]> blobs = site.plant(7, number -> "blob-" + number, number -> new byte[100 + number]);
            Map<String, Object> settings = new LinkedHashMap<>(site.settings());
            environment.write(
                    "public.yml",
                    environment.read("public.yml").replaceFirst("(?s)localsettings:.*", "") + "localsettings: "
                            + Json.write(settings) + "\n");

            AnsiblePlaybook.Result check = play("run_phase.yml", "--check", "-e", "phase=back-fill");
            assertThat(BlobSite.list(site.newServer())).isEmpty();

            AnsiblePlaybook.Result first = phase("back-fill");
            assertThat(first.status()).as(first.output()).isZero();
            assertThat(first.output())
                    .contains("\"copied\": 7")
                    .doesNotContain(site.newServer().secretKey());
            assertThat(BlobSite.list(site.newServer()).keySet()).isEqualTo(blobs.keySet());
            assertThat(check.status()).as(check.output()).isNotEqualTo(4);

            AnsiblePlaybook.Result second = phase("back-fill");
            assertThat(second.status()).as(second.output()).isZero();
            assertThat(second.total("changed")).as(second.output()).isZero();

            site.addRow(BlobSite.SHARDS.get(0), "gone", 1, 5);
            AnsiblePlaybook.Result lost = phase("back-fill");
            assertThat(lost.status()).as(lost.output()).isEqualTo(2);
            assertThat(lost.output())
                    .contains("blobs are missing, denied, failed or differ", "\"missing_on_source\": 1");
        }
    }

    private AnsiblePlaybook.Result phase(String phase) throws Exception {
        return play(
                "run_phase.yml",
                "-e",
                "{\"phase\": \"" + phase + "\", \"phase_options\": [\"--settle=0\", \"--num-workers=2\"]}");
    }

    private AnsiblePlaybook.Result play(String playbook, String... arguments) throws Exception {
        return AnsiblePlaybook.run(
                Path.of("ansible").resolve(playbook).toAbsolutePath(),
                environment.directory().resolve("inventory.ini"),
                Map.of(),
                arguments);
    }

    private static TargetHost host(Environment environment) throws Exception {
        return environment.hosts("proxy").get(0);
    }

    private void own(Path path) throws Exception {
        Files.setOwner(
                path, path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(server.serviceUser()));
    }

    /** Every site file and link by its place, with its text. */
    private Map<String, String> files() throws Exception {
        Map<String, String> found = new TreeMap<>();
        for (String part : List.of("available", "enabled")) {
            try (Stream<Path> list = Files.list(directory.resolve(part))) {
                for (Path file : list.toList()) {
                    String name = directory.relativize(file).toString();
                    found.put(
                            name,
                            Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                                    ? Files.readString(file)
                                    : "-> " + Files.readSymbolicLink(file));
                }
            }
        }
        return found;
    }
}
