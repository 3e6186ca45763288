package org.cchq.migrate.inventory;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gathers groups, hosts and variables while a file is read; {@link #build} settles what Ansible leaves implicit. */
final class InventoryBuilder {
    private static final String ALL = "all";
    private static final String UNGROUPED = "ungrouped";
    private static final String PRIORITY = "ansible_group_priority";

    private final Map<String, Draft> groups = new LinkedHashMap<>();
    private final Map<String, Map<String, @Nullable Object>> hosts = new LinkedHashMap<>();

    private final List<String> remarks = new ArrayList<>();

    InventoryBuilder() {
        addGroup(ALL);
        addGroup(UNGROUPED);
        draft(ALL).children.add(UNGROUPED);
    }

    boolean hasGroup(String name) {
        return groups.containsKey(name);
    }

    /** Something that is allowed and yet hardly meant. */
    void remark(String place, String what) {
        remarks.add(place + ": " + what);
    }

    void addGroup(String name) {
        groups.computeIfAbsent(name, Draft::new);
    }

    /** Adds a host, if new, and puts it into an existing group. */
    void addHost(String name, String group) {
        hosts.computeIfAbsent(name, unused -> new LinkedHashMap<>());
        draft(group).hosts.add(name);
    }

    /** The port of a host; counts only where the host is first named, as in Ansible. */
    void setPortOfNewHost(String host, int port) {
        if (port > 0 && !hosts.containsKey(host)) {
            hosts.computeIfAbsent(host, unused -> new LinkedHashMap<>()).put("ansible_port", port);
        }
    }

    /** Sets a host's variable; of a name that is a group's too, the group's, as Ansible does. */
    void setHostVariable(String host, String key, @Nullable Object value) {
        if (groups.containsKey(host)) {
            setGroupVariable(host, key, value);
            return;
        }
        hosts.computeIfAbsent(host, unused -> new LinkedHashMap<>()).put(key, value);
    }

    void setGroupVariable(String group, String key, @Nullable Object value) {
        draft(group).variables.put(key, value);
    }

    /** Puts one existing group below another; tells what is wrong if that would close a loop. */
    Optional<String> addChild(String parent, String child) {
        if (parent.equals(child)) {
            return Optional.of("group '" + parent + "' cannot be its own child");
        }
        if (reaches(child, parent, new LinkedHashSet<>())) {
            return Optional.of("making '" + child + "' a child of '" + parent + "' closes a loop: '" + parent
                    + "' is already below '" + child + "'");
        }
        draft(parent).children.add(child);
        return Optional.empty();
    }

    Inventory build() {
        Set<String> below = new LinkedHashSet<>();
        groups.values().forEach(group -> below.addAll(group.children));
        for (String group : groups.keySet()) {
            if (!group.equals(ALL) && !below.contains(group)) {
                draft(ALL).children.add(group);
            }
        }
        settleUngrouped();
        Map<String, Group> built = new LinkedHashMap<>();
        groups.forEach((name, draft) -> built.put(name, draft.toGroup()));
        return new Inventory(built, mergedVariables(), remarks);
    }

    private void settleUngrouped() {
        for (String host : hosts.keySet()) {
            boolean grouped = groups.values().stream()
                    .anyMatch(group ->
                            !group.name.equals(ALL) && !group.name.equals(UNGROUPED) && group.hosts.contains(host));
            if (grouped) {
                draft(UNGROUPED).hosts.remove(host);
            } else {
                draft(UNGROUPED).hosts.add(host);
            }
        }
    }

    /** Later wins: by depth below {@code all}, then {@code ansible_group_priority}, then name; the host's own last. */
    private Map<String, Map<String, @Nullable Object>> mergedVariables() {
        Map<String, Integer> depths = new LinkedHashMap<>();
        deepen(ALL, 0, depths);
        List<Draft> order = new ArrayList<>(groups.values());
        order.sort(Comparator.comparingInt((Draft draft) -> depths.getOrDefault(draft.name, 0))
                .thenComparingLong(Draft::priority)
                .thenComparing(draft -> draft.name));
        Map<String, Set<String>> ancestors = new LinkedHashMap<>();
        groups.keySet().forEach(name -> ancestors.put(name, new LinkedHashSet<>()));
        groups.keySet().forEach(name -> markBelow(name, name, ancestors));
        Map<String, Map<String, @Nullable Object>> merged = new LinkedHashMap<>();
        hosts.forEach((host, own) -> {
            Set<String> member = new LinkedHashSet<>();
            member.add(ALL);
            groups.values().stream()
                    .filter(group -> group.hosts.contains(host))
                    .forEach(group -> member.addAll(ancestors.getOrDefault(group.name, Set.of())));
            Map<String, @Nullable Object> variables = new LinkedHashMap<>();
            order.stream().filter(group -> member.contains(group.name)).forEach(group -> {
                group.variables.forEach((key, value) -> {
                    if (!key.equals(PRIORITY)) {
                        variables.put(key, value);
                    }
                });
            });
            variables.putAll(own);
            merged.put(host, Collections.unmodifiableMap(variables));
        });
        return merged;
    }

    private void deepen(String name, int depth, Map<String, Integer> depths) {
        if (depth > depths.getOrDefault(name, -1)) {
            depths.put(name, depth);
            draft(name).children.forEach(child -> deepen(child, depth + 1, depths));
        }
    }

    private void markBelow(String top, String name, Map<String, Set<String>> ancestors) {
        if (ancestors.computeIfAbsent(name, unused -> new LinkedHashSet<>()).add(top)) {
            draft(name).children.forEach(child -> markBelow(top, child, ancestors));
        }
    }

    private boolean reaches(String from, String to, Set<String> seen) {
        return from.equals(to)
                || (seen.add(from) && draft(from).children.stream().anyMatch(child -> reaches(child, to, seen)));
    }

    private Draft draft(String name) {
        Draft draft = groups.get(name);
        if (draft == null) {
            throw new IllegalArgumentException("no such group: " + name);
        }
        return draft;
    }

    private static final class Draft {
        private final String name;
        private final Set<String> hosts = new LinkedHashSet<>();
        private final Set<String> children = new LinkedHashSet<>();
        private final Map<String, @Nullable Object> variables = new LinkedHashMap<>();

        private Draft(String name) {
            this.name = name;
        }

        private long priority() {
            return variables.get(PRIORITY) instanceof Number number ? number.longValue() : 1;
        }

        private Group toGroup() {
            return new Group(name, List.copyOf(hosts), List.copyOf(children), variables);
        }
    }
}
