package org.cchq.migrate.environment;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.Problems;
import org.jspecify.annotations.Nullable;

/** COUCH_DATABASES of localsettings.py, from {@code couch_dbs} of public.yml. */
final class CouchSettings {
    private CouchSettings() {}

    /** The databases by alias; empty if the environment names none. */
    static Map<String, @Nullable Object> of(Variables variables, Problems problems) {
        YamlMap databases = variables.map("couch_dbs", problems);
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        for (String alias : databases.keys()) {
            settings.put(alias, database(databases.map(alias, problems), alias, variables, problems));
        }
        if (!settings.isEmpty() && !settings.containsKey("default")) {
            problems.add(databases.place(), "'couch_dbs' has no alias 'default'");
        }
        return settings;
    }

    private static Map<String, Object> database(YamlMap entry, String alias, Variables variables, Problems problems) {
        String host = needed(entry, alias, "host", variables, problems);
        int port = entry.get("port")
                .flatMap(value -> variables.number("port", value, 1, 65_535, problems))
                .orElse(25984);
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put(
                "COUCH_HTTPS",
                entry.get("is_https")
                        .flatMap(value -> variables.flag("is_https", value, problems))
                        .orElse(false));
        settings.put("COUCH_SERVER_ROOT", host + ":" + port);
        settings.put("COUCH_USERNAME", needed(entry, alias, "username", variables, problems));
        settings.put("COUCH_PASSWORD", needed(entry, alias, "password", variables, problems));
        settings.put("COUCH_DATABASE_NAME", needed(entry, alias, "name", variables, problems));
        return settings;
    }

    private static String needed(YamlMap entry, String alias, String key, Variables variables, Problems problems) {
        Optional<YamlValue> value = entry.get(key).filter(found -> !found.isNull());
        if (value.isEmpty()) {
            problems.add(entry.placeOf(key), "'couch_dbs." + alias + "' needs '" + key + "'");
            return "";
        }
        return variables
                .text("couch_dbs." + alias + "." + key, value.get(), problems)
                .orElse("");
    }
}
