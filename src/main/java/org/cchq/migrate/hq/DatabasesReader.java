package org.cchq.migrate.hq;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.store.row.DatabaseSpec;

/**
 * Reads Django's {@code DATABASES} and which of them hold shards, in either of HQ's forms:
 *
 * <pre>{"DATABASES": {"default": {"NAME": "commcarehq", "HOST": "10.0.0.7", "PORT": 6432, ...},
 *                "p1": {"NAME": "commcarehq_p1", ..., "PLPROXY": {"SHARDS": [0, 1]}},
 *                "proxy": {..., "PLPROXY": {"PROXY": true}}},
 *  "USE_PARTITIONED_DATABASE": true}</pre>
 *
 * or, formerly, {@code "PARTITION_DATABASE_CONFIG": {"shards": {"p1": [0, 1]}, "proxy": "proxy"}}. Databases that hold no
 * blob rows are not looked at.
 */
public final class DatabasesReader {
    private static final String DEFAULT = "default";
    private static final String LEGACY = "PARTITION_DATABASE_CONFIG";

    public static final Set<String> DATABASE_KEYS = Set.of(
            "ATOMIC_REQUESTS",
            "AUTOCOMMIT",
            "CONN_HEALTH_CHECKS",
            "CONN_MAX_AGE",
            "DISABLE_SERVER_SIDE_CURSORS",
            "ENGINE",
            "HOST",
            "HQ_ACCEPTABLE_STANDBY_DELAY",
            "MIGRATE",
            "NAME",
            "OPTIONS",
            "PASSWORD",
            "PLPROXY",
            "PLPROXY_HOST",
            "PORT",
            "STANDBY",
            "TEST",
            "TIME_ZONE",
            "USER");

    private final Problems problems;
    private final List<String> warnings;

    public DatabasesReader(Problems problems, List<String> warnings) {
        this.problems = problems;
        this.warnings = warnings;
    }

    /** Empty only if problems were added. */
    public Optional<ShardMap> read(SettingsObject settings) {
        if (!settings.has("DATABASES")) {
            settings.problem("DATABASES", "is missing; blobs are enumerated from its databases");
            return Optional.empty();
        }
        Optional<SettingsObject> databases = settings.object("DATABASES");
        boolean partitioned = settings.flag("USE_PARTITIONED_DATABASE");
        if (databases.isEmpty()) {
            return Optional.empty();
        }
        Optional<DatabaseSpec> main = Optional.empty();
        if (databases.get().has(DEFAULT)) {
            main = database(databases.get(), DEFAULT);
        } else {
            databases.get().problem(DEFAULT, "is missing; it holds what is not sharded");
        }
        int knownBefore = problems.all().size();
        List<ShardMap.Range> ranges = ranges(settings, databases.get());
        if (problems.all().size() > knownBefore) {
            return Optional.empty();
        }
        if (!partitioned) {
            if (!ranges.isEmpty()) {
                warnings.add("USE_PARTITIONED_DATABASE: is not true, so the shards of "
                        + ranges.stream().map(ShardMap.Range::alias).toList() + " are not read, only 'default'");
            }
            return main.map(ShardMap::unpartitioned);
        }
        if (ranges.isEmpty()) {
            problems.add(
                    "USE_PARTITIONED_DATABASE",
                    "is true but no database has shards; give DATABASES.<alias>.PLPROXY.SHARDS or " + LEGACY
                            + ".shards");
            return Optional.empty();
        }
        int known = problems.all().size();
        List<ShardMap.Range> sorted = ranges.stream()
                .sorted(Comparator.comparingInt(ShardMap.Range::first))
                .toList();
        ShardMap.check(sorted, settings.has(LEGACY) ? LEGACY + ".shards" : "DATABASES.*.PLPROXY.SHARDS", problems);
        List<ShardMap.Shards> shards = new ArrayList<>();
        for (ShardMap.Range range : sorted) {
            Optional<DatabaseSpec> holder =
                    range.alias().equals(DEFAULT) ? main : database(databases.get(), range.alias());
            holder.ifPresent(spec -> shards.add(new ShardMap.Shards(spec, range.first(), range.last())));
        }
        return problems.all().size() > known || shards.size() < sorted.size()
                ? Optional.empty()
                : main.map(spec -> new ShardMap(spec, shards));
    }

    private List<ShardMap.Range> ranges(SettingsObject settings, SettingsObject databases) {
        Map<String, ShardMap.Range> byAlias = new LinkedHashMap<>();
        settings.objectOrNull(LEGACY)
                .flatMap(config -> config.object("shards"))
                .ifPresent(shards -> shards.keys().forEach(alias -> {
                    if (!databases.has(alias)) {
                        shards.problem(
                                alias,
                                SettingsObject.unknown(alias, databases.keys())
                                        .replace("unknown key", "is no alias in DATABASES"));
                    } else {
                        range(shards, alias, alias).ifPresent(range -> byAlias.put(alias, range));
                    }
                }));
        for (String alias : databases.keys()) {
            // A standby repeats its master's rows; reading both would count every row twice.
            Optional<SettingsObject> database = databases.objectIfOne(alias).filter(found -> !found.has("STANDBY"));
            Optional<SettingsObject> proxy = database.flatMap(found -> found.objectOrNull("PLPROXY"));
            proxy.filter(found -> found.has("SHARDS"))
                    .flatMap(found -> range(found, "SHARDS", alias))
                    .ifPresent(range -> {
                        ShardMap.Range other = byAlias.put(alias, range);
                        if (other != null && !other.equals(range)) {
                            databases.problem(alias + ".PLPROXY.SHARDS", "differs from " + LEGACY + ".shards." + alias);
                        }
                    });
        }
        return List.copyOf(byAlias.values());
    }

    private static Optional<ShardMap.Range> range(SettingsObject holder, String key, String alias) {
        Optional<List<?>> list = holder.list(key);
        if (list.isEmpty()) {
            return Optional.empty();
        }
        List<?> bounds = list.get();
        if (bounds.size() == 2
                && bounds.get(0) instanceof Integer first
                && bounds.get(1) instanceof Integer last
                && first >= 0
                && last < (1 << 20)) {
            return Optional.of(new ShardMap.Range(alias, first, last));
        }
        holder.problem(key, "must be [first, last]: two shard numbers from 0, both included");
        return Optional.empty();
    }

    private Optional<DatabaseSpec> database(SettingsObject databases, String alias) {
        Optional<SettingsObject> found = databases.object(alias);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        SettingsObject database = found.get();
        int known = problems.all().size();
        for (String key : database.keys()) {
            if (!DATABASE_KEYS.contains(key)) {
                NearestName.of(key, DATABASE_KEYS)
                        .filter(word -> !database.has(word))
                        .ifPresent(word -> database.problem(key, "unknown key; did you mean '" + word + "'?"));
            }
        }
        database.text("ENGINE")
                .filter(engine -> !engine.contains("postgre"))
                .ifPresent(engine -> database.problem("ENGINE", "must be a PostgreSQL engine, found '" + engine + "'"));
        String name = database.required("NAME");
        String user = database.required("USER");
        String host = database.textOrNull("HOST").orElse("");
        if (host.isEmpty() || host.startsWith("/")) {
            database.problem("HOST", "must name a host; a Unix socket cannot be used from here");
        }
        int port = port(database);
        Map<String, String> options =
                database.objectOrNull("OPTIONS").map(this::options).orElse(Map.of());
        if (problems.all().size() > known) {
            return Optional.empty();
        }
        Secret password = new Secret(database.textOrNull("PASSWORD").orElse(""));
        return Optional.of(new DatabaseSpec(alias, host, port, name, user, password, options));
    }

    /** Django takes a number or a text; absent, null and "" are PostgreSQL's 5432. */
    private static int port(SettingsObject database) {
        if (database.portText().isEmpty()) {
            return 5432;
        }
        try {
            int port = Integer.parseInt(database.portText());
            if (port >= 1 && port <= 65535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        database.problem("PORT", "must be a port from 1 to 65535");
        return 5432;
    }

    private Map<String, String> options(SettingsObject options) {
        Map<String, String> read = new LinkedHashMap<>();
        for (String key : options.keys()) {
            if (!DatabaseSpec.KNOWN_OPTIONS.contains(key)) {
                warnings.add(options.path(key) + ": has no effect here");
            } else if (key.equals("connect_timeout")) {
                options.seconds(key).ifPresent(seconds -> read.put(key, Long.toString((long) Math.ceil(seconds))));
            } else {
                options.text(key).ifPresent(value -> read.put(key, value));
            }
        }
        String mode = read.getOrDefault("sslmode", "prefer");
        if (!DatabaseSpec.SSL_MODES.contains(mode)) {
            options.problem(
                    "sslmode",
                    "must be one of " + DatabaseSpec.SSL_MODES.stream().sorted().toList() + ", found '" + mode + "'");
        }
        return read;
    }
}
