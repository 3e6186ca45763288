package org.cchq.migrate.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.Ansible;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Generated inventories read here and by the real Ansible: the same groups, hosts, children and merged variables. */
class InventoryAnsibleIT {
    private static final int INVENTORIES = 700;
    private static final int THROUGH_THE_COMMAND = 5;

    /** A range that begins after its end has no hosts in Ansible, silently; here it is refused. */
    private static final String STRICTER = "host range [3:1] is empty";

    @TempDir
    Path directory;

    @BeforeAll
    static void needsAnsible() throws Exception {
        Ansible.require();
    }

    @Test
    void readsWhatAnsibleReads() throws Exception {
        List<String> texts = new ArrayList<>();
        StringBuilder files = new StringBuilder();
        for (int i = 0; i < INVENTORIES; i++) {
            texts.add(RandomInventory.of(i));
            Path file = Files.createDirectories(directory.resolve("e" + i)).resolve("inventory.ini");
            Files.writeString(file, texts.get(i));
            files.append(file).append('\n');
        }

        List<String> answers =
                Ansible.python("inventories.py", files.toString()).lines().toList();

        assertThat(answers).hasSize(INVENTORIES);
        List<String> differences = new ArrayList<>();
        int read = 0;
        for (int i = 0; i < INVENTORIES; i++) {
            Map<String, @Nullable Object> theirs = Json.readObject(answers.get(i), "answer");
            Problems problems = new Problems();
            Inventory ours = IniInventory.parse(texts.get(i), "i", problems);
            boolean bothRefuse = theirs.containsKey("error") && !problems.isEmpty();
            String difference = "";
            if (!theirs.containsKey("error")
                    && problems.all().stream().anyMatch(problem -> problem.contains(STRICTER))) {
                continue;
            }
            if (theirs.containsKey("error") != !problems.isEmpty()) {
                difference = "refused by one: here " + problems.all() + ", there " + theirs.get("error");
            } else if (!bothRefuse) {
                read++;
                difference = compare(ours, theirs);
            }
            if (!difference.isEmpty()) {
                differences.add("seed " + i + ": " + difference);
            }
        }
        assertThat(differences).isEmpty();
        assertThat(read).isGreaterThanOrEqualTo(500);
    }

    @Test
    void agreesWithTheCommandItself() throws Exception {
        for (int i = 0, seed = 0; i < THROUGH_THE_COMMAND; seed++) {
            Problems problems = new Problems();
            Inventory ours = IniInventory.parse(RandomInventory.of(seed), "i", problems);
            if (!problems.isEmpty()) {
                continue;
            }
            i++;
            Path file = directory.resolve(seed + ".ini");
            Files.writeString(file, RandomInventory.of(seed));

            String list = Ansible.run(List.of("ansible-inventory", "-i", file.toString(), "--list"), "");

            assertThat(compare(ours, Map.of("list", Json.readObject(list, "list"))))
                    .as("seed " + seed)
                    .isEmpty();
        }
    }

    /** The first difference; empty if there is none. */
    private static String compare(Inventory ours, Map<String, @Nullable Object> theirs) {
        Map<?, ?> list = new LinkedHashMap<>((Map<?, ?>) theirs.get("list"));
        Map<?, ?> variables = (Map<?, ?>) ((Map<?, ?>) list.remove("_meta")).get("hostvars");
        Set<String> shown = new TreeSet<>();
        for (Group group : ours.groups().values()) {
            Map<?, ?> other = (Map<?, ?>) list.get(group.name());
            // ansible-inventory leaves out groups that have neither hosts nor children
            List<?> hosts = other == null ? List.of() : (List<?>) orEmpty(other.get("hosts"));
            List<?> children = other == null ? List.of() : (List<?>) orEmpty(other.get("children"));
            // those of "all" are not shown either; they are compared below
            boolean same = group.name().equals("ungrouped")
                    ? Set.copyOf(group.hosts()).equals(Set.copyOf(hosts))
                    : group.hosts().equals(hosts);
            if (!same && !group.name().equals("all")) {
                return "hosts of " + group.name() + ": " + group.hosts() + " / " + hosts;
            }
            Set<String> mine = new TreeSet<>(group.children());
            Set<Object> both = new LinkedHashSet<>(children);
            if (other != null && !mine.equals(both)) {
                return "children of " + group.name() + ": " + mine + " / " + children;
            }
            shown.add(group.name());
        }
        for (Object name : list.keySet()) {
            if (!shown.contains(name)) {
                return "group " + name + " is missing here";
            }
        }
        for (String host : ours.hosts()) {
            Object merged = variables.containsKey(host) ? variables.get(host) : Map.of();
            String mine = typed(ours.variables(host));
            if (!mine.equals(typed(merged))) {
                return "variables of " + host + ": " + mine + " / " + typed(merged);
            }
        }
        return flat(ours, (Map<?, ?>) orNone(theirs.get("flat")));
    }

    private static String flat(Inventory ours, Map<?, ?> theirs) {
        for (Map.Entry<?, ?> group : theirs.entrySet()) {
            String name = String.valueOf(group.getKey());
            List<?> hosts = (List<?>) group.getValue();
            boolean same = ours.orderIsArbitrary(name) || name.equals("all")
                    ? Set.copyOf(ours.groupHosts(name)).equals(Set.copyOf(hosts))
                    : ours.groupHosts(name).equals(hosts);
            if (!same) {
                return "all hosts of " + name + ": " + ours.groupHosts(name) + " / " + hosts;
            }
        }
        return "";
    }

    private static Object orEmpty(@Nullable Object list) {
        return list == null ? List.of() : list;
    }

    private static Object orNone(@Nullable Object map) {
        return map == null ? Map.of() : map;
    }

    /** With types, and keys in order: JSON keys are all text. */
    private static String typed(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, String> sorted = new TreeMap<>();
            map.forEach((key, item) -> sorted.put(String.valueOf(key), typed(item)));
            return sorted.toString();
        }
        if (value instanceof List<?> list) {
            return list.stream().map(InventoryAnsibleIT::typed).toList().toString();
        }
        if (value instanceof Number && !(value instanceof Double)) {
            return "int " + value;
        }
        return value == null ? "none" : value.getClass().getSimpleName() + " " + value;
    }
}
