package org.cchq.migrate.environment;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.cchq.migrate.base.Problems;

/** Which of commcare-cloud's known secrets stands in which part of vault.yml, and what variable it becomes. */
final class Secrets {
    private static final Map<String, String> NAMESPACES = Map.ofEntries(
            Map.entry("S3_ACCESS_KEY", "secrets"),
            Map.entry("S3_SECRET_KEY", "secrets"),
            Map.entry("RIAKCS_S3_ACCESS_KEY", "secrets"),
            Map.entry("RIAKCS_S3_SECRET_KEY", "secrets"),
            Map.entry("OLD_S3_BLOB_DB_ACCESS_KEY", "secrets"),
            Map.entry("OLD_S3_BLOB_DB_SECRET_KEY", "secrets"),
            Map.entry("POSTGRES_USERS", "secrets"),
            Map.entry("COUCH_USERNAME", "localsettings_private"),
            Map.entry("COUCH_PASSWORD", "localsettings_private"),
            Map.entry("REDIS_PASSWORD", "localsettings_private"),
            Map.entry("SECRET_KEY", "localsettings_private"));

    /** Secrets whose variable is the lower case of the name; the others keep it. */
    private static final String LOWER_CASED = "secrets";

    private Secrets() {}

    /** The secret of that name: in its namespace, else at the top of the vault. Present-but-null counts as found. */
    static Optional<YamlValue> find(YamlMap vault, String name, Problems problems) {
        Optional<YamlValue> inNamespace = Optional.ofNullable(NAMESPACES.get(name))
                .flatMap(namespace -> vault.map(namespace, problems).get(name));
        return inNamespace.isPresent() ? inNamespace : vault.get(name);
    }

    /**
     * The variables that commcare-cloud generates for the known secrets: {@code s3_access_key}, {@code COUCH_USERNAME}. A
     * secret that the vault lacks is null, as there.
     */
    static Map<String, YamlValue> variables(YamlMap vault, Problems problems) {
        Map<String, YamlValue> variables = new TreeMap<>();
        NAMESPACES.forEach((name, namespace) -> {
            String variable = namespace.equals(LOWER_CASED) ? name.toLowerCase(Locale.ROOT) : name;
            YamlValue absent = new YamlValue.Scalar(vault.place(), null, false);
            variables.put(variable, find(vault, name, problems).orElse(absent));
        });
        return variables;
    }
}
