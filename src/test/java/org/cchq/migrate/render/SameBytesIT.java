package org.cchq.migrate.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.cchq.migrate.environment.DjangoSettings;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.AnsiblePlaybook;
import org.cchq.migrate.testing.EnvironmentCopy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The controller and Ansible's own template module make the same bytes from the same templates, for every host. */
class SameBytesIT {
    private static final Path TEMPLATES = Path.of("templates").toAbsolutePath();
    private static final String HOSTS = "proxy:webworkers[0]:postgresql[0]";
    private static final String READ_AS_PYTHON = """
            import json, runpy, sys
            names = runpy.run_path(sys.argv[1])
            print(json.dumps({k: v for k, v in names.items() if k.isupper()}))
            """;

    @TempDir
    Path root;

    @Test
    void atEveryStageOfAMoveFromClusterToCluster() throws Exception {
        for (EnvironmentCopy environment : StagedEnvironments.cluster(root)) {
            compare(environment);
        }
    }

    @Test
    void atEveryStageOfAMoveBetweenExternalStores() throws Exception {
        for (EnvironmentCopy environment : StagedEnvironments.external(root)) {
            compare(environment);
        }
    }

    @Test
    void withHostileValues() throws Exception {
        EnvironmentCopy environment = StagedEnvironments.hostile(root);

        Map<String, String> files = compare(environment);

        Map<String, Object> python = python(files.get("10.20.0.10.localsettings.py"));
        assertThat(python)
                .containsEntry("LITERALLY", "{{ not jinja }} {# nor this #}")
                .containsEntry("QUOTES", "'\"''\"\"\"'''\\")
                .containsEntry("SCRIPTS", "naïve Ελλάδα 日本 😀")
                .containsEntry("TEXT_OF_NUMBER", "0123")
                .containsEntry("TEXT_OF_TRUE", "True")
                .containsEntry("LINES", "first\n  second\n");
        assertThat(((Map<?, ?>) python.get("S3_BLOB_DB_SETTINGS")).get("secret_key"))
                .isEqualTo("{{ 7 * 7 }}{% raw %}");
    }

    @Test
    void forRealEnvironments() throws Exception {
        for (EnvironmentCopy environment : StagedEnvironments.samples(root)) {
            compare(environment);
        }
    }

    /** Returns the files by host and name, of a few hosts that differ. */
    private Map<String, String> compare(EnvironmentCopy copy) throws Exception {
        Path out =
                Files.createDirectories(root.resolve("out-" + copy.directory().getFileName()));
        AnsiblePlaybook.Result result = AnsiblePlaybook.run(
                Path.of("src/test/resources/render/same-bytes.yml").toAbsolutePath(),
                copy.directory().resolve("inventory.ini"),
                Map.of(
                        "environment_directory", copy.directory().toString(),
                        "templates", TEMPLATES.toString(),
                        "out", out.toString()),
                "--limit",
                HOSTS);
        assertThat(result.status()).as(result.output()).isZero();
        Map<String, String> rendered = rendered(copy.load());
        Map<String, String> ansible = filesIn(out);
        assertThat(rendered.keySet()).isNotEmpty().isEqualTo(ansible.keySet());
        rendered.forEach((name, text) ->
                assertThat(text).as(copy.directory().getFileName() + " " + name).isEqualTo(ansible.get(name)));
        return rendered;
    }

    private static Map<String, String> rendered(Environment environment) throws Exception {
        Renderer renderer = new Renderer(TEMPLATES);
        Map<String, String> files = new TreeMap<>();
        for (TargetHost host : environment.hosts(HOSTS)) {
            HostFile.Content settings = (HostFile.Content)
                    renderer.localsettings(environment, host).files().get(0);
            files.put(host.name() + ".localsettings.py", settings.content().reveal());
            for (HostFile file : renderer.proxy(environment, host).files()) {
                if (file instanceof HostFile.Content site) {
                    String name = Path.of(site.path()).getFileName().toString();
                    files.put(host.name() + "." + name, site.content().reveal());
                } else if (file instanceof HostFile.Replaced part) {
                    files.put(host.name() + ".server_name", part.replacement() + "\n");
                }
            }
            assertPythonReadsWhatTheAgentGets(
                    settings.content().reveal(),
                    DjangoSettings.of(environment, host).json().reveal());
        }
        return files;
    }

    private static void assertPythonReadsWhatTheAgentGets(String file, String agent) throws Exception {
        Map<String, Object> python = python(file);
        Map<String, Object> worked = Json.readObject(agent, "agent");
        worked.keySet().removeIf(name -> !python.containsKey(name));
        assertThat(worked).isNotEmpty();
        worked.forEach((name, value) -> assertThat(python.get(name)).as(name).isEqualTo(value));
    }

    private static Map<String, Object> python(String file) throws Exception {
        Path path = Files.createTempFile("localsettings", ".py");
        Files.writeString(path, file);
        Process process = new ProcessBuilder("python3", "-B", "-c", READ_AS_PYTHON, path.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        Files.delete(path);
        return Json.readObject(output, "python");
    }

    private static Map<String, String> filesIn(Path directory) throws Exception {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> list = Files.list(directory)) {
            for (Path file : list.toList()) {
                files.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return files;
    }
}
