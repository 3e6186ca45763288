package org.cchq.migrate.environment;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.inventory.Inventory;
import org.cchq.migrate.jinja.Evaluation;
import org.cchq.migrate.jinja.JinjaException;
import org.cchq.migrate.jinja.LazyMap;
import org.jspecify.annotations.Nullable;

/** Ansible's {@code hostvars}: each host's variables, without the defaults of a role, evaluated for that host. */
final class HostVarsValue implements LazyMap {
    private final Inventory inventory;
    private final Function<String, HostNames> names;
    private final Map<String, OneHost> hosts = new HashMap<>();

    HostVarsValue(Inventory inventory, Function<String, HostNames> names) {
        this.inventory = inventory;
        this.names = names;
    }

    @Override
    public Set<String> keys() {
        return inventory.hosts();
    }

    @Override
    public Object get(String host) {
        return hosts.computeIfAbsent(host, name -> new OneHost(name, names.apply(name)));
    }

    @Override
    public String absence(String host) {
        return "there is no host '" + host + "' in the inventory" + NearestName.hint(host, inventory.hosts());
    }

    /** The variables of one host. */
    private static final class OneHost implements LazyMap {
        private final String host;
        private final HostNames names;
        private final Evaluation evaluation;

        private OneHost(String host, HostNames names) {
            this.host = host;
            this.names = names;
            this.evaluation = new Evaluation(names);
        }

        @Override
        public Set<String> keys() {
            return new LinkedHashSet<>(names.all());
        }

        @Override
        public @Nullable Object get(String name) throws JinjaException {
            return evaluation.evaluate(names.get(name));
        }

        @Override
        public String absence(String name) {
            return "host '" + host + "' has no variable '" + name + "'";
        }
    }
}
