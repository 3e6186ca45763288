package org.cchq.migrate.environment;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.inventory.Inventory;

/** Checks of names of hosts and groups: app-processes.yml, couch_dbs, known_hosts. */
final class HostChecks {
    private static final String PROCESSES = "app-processes.yml";

    private final Environment environment;
    private final EnvironmentFiles files;
    private final Inventory inventory;
    private final Remarks remarks;

    HostChecks(Environment environment, Remarks remarks) {
        this.environment = environment;
        this.files = environment.files();
        this.inventory = environment.inventory();
        this.remarks = remarks;
    }

    void run() {
        processes();
        couch();
        knownHosts();
    }

    private void processes() {
        Optional<String> text = files.texts().text(PROCESSES, remarks.errors());
        if (text.isEmpty()) {
            return;
        }
        YamlMap file = YamlFile.read(text.get(), files.shown() + "/" + PROCESSES, remarks.errors());
        for (String kind : List.of("management_commands", "celery_processes", "pillows")) {
            YamlMap hosts = file.map(kind, remarks.errors());
            Set<String> named = new LinkedHashSet<>();
            for (String key : hosts.keys()) {
                for (String name : key.split(",", -1)) {
                    name(name.strip(), hosts.placeOf(key)).ifPresent(named::add);
                }
            }
            String group = kind.equals("celery_processes") ? "celery" : "pillowtop";
            if (!named.isEmpty() && !kind.equals("management_commands")) {
                inventory.groupHosts(group).stream()
                        .filter(host -> !named.contains(host))
                        .forEach(
                                host -> remarks.warn(
                                        hosts.place(),
                                        "host '" + host + "' of group " + group + " is not named under " + kind
                                                + "; commcare-cloud wants every one of them there, with {} if it runs nothing"));
            }
        }
    }

    private Optional<String> name(String name, String place) {
        if (name.equals("None") || name.isEmpty()) {
            return Optional.empty();
        }
        List<String> byShortName = inventory.hosts().stream()
                .filter(host -> host.startsWith(name + "."))
                .toList();
        if (byShortName.size() == 1) { // as in 2018: without the domain
            return Optional.of(byShortName.get(0));
        }
        try {
            return Optional.of(inventory.translateHost(name, place));
        } catch (UserException e) {
            remarks.errors().add(e);
            return Optional.empty();
        }
    }

    /** CouchDB may stand outside of the inventory; a name that is nearly one of it is a slip. */
    private void couch() {
        YamlMap databases = environment.variables().map("couch_dbs", remarks.errors());
        List<String> known = new ArrayList<>(inventory.hosts());
        known.addAll(inventory.groups().keySet());
        for (String alias : databases.keys()) {
            YamlValue host = databases.map(alias, remarks.errors()).get("host").orElse(null);
            if (host instanceof YamlValue.Scalar scalar
                    && scalar.value() instanceof String name
                    && name.matches("[A-Za-z][A-Za-z0-9_.-]*")
                    && !known.contains(name)
                    && NearestName.of(name, known).isPresent()) {
                remarks.warn(
                        scalar.place(),
                        "'couch_dbs." + alias + ".host': '" + name + "' is no host of the inventory"
                                + NearestName.hint(name, known));
            }
        }
    }

    private void knownHosts() {
        Optional<String> text = files.texts().text("known_hosts", remarks.errors());
        if (text.isEmpty()) {
            return;
        }
        KnownHostNames names = new KnownHostNames(text.get());
        List<String> skipped = inventory.groupHosts("ansible_skip");
        List<String> missing = new ArrayList<>();
        for (String host : inventory.hosts()) {
            try {
                TargetHost target = environment.host(host);
                if (!skipped.contains(host) && !names.has(target.address(), target.port())) {
                    missing.add(host);
                }
            } catch (UserException e) {
                remarks.errors().add(e);
            }
        }
        if (!missing.isEmpty()) {
            remarks.warn(
                    files.shown() + "/known_hosts",
                    "has no key of " + String.join(", ", missing) + ": they are refused when they are connected to;"
                            + " add their keys with commcare-cloud's update-local-known-hosts, after comparing the"
                            + " fingerprints");
        }
    }
}
