package org.cchq.migrate.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.EnvironmentCopy;
import org.cchq.migrate.testing.Samples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RendererTest {
    private static final Path GOLDEN = Path.of("src/test/resources/render");
    private static final Pattern SERVER = Pattern.compile("(?m)^    server (\\S+);$");
    private static final Pattern LISTEN = Pattern.compile("(?m)^    listen (\\d+);$");

    @TempDir
    Path root;

    private final Renderer renderer = new Renderer(Path.of("templates"));

    /** Rewritten with -Dgolden.update=true. */
    @Test
    void makesTheFilesOfTheExamplesAtEveryStage() throws Exception {
        List<EnvironmentCopy> copies = new ArrayList<>(StagedEnvironments.cluster(root));
        copies.addAll(StagedEnvironments.external(root));
        for (EnvironmentCopy copy : copies) {
            Environment environment = copy.load();
            TargetHost host = environment.hosts("proxy").get(0);
            Path expected = GOLDEN.resolve(copy.directory().getFileName());
            Map<String, String> files = new LinkedHashMap<>();
            files.put("proxy.txt", shown(renderer.proxy(environment, host)));
            files.put("localsettings.txt", shown(renderer.localsettings(environment, host)));
            if (Boolean.getBoolean("golden.update")) {
                Files.createDirectories(expected);
                for (Map.Entry<String, String> file : files.entrySet()) {
                    Files.writeString(expected.resolve(file.getKey()), file.getValue());
                }
            }
            for (Map.Entry<String, String> file : files.entrySet()) {
                assertThat(file.getValue())
                        .as(expected + "/" + file.getKey())
                        .isEqualTo(Files.readString(expected.resolve(file.getKey())));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "production-2-dual, production-2018.2-dual",
        "production-4-temp-flip, production-2018.4-temp-flip",
        "production-5-final, production-2018.5-final",
        "development-2019, development-2019",
    })
    void agreesWithTheSitesOfTheOriginal(String name, String expectedName) throws Exception {
        Map<String, Object> expected = Json.readObject(
                Files.readString(Samples.directory().resolve("expected/blob/" + expectedName + ".json")), expectedName);
        EnvironmentCopy copy = StagedEnvironments.samples(root).stream()
                .filter(sample -> sample.directory().endsWith(name))
                .findFirst()
                .orElseThrow();
        Environment environment = copy.load();

        HostFiles files = renderer.proxy(environment, environment.hosts("proxy").get(0));

        List<Object> sites = new ArrayList<>();
        for (Object site : (List<?>) expected.get("nginx_sites")) {
            Map<?, ?> wanted = (Map<?, ?>) site;
            if (!Boolean.TRUE.equals(wanted.get("absent"))) {
                sites.add(wanted);
            }
        }
        assertThat(files.files().stream()
                        .filter(HostFile.Content.class::isInstance)
                        .map(HostFile.Content.class::cast)
                        .map(RendererTest::site)
                        .toList())
                .isEqualTo(sites);
        assertThat(files.files())
                .contains(new HostFile.NoOther("/etc/nginx/sites-enabled/" + expected.get("deploy_env") + "_riakcs_*"));
    }

    @Test
    void replacesOnlyTheDirectiveOfTheSiteItself() throws Exception {
        Environment environment = StagedEnvironments.hostile(root).load();
        HostFile.Replaced part = (HostFile.Replaced)
                renderer.proxy(environment, environment.hosts("proxy").get(0)).files().stream()
                        .filter(HostFile.Replaced.class::isInstance)
                        .findFirst()
                        .orElseThrow();

        assertThat(part.path()).isEqualTo("/etc/nginx/sites-available/cluster_commcare");
        assertThat(part.in("server {\n\tserver_name cluster.example.com   old.example.com;\n  server_name other;\n}"
                        + " server { server_name cluster.example.community; server_name clusterXexample.com; }"))
                .isEqualTo("server {\n\tserver_name cluster.example.com alt.example.com *.example.org;\n"
                        + "  server_name other;\n}"
                        + " server { server_name cluster.example.community; server_name clusterXexample.com; }");
    }

    @Test
    void refusesWhatCannotBeWrittenIntoASite() throws Exception {
        EnvironmentCopy semicolon = StagedEnvironments.cluster(root)
                .get(1)
                .replace("public.yml", "ALTERNATE_HOSTS: []", "ALTERNATE_HOSTS: ['a; include /etc/passwd']");

        assertThatThrownBy(() -> proxy(semicolon))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("no name that can be written into an nginx site");

        EnvironmentCopy log =
                StagedEnvironments.cluster(root).get(1).append("public.yml", "\nlog_home: '/var/log; x'\n");

        assertThatThrownBy(() -> proxy(log)).hasMessageContaining("no absolute path");
    }

    @Test
    void refusesTwoSitesOnOnePort() throws Exception {
        EnvironmentCopy copy =
                StagedEnvironments.cluster(root).get(1).append("public.yml", "\ntemp_riakcs_proxy_port: 8080\n");

        assertThatThrownBy(() -> proxy(copy)).hasMessageContaining("the two sites need a port each");
    }

    @Test
    void refusesATemplateThatDriftsFromTheAgentsSettings() throws Exception {
        Path templates = Files.createDirectories(root.resolve("templates"));
        Files.createDirectories(templates.resolve("localsettings"));
        Files.copy(Path.of("templates/defaults.yml"), templates.resolve("defaults.yml"));
        String name = "localsettings/localsettings.py.j2";
        Files.writeString(
                templates.resolve(name),
                Files.readString(Path.of("templates").resolve(name)).replace("'s3_bucket':", "'bucket':"));
        Environment environment = StagedEnvironments.cluster(root).get(1).load();

        assertThatThrownBy(() -> new Renderer(templates)
                        .localsettings(environment, environment.hosts("proxy").get(0)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("S3_BLOB_DB_SETTINGS, OLD_S3_BLOB_DB_SETTINGS")
                .hasMessageNotContaining("not-a-real");
    }

    private HostFiles proxy(EnvironmentCopy copy) throws UserException {
        Environment environment = copy.load();
        return renderer.proxy(environment, environment.hosts("proxy").get(0));
    }

    private static Map<String, Object> site(HostFile.Content content) {
        String text = content.content().reveal();
        List<String> servers = new ArrayList<>();
        Matcher server = SERVER.matcher(text);
        while (server.find()) {
            servers.add(server.group(1));
        }
        Matcher listen = LISTEN.matcher(text);
        assertThat(listen.find()).isTrue();
        return Map.of(
                "file", Path.of(content.path()).getFileName().toString(),
                "listen", Integer.valueOf(listen.group(1)),
                "upstream", servers);
    }

    private static String shown(HostFiles files) {
        StringBuilder text = new StringBuilder("check: " + files.check() + "\nreload: " + files.reload() + "\n");
        for (HostFile file : files.files()) {
            text.append("== ").append(file).append('\n');
            if (file instanceof HostFile.Content content) {
                text.append(content.content().reveal());
            }
        }
        return text.toString();
    }
}
