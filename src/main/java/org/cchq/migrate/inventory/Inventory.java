package org.cchq.migrate.inventory;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.UserException;
import org.jspecify.annotations.Nullable;

/** The hosts of an environment, its groups, and each host's variables merged with Ansible's precedence. Immutable. */
public final class Inventory {
    private final Map<String, Group> groups;
    private final Map<String, Map<String, @Nullable Object>> hostVariables;
    private final List<String> remarks;
    /** Found out when they are asked for first: variables of every host ask for its groups, and those for their hosts. */
    private final Map<String, List<String>> hostsOfGroups = new ConcurrentHashMap<>();

    private final Map<String, Set<String>> groupsOfHosts = new ConcurrentHashMap<>();

    Inventory(
            Map<String, Group> groups, Map<String, Map<String, @Nullable Object>> hostVariables, List<String> remarks) {
        this.remarks = List.copyOf(remarks);
        this.groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups));
        this.hostVariables = Collections.unmodifiableMap(new LinkedHashMap<>(hostVariables));
    }

    /** Every group by name, {@code all} and {@code ungrouped} included, in order of declaration. */
    public Map<String, Group> groups() {
        return groups;
    }

    /** What is allowed and yet hardly meant, each with file and line. */
    public List<String> remarks() {
        return remarks;
    }

    /** Every host's name, in order of declaration. */
    public Set<String> hosts() {
        return hostVariables.keySet();
    }

    public boolean hasHost(String name) {
        return hostVariables.containsKey(name);
    }

    /** The host's variables: {@code all}, then parent groups, then child groups, then the host's own. */
    public Map<String, @Nullable Object> variables(String host) {
        Map<String, @Nullable Object> variables = hostVariables.get(host);
        if (variables == null) {
            throw new IllegalArgumentException("no such host: " + host);
        }
        return variables;
    }

    /** Hosts of a group and of the groups below it, breadth first; none if there is no such group. */
    public List<String> groupHosts(String name) {
        return groups.containsKey(name) ? hostsOfGroups.computeIfAbsent(name, this::hostsBelow) : List.of();
    }

    private List<String> hostsBelow(String name) {
        Set<String> hosts = new LinkedHashSet<>();
        for (Set<String> level : levels(name)) {
            for (String group : level) {
                hosts.addAll(group(group).hosts());
            }
        }
        return List.copyOf(hosts);
    }

    /**
     * True if Ansible's own order of the group's hosts changes from run to run: two groups of one level both have
     * children, and Ansible walks a level as a set. An index into such a group means nothing.
     */
    public boolean orderIsArbitrary(String name) {
        if (groupHosts(name).size() < 2) {
            return false;
        }
        List<Set<String>> levels = levels(name);
        for (int i = 1; i + 1 < levels.size(); i++) {
            Set<String> next = levels.get(i + 1);
            long parents = levels.get(i).stream()
                    .filter(group -> group(group).children().stream().anyMatch(next::contains))
                    .count();
            if (parents > 1) {
                return true;
            }
        }
        return false;
    }

    /** Names of the groups that hold the host, directly or through children, sorted; without {@code all}. */
    public Set<String> groupsOf(String host) {
        return groupsOfHosts.computeIfAbsent(host, this::groupsAbove);
    }

    private Set<String> groupsAbove(String host) {
        Set<String> found = groups.keySet().stream()
                .filter(group -> !group.equals("all") && groupHosts(group).contains(host))
                .collect(Collectors.toCollection(TreeSet::new));
        return Collections.unmodifiableSet(found);
    }

    /**
     * The inventory host that a name in a YAML file means: a host itself, or the only host of a group of one.
     *
     * @param place where the name is written, for the message
     */
    public String translateHost(String name, String place) throws UserException {
        if (hasHost(name)) {
            return name;
        }
        if (!groups.containsKey(name)) {
            throw new UserException(place + ": unknown host or group '" + name + "'" + hint(name));
        }
        List<String> hosts = groupHosts(name);
        if (hosts.size() != 1) {
            throw new UserException(place + ": '" + name + "' is a group of " + hosts.size()
                    + " hosts; a host is needed, or a group of exactly one");
        }
        return hosts.get(0);
    }

    /** The same with a group more, of the given groups as far as they are declared; unchanged if it is declared itself. */
    public Inventory withGroup(String name, List<String> children) {
        if (groups.containsKey(name)) {
            return this;
        }
        Map<String, Group> more = new LinkedHashMap<>(groups);
        List<String> declared = children.stream().filter(groups::containsKey).toList();
        more.put(name, new Group(name, List.of(), declared, Map.of()));
        return new Inventory(more, hostVariables, remarks);
    }

    /** Hosts that an Ansible host pattern selects ({@code webworkers:!web1}, {@code proxy[0]}, {@code ~web\d}). */
    public List<String> hostsMatching(String pattern) throws UserException {
        return new HostPattern(this).select(pattern);
    }

    /** "; did you mean 'x'?" for a name that is neither host nor group; empty if nothing is near. */
    String hint(String name) {
        Set<String> known = new LinkedHashSet<>(groups.keySet());
        known.addAll(hosts());
        return NearestName.hint(name, known);
    }

    Optional<Group> find(String name) {
        return Optional.ofNullable(groups.get(name));
    }

    private Group group(String name) {
        return find(name).orElseThrow();
    }

    /** The group, then its children, then theirs; each group once, at its first level. */
    private List<Set<String>> levels(String name) {
        List<Set<String>> levels = new ArrayList<>();
        Set<String> seen = new LinkedHashSet<>();
        Set<String> level = groups.containsKey(name) ? Set.of(name) : Set.of();
        while (!level.isEmpty()) {
            levels.add(level);
            seen.addAll(level);
            Set<String> next = new LinkedHashSet<>();
            for (String group : level) {
                next.addAll(group(group).children());
            }
            next.removeAll(seen);
            level = next;
        }
        return levels;
    }
}
