package org.cchq.migrate.stage;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.YamlLayout;
import org.cchq.migrate.inventory.Group;
import org.cchq.migrate.inventory.Inventory;
import org.jspecify.annotations.Nullable;

/** Compares what a file says before and after an edit: the difference must be the intended one, and no other. */
final class EditCheck {
    private static final Set<String> IMPLICIT = Set.of("all", "ungrouped");

    private EditCheck() {}

    /**
     * @param intended the value of each key after the edit, by its path with dots; {@link #GONE} for a key that is not there
     */
    static void publicFile(String was, String is, Map<String, Object> intended, String place) throws UserException {
        Map<String, @Nullable Object> before = flat(YamlLayout.values(was, place));
        Map<String, @Nullable Object> after = flat(YamlLayout.values(is, place));
        intended.forEach((path, value) -> {
            if (value == GONE) {
                before.remove(path);
            } else {
                before.put(path, value);
            }
        });
        Set<String> paths = new LinkedHashSet<>(before.keySet());
        paths.addAll(after.keySet());
        Problems problems = new Problems();
        for (String path : paths) {
            boolean same = before.containsKey(path) == after.containsKey(path)
                    && Objects.equals(before.get(path), after.get(path));
            if (!same) {
                problems.add(place, "the edit would change '" + path + "' otherwise than intended; edit it by hand");
            }
        }
        problems.throwIfAny();
    }

    /** A key that is not there. */
    static final Object GONE = new Object();

    /** Top-level keys and, below {@code localsettings}, its own; an empty mapping says what an absent one says. */
    private static Map<String, @Nullable Object> flat(Map<String, @Nullable Object> values) {
        Map<String, @Nullable Object> flat = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            boolean settings = key.equals("localsettings");
            if (settings && value instanceof Map<?, ?> map) {
                map.forEach((name, own) -> flat.put("localsettings." + name, own));
            } else if (!settings || value != null) {
                flat.put(key, value);
            }
        });
        return flat;
    }

    /**
     * @param intended the hosts of each group that changes, in order, after the edit
     */
    static void inventory(Inventory before, Inventory after, Map<String, List<String>> intended, String place)
            throws UserException {
        Problems problems = new Problems();
        intended.forEach((group, hosts) -> {
            if (!after.groupHosts(group).equals(hosts)) {
                problems.add(
                        place,
                        "the edit would give group '" + group + "' " + after.groupHosts(group) + ", not " + hosts
                                + "; edit it by hand");
            }
        });
        Set<String> names = new LinkedHashSet<>(before.groups().keySet());
        names.addAll(after.groups().keySet());
        names.removeAll(StoreGroup.names());
        names.removeAll(IMPLICIT);
        for (String name : names) {
            @Nullable Group was = before.groups().get(name);
            @Nullable Group is = after.groups().get(name);
            if (!Objects.equals(was, is)) {
                problems.add(place, "the edit would change group '" + name + "' too; edit it by hand");
            }
        }
        hosts(before, after, problems, place);
        problems.throwIfAny();
    }

    private static void hosts(Inventory before, Inventory after, Problems problems, String place) {
        Set<String> concerned = new LinkedHashSet<>();
        StoreGroup.names().forEach(group -> concerned.addAll(before.groupHosts(group)));
        StoreGroup.names().forEach(group -> concerned.addAll(after.groupHosts(group)));
        Set<String> all = new LinkedHashSet<>(before.hosts());
        all.addAll(after.hosts());
        for (String host : all) {
            boolean cameOrWent = before.hasHost(host) != after.hasHost(host);
            if (cameOrWent) {
                if (!concerned.contains(host)) {
                    problems.add(place, "the edit would add or remove host '" + host + "'; edit it by hand");
                }
            } else if (!before.variables(host).equals(after.variables(host))) {
                variables(host, before, after, concerned.contains(host), problems, place);
            }
        }
    }

    /** A host may come to a store's group, or leave it, with that group's variables; its own stay. */
    private static void variables(
            String host, Inventory before, Inventory after, boolean concerned, Problems problems, String place) {
        Map<String, @Nullable Object> was = before.variables(host);
        Map<String, @Nullable Object> is = after.variables(host);
        Set<String> ofGroups = new LinkedHashSet<>();
        if (concerned) {
            for (String group : StoreGroup.names()) {
                variablesOf(before, group).forEach((key, value) -> ofGroups.add(key));
                variablesOf(after, group).forEach((key, value) -> ofGroups.add(key));
            }
        }
        Set<String> keys = new LinkedHashSet<>(was.keySet());
        keys.addAll(is.keySet());
        for (String key : keys) {
            boolean same = was.containsKey(key) == is.containsKey(key) && Objects.equals(was.get(key), is.get(key));
            if (!same && !ofGroups.contains(key)) {
                problems.add(
                        place,
                        "the edit would change '" + key + "' of host '" + host + "', which stays in other groups; write"
                                + " its variables there first");
            }
        }
    }

    private static Map<String, @Nullable Object> variablesOf(Inventory inventory, String group) {
        @Nullable Group found = inventory.groups().get(group);
        return found == null ? Map.of() : found.variables();
    }
}
