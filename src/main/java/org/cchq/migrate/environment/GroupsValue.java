package org.cchq.migrate.environment;

import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.inventory.Inventory;
import org.cchq.migrate.jinja.Explained;

/** Ansible's {@code groups}: hosts by group. Says which groups there are, and refuses an index where order means nothing. */
final class GroupsValue extends AbstractMap<String, List<String>> implements Explained {
    private final Map<String, List<String>> groups = new LinkedHashMap<>();

    GroupsValue(Inventory inventory) {
        for (String group : inventory.groups().keySet()) {
            List<String> hosts = inventory.groupHosts(group);
            groups.put(group, new Hosts(group, hosts, inventory.orderIsArbitrary(group)));
        }
    }

    @Override
    public Set<Entry<String, List<String>>> entrySet() {
        return groups.entrySet();
    }

    @Override
    public Optional<String> absence(Object key) {
        return Optional.of("there is no group '" + key + "' in the inventory"
                + NearestName.hint(String.valueOf(key), groups.keySet()));
    }

    @Override
    public Optional<String> refusal(Object key) {
        return Optional.empty();
    }

    /** The hosts of one group. */
    private static final class Hosts extends AbstractList<String> implements Explained {
        private final String group;
        private final List<String> names;
        private final boolean arbitrary;

        private Hosts(String group, List<String> names, boolean arbitrary) {
            this.group = group;
            this.names = names;
            this.arbitrary = arbitrary;
        }

        @Override
        public String get(int index) {
            return names.get(index);
        }

        @Override
        public int size() {
            return names.size();
        }

        @Override
        public Optional<String> absence(Object key) {
            return Optional.of("group '" + group + "' has only " + names.size() + " hosts");
        }

        @Override
        public Optional<String> refusal(Object key) {
            return arbitrary
                    ? Optional.of("group '" + group + "' has no defined order (its children have children), so an index"
                            + " means another host on each run; name the host")
                    : Optional.empty();
        }
    }
}
