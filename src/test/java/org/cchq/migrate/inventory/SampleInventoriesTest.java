package org.cchq.migrate.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.Samples;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real environments read as Ansible's own inventory manager reads them. */
class SampleInventoriesTest {
    @ParameterizedTest
    @CsvSource({
        "production-2018/2-dual, production-2018.2-dual",
        "production-2018/4-temp-flip, production-2018.4-temp-flip",
        "production-2018/5-final, production-2018.4-temp-flip",
        "development-2019, development-2019",
        "test-2026, test-2026",
        "csv-small/single_file, csv-small.single",
        "csv-small/multi_file, csv-small.multi",
    })
    @SuppressWarnings("unchecked")
    void agreesWithAnsible(String directory, String expectedName) throws Exception {
        Path samples = Samples.directory();
        Path expectedFile = samples.resolve("expected/inventory/" + expectedName + ".json");
        Map<String, Object> expected = Json.readObject(Files.readString(expectedFile), expectedName);
        Problems problems = new Problems();

        Inventory inventory = InventoryFiles.read(samples.resolve(directory), directory, problems);

        assertThat(problems.all()).isEmpty();
        Map<String, Map<String, List<String>>> groups = (Map<String, Map<String, List<String>>>) expected.get("groups");
        assertThat(inventory.groups().keySet()).containsExactlyInAnyOrderElementsOf(groups.keySet());
        groups.forEach((name, group) -> {
            assertThat(inventory.groups().get(name).children())
                    .as("children of " + name)
                    .containsExactlyElementsOf(group.get("children"));
            boolean ordered = group.get("children").stream()
                    .allMatch(child -> groups.get(child).get("children").isEmpty());
            if (ordered) {
                assertThat(inventory.groupHosts(name))
                        .as("hosts of " + name)
                        .containsExactlyElementsOf(group.get("hosts"));
            } else {
                assertThat(new LinkedHashSet<>(inventory.groupHosts(name)))
                        .as("hosts of " + name)
                        .containsExactlyInAnyOrderElementsOf(group.get("hosts"));
            }
        });
        Map<String, Map<String, Object>> hosts = (Map<String, Map<String, Object>>) expected.get("hostvars");
        assertThat(inventory.hosts()).containsExactlyInAnyOrderElementsOf(hosts.keySet());
        hosts.forEach((host, variables) ->
                assertThat(inventory.variables(host)).as("variables of " + host).isEqualTo(variables));
    }
}
