package org.cchq.migrate.environment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.Secret;

/** The databases in the layout of 2018: {@code postgresql_dbs} of public.yml, the account in {@code localsettings}. */
final class OldPostgresList {
    private OldPostgresList() {}

    /** The databases with an alias; the others are not Django's. */
    static List<Database> read(Variables variables, YamlMap localsettings, Problems problems) {
        YamlValue value = variables.find("postgresql_dbs").orElseThrow();
        if (!(value instanceof YamlValue.Sequence list)) {
            problems.add(value.place(), "'postgresql_dbs' must be a list");
            return List.of();
        }
        Optional<String> user = text(localsettings, "PG_DATABASE_USER", variables, problems);
        Optional<String> password = text(localsettings, "PG_DATABASE_PASSWORD", variables, problems);
        if (user.isEmpty() || password.isEmpty()) {
            problems.add(localsettings.place(), "PG_DATABASE_USER and PG_DATABASE_PASSWORD are needed here");
        }
        int port = localsettings
                .get("PG_DATABASE_PORT")
                .flatMap(number -> variables.number("PG_DATABASE_PORT", number, 1, 65_535, problems))
                .orElse(6432);
        ShardRanges ranges = new ShardRanges(problems);
        List<Database> databases = new ArrayList<>();
        for (YamlValue item : list.items()) {
            if (!(item instanceof YamlMap entry)) {
                problems.add(item.place(), "a database must be a mapping");
                continue;
            }
            Optional<String> alias = text(entry, "django_alias", variables, problems);
            if (alias.isEmpty()) {
                continue;
            }
            Optional<List<Integer>> shards = entry.has("shards") ? ranges.read(alias.get(), entry) : Optional.empty();
            databases.add(new Database(
                    alias.get(),
                    needed(entry, "name", variables, problems),
                    needed(entry, "host", variables, problems),
                    port,
                    user.orElse(""),
                    new Secret(password.orElse("")),
                    Map.of(),
                    entry.get("django_migrate")
                            .flatMap(flag -> variables.flag("django_migrate", flag, problems))
                            .orElse(true),
                    shards,
                    alias.get().equals("proxy")));
        }
        if (databases.stream().anyMatch(database -> database.shards().isPresent())) {
            ranges.checkTogether(value.place());
        }
        return databases;
    }

    private static String needed(YamlMap entry, String key, Variables variables, Problems problems) {
        Optional<String> text = text(entry, key, variables, problems);
        if (text.isEmpty()) {
            problems.add(entry.placeOf(key), "a database needs '" + key + "'");
        }
        return text.orElse("");
    }

    private static Optional<String> text(YamlMap map, String key, Variables variables, Problems problems) {
        return map.get(key).flatMap(value -> variables.text(key, value, problems));
    }
}
