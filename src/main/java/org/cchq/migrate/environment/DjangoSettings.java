package org.cchq.migrate.environment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * The settings that an agent needs, with the names and shapes of HQ's localsettings.py: S3_BLOB_DB_SETTINGS,
 * OLD_S3_BLOB_DB_SETTINGS, BLOB_DB_MIGRATING_FROM_S3_TO_S3, BLOB_DB_MIGRATING_FROM_FS_TO_S3, SHARED_DRIVE_CONF, DATABASES
 * (with PLPROXY), USE_PARTITIONED_DATABASE, COUCH_DATABASES. A name that the environment's {@code localsettings} map sets
 * itself is taken from there. DOCTYPE_MIGRATIONS, which HQ has in its code, is doctypes.yml; absent without one.
 *
 * @param json one JSON object, for the agent only
 * @param masked the same for display: each secret replaced by asterisks
 */
public record DjangoSettings(Secret json, Map<String, @Nullable Object> masked) {
    private static final Pattern SECRET_KEY = Pattern.compile("(?i).*(password|secret|access_key|token).*");
    private static final List<String> PLAIN_OVERRIDES =
            List.of("DATABASES", "USE_PARTITIONED_DATABASE", "PARTITION_DATABASE_CONFIG", "COUCH_DATABASES");

    /** The settings as localsettings.py would have them on no host in particular. */
    public static DjangoSettings of(Environment environment) throws UserException {
        return ofHost(environment, "");
    }

    /** The settings as localsettings.py would have them on that host. */
    public static DjangoSettings of(Environment environment, TargetHost host) throws UserException {
        return ofHost(environment, host.name());
    }

    /** The same by the host's name; empty: no host in particular. */
    static DjangoSettings ofHost(Environment environment, String host) throws UserException {
        Problems problems = new Problems();
        Variables variables = environment.variables();
        YamlMap overrides = variables.map("localsettings", problems);
        Map<String, @Nullable Object> settings =
                new LinkedHashMap<>(new BlobSettings(environment, overrides, problems).derive());
        databases(environment, overrides, host, settings, problems);
        if (!overrides.has("COUCH_DATABASES")) {
            Map<String, @Nullable Object> couch = CouchSettings.of(variables, problems);
            if (!couch.isEmpty()) {
                settings.put("COUCH_DATABASES", couch);
            }
        }
        for (String name : PLAIN_OVERRIDES) {
            overrides
                    .get(name)
                    .ifPresent(
                            value -> settings.put(name, variables.resolve("localsettings." + name, value, problems)));
        }
        List<DoctypeFile.Entry> doctypes = DoctypeFile.read(environment.files(), problems);
        if (!doctypes.isEmpty()) {
            Map<?, ?> couch = settings.get("COUCH_DATABASES") instanceof Map<?, ?> databases ? databases : Map.of();
            settings.put("DOCTYPE_MIGRATIONS", DoctypeFile.settings(doctypes, couch, problems));
        }
        problems.throwIfAny();
        return new DjangoSettings(new Secret(Json.write(settings)), mask(settings));
    }

    private static void databases(
            Environment environment,
            YamlMap overrides,
            String host,
            Map<String, @Nullable Object> settings,
            Problems problems) {
        if (overrides.has("DATABASES")) {
            return;
        }
        Variables variables = environment.variables();
        YamlMap file = environment.files().postgresql();
        if (file.keys().isEmpty() && variables.find("postgresql_dbs").isEmpty()) {
            problems.add(file.place(), "is missing or empty; it names the databases that hold the blobs' metadata");
            return;
        }
        List<Database> databases = new ArrayList<>();
        if (file.keys().isEmpty()) {
            databases.addAll(OldPostgresList.read(variables, overrides, problems));
            settings.put("USE_PARTITIONED_DATABASE", databases.stream().anyMatch(Database::proxy));
        } else {
            PostgresFile postgres = new PostgresFile(file, variables, environment.inventory(), problems);
            databases.addAll(postgres.databases());
            settings.put("USE_PARTITIONED_DATABASE", postgres.partitioned());
        }
        Map<String, @Nullable Object> django = new LinkedHashMap<>();
        databases.forEach(database -> django.put(database.alias(), database.toDjango(host)));
        settings.put("DATABASES", django);
    }

    private static Map<String, @Nullable Object> mask(Map<?, ?> settings) {
        Map<String, @Nullable Object> masked = new LinkedHashMap<>();
        settings.forEach((key, value) -> {
            String name = String.valueOf(key);
            if (value instanceof Map<?, ?> map) {
                masked.put(name, mask(map));
            } else {
                boolean secret =
                        value instanceof String && SECRET_KEY.matcher(name).matches();
                masked.put(name, secret ? "********" : value);
            }
        });
        return masked;
    }

    @Override
    public String toString() {
        return Json.write(masked);
    }
}
