package org.cchq.migrate.environment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.inventory.Inventory;
import org.jspecify.annotations.Nullable;

/**
 * Reads postgresql.yml as commcare-cloud resolves it: hosts by alias, default host, pgbouncer endpoints, ports, users.
 *
 * <pre>
 * DEFAULT_POSTGRESQL_HOST: db0
 * dbs:
 *   form_processing:
 *     partitions:
 *       p1: {shards: [0, 511], host: db1}
 *       p2: {shards: [512, 1023], host: db2}
 * </pre>
 */
final class PostgresFile {
    private static final List<String> KEYS = List.of(
            "DEFAULT_POSTGRESQL_HOST",
            "DEFAULT_CONN_MAX_AGE",
            "SEPARATE_SYNCLOGS_DB",
            "SEPARATE_FORM_PROCESSING_DBS",
            "REPORTING_DATABASES",
            "LOAD_BALANCED_APPS",
            "host_settings",
            "postgres_override",
            "pgbouncer_override",
            "pg_repack",
            "replications",
            "dbs");
    private static final List<String> DATABASES = List.of(
            "main",
            "ucr",
            "formplayer",
            "synclogs",
            "auditcare",
            "repeaters",
            "project_db",
            "form_processing",
            "custom",
            "standby");
    private static final List<String> FORM_PROCESSING = List.of("proxy", "proxy_standby", "partitions");
    private static final List<String> DATABASE_KEYS = List.of(
            "name",
            "host",
            "pgbouncer_host",
            "pgbouncer_hosts",
            "pgbouncer_endpoint",
            "port",
            "user",
            "password",
            "options",
            "django_alias",
            "django_migrate",
            "query_stats",
            "create",
            "pg_config",
            "conn_max_age",
            "shards");

    private final YamlMap file;
    private final Variables variables;
    private final Inventory inventory;
    private final Problems problems;
    private final YamlMap dbs;
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Optional<String> commcareUser;
    private final Optional<String> commcarePassword;
    private boolean userMissing;

    PostgresFile(YamlMap file, Variables variables, Inventory inventory, Problems problems) {
        this.file = file;
        this.variables = variables;
        this.inventory = inventory;
        this.problems = problems;
        this.dbs = file.map("dbs", problems);
        this.commcareUser = commcare("username");
        this.commcarePassword = commcare("password");
        file.refuseUnknownKeys(KEYS, "postgresql.yml", problems);
        dbs.refuseUnknownKeys(DATABASES, "dbs", problems);
        readPorts();
    }

    /** {@code SEPARATE_FORM_PROCESSING_DBS}: true if forms, cases and blob metadata are spread over partitions. */
    boolean partitioned() {
        return file.get("SEPARATE_FORM_PROCESSING_DBS")
                .flatMap(value -> variables.flag("SEPARATE_FORM_PROCESSING_DBS", value, problems))
                .orElse(true);
    }

    /** The databases that Django knows, i.e. those with an alias. */
    List<Database> databases() {
        List<Database> databases = new ArrayList<>();
        add(databases, dbs.map("main", problems), "default", "commcarehq", true);
        if (separate("SEPARATE_FORM_PROCESSING_DBS", "form_processing")) {
            formProcessing(databases, dbs.map("form_processing", problems));
        }
        if (separate("SEPARATE_SYNCLOGS_DB", "synclogs")) {
            add(databases, dbs.map("synclogs", problems), "synclogs", "commcarehq_synclogs", true);
        }
        YamlMap ucr = dbs.map("ucr", problems);
        add(databases, ucr, "ucr", "commcarehq_ucr", false);
        for (String name : List.of("auditcare", "repeaters")) {
            if (dbs.get(name).filter(value -> !value.isNull()).isPresent()) {
                add(databases, dbs.map(name, problems), name, "commcarehq_" + name, true);
            }
        }
        custom(databases);
        return databases;
    }

    /** Each flag must be false if, and only if, its entry is null. */
    private boolean separate(String flag, String entry) {
        boolean separate = file.get(flag)
                .flatMap(value -> variables.flag(flag, value, problems))
                .orElse(true);
        Optional<YamlValue> value = dbs.get(entry);
        boolean nullEntry = value.isPresent() && value.get().isNull();
        if (separate && nullEntry) {
            problems.add(value.get().place(), "'dbs." + entry + "' is null, so " + flag + " must be False");
        } else if (!separate && !nullEntry) {
            problems.add(file.placeOf(flag), flag + " is False, so 'dbs." + entry + "' must be null");
        }
        return separate && !nullEntry;
    }

    private void formProcessing(List<Database> databases, YamlMap form) {
        form.refuseUnknownKeys(FORM_PROCESSING, "dbs.form_processing", problems);
        YamlMap proxy = form.map("proxy", problems);
        database(proxy, "proxy", "commcarehq_proxy", true, Optional.empty(), true)
                .ifPresent(databases::add);
        YamlMap partitions = form.map("partitions", problems);
        if (partitions.keys().isEmpty()) {
            problems.add(
                    form.placeOf("partitions"),
                    "SEPARATE_FORM_PROCESSING_DBS is on, but dbs.form_processing.partitions is missing; list the"
                            + " partitions with their shards, or set it to False and form_processing to null");
            return;
        }
        ShardRanges ranges = new ShardRanges(problems);
        for (String alias : partitions.keys()) {
            if (!alias.matches("p\\d+")) {
                problems.add(partitions.placeOf(alias), "partition '" + alias + "' must be called p1, p2 ...");
            }
            YamlMap partition = partitions.map(alias, problems);
            Optional<List<Integer>> shards = ranges.read(alias, partition);
            database(partition, alias, "commcarehq_" + alias, true, shards, false)
                    .ifPresent(databases::add);
        }
        ranges.checkTogether(partitions.place());
    }

    private void custom(List<Database> databases) {
        Optional<YamlValue> list = dbs.get("custom").filter(value -> !value.isNull());
        if (list.isEmpty()) {
            return;
        }
        if (!(list.get() instanceof YamlValue.Sequence entries)) {
            problems.add(list.get().place(), "'dbs.custom' must be a list");
            return;
        }
        for (YamlValue entry : entries.items()) {
            if (entry instanceof YamlMap map) {
                Optional<String> alias = text(map, "django_alias");
                Optional<String> name = text(map, "name");
                if (name.isEmpty()) {
                    problems.add(map.place(), "a custom database needs a name");
                } else if (alias.isPresent()) {
                    add(databases, map, alias.get(), name.get(), true);
                }
            } else {
                problems.add(entry.place(), "a custom database must be a mapping");
            }
        }
    }

    private void add(List<Database> databases, YamlMap entry, String alias, String name, boolean migrate) {
        database(entry, alias, name, migrate, Optional.empty(), false).ifPresent(databases::add);
    }

    private Optional<Database> database(
            YamlMap entry, String alias, String name, boolean migrate, Optional<List<Integer>> shards, boolean proxy) {
        entry.refuseUnknownKeys(DATABASE_KEYS, "database '" + alias + "'", problems);
        Optional<String> host = text(entry, "host")
                .map(text -> translate(text, entry.placeOf("host")))
                .orElseGet(() -> defaultHost(entry));
        Optional<String> endpoint = endpoint(entry, alias, host);
        Optional<String> user = text(entry, "user").or(() -> commcareUser);
        Optional<String> password = text(entry, "password").or(() -> commcarePassword);
        if ((user.isEmpty() || password.isEmpty()) && !userMissing) {
            userMissing = true;
            problems.add(
                    variables.vault().placeOf("secrets"),
                    "secrets.POSTGRES_USERS.commcare needs username and password; database '" + alias
                            + "' has none of its own in postgresql.yml");
        }
        if (endpoint.isEmpty() || host.isEmpty() || user.isEmpty() || password.isEmpty()) {
            return Optional.empty();
        }
        int port = entry.get("port")
                .flatMap(value -> variables.number("port", value, 1, 65_535, problems))
                .orElse(ports.getOrDefault(host.get(), 6432));
        YamlMap options = entry.map("options", problems);
        @SuppressWarnings("unchecked")
        Map<String, @Nullable Object> plainOptions =
                (Map<String, @Nullable Object>) variables.resolve("options", options, problems);
        return Optional.of(new Database(
                text(entry, "django_alias").orElse(alias),
                text(entry, "name").orElse(name),
                endpoint.get(),
                port,
                user.get(),
                new Secret(password.get()),
                plainOptions == null ? Map.of() : plainOptions,
                entry.get("django_migrate")
                        .flatMap(value -> variables.flag("django_migrate", value, problems))
                        .orElse(migrate),
                shards,
                proxy));
    }

    private Optional<String> endpoint(YamlMap entry, String alias, Optional<String> host) {
        for (String key : List.of("pgbouncer_endpoint", "pgbouncer_host")) {
            Optional<String> named = text(entry, key);
            if (named.isPresent()) {
                return translate(named.get(), entry.placeOf(key));
            }
        }
        if (entry.get("pgbouncer_hosts").filter(value -> !value.isNull()).isPresent()) {
            problems.add(
                    entry.placeOf("pgbouncer_hosts"),
                    "database '" + alias + "' has pgbouncer_hosts without pgbouncer_endpoint; name the endpoint");
            return Optional.empty();
        }
        return host;
    }

    private Optional<String> defaultHost(YamlMap entry) {
        Optional<String> named = text(file, "DEFAULT_POSTGRESQL_HOST");
        if (named.isPresent()) {
            return translate(named.get(), file.placeOf("DEFAULT_POSTGRESQL_HOST"));
        }
        List<String> hosts = inventory.groupHosts("postgresql");
        if (hosts.isEmpty()) {
            problems.add(
                    entry.place(),
                    "there is no host for this database: set DEFAULT_POSTGRESQL_HOST, or give the inventory a group"
                            + " postgresql");
            return Optional.empty();
        }
        return Optional.of(hosts.get(0));
    }

    private void readPorts() {
        YamlMap settings = file.map("host_settings", problems);
        for (String host : settings.keys()) {
            YamlMap one = settings.map(host, problems);
            Optional<String> translated = translate(host, settings.placeOf(host));
            one.get("port")
                    .flatMap(value -> variables.number("port", value, 1, 65_535, problems))
                    .ifPresent(port -> translated.ifPresent(name -> ports.put(name, port)));
        }
    }

    private Optional<String> translate(String name, String place) {
        try {
            return Optional.of(inventory.translateHost(name, place));
        } catch (UserException e) {
            problems.add(e);
            return Optional.empty();
        }
    }

    private Optional<String> commcare(String part) {
        return Secrets.find(variables.vault(), "POSTGRES_USERS", problems)
                .or(() -> variables.find("postgres_users"))
                .flatMap(users -> users instanceof YamlMap map ? map.get("commcare") : Optional.empty())
                .flatMap(user -> user instanceof YamlMap map ? map.get(part) : Optional.empty())
                .flatMap(value -> variables.text("POSTGRES_USERS.commcare." + part, value, problems));
    }

    private Optional<String> text(YamlMap map, String key) {
        return map.get(key).flatMap(value -> variables.text(key, value, problems));
    }
}
