package org.cchq.migrate.environment;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.cchq.migrate.base.Problems;
import org.jspecify.annotations.Nullable;

/**
 * Finds access and secret keys of a store in the vault. New store: {@code RIAKCS_S3_*} in the profile of 2019-06,
 * {@code S3_*} since 2019-09; a cluster may use either. Old store: {@code OLD_S3_BLOB_DB_*}. An explicit null means the
 * host's own role, and is for external stores only.
 */
final class StoreKeys {
    private final Variables variables;
    private final boolean cluster;
    private final Problems problems;
    private boolean reported;

    StoreKeys(Variables variables, boolean cluster, Problems problems) {
        this.variables = variables;
        this.cluster = cluster;
        this.problems = problems;
    }

    /** @param part {@code ACCESS_KEY} or {@code SECRET_KEY} */
    @Nullable
    String current(String part) {
        String name = "S3_" + part;
        String legacy = "RIAKCS_S3_" + part;
        if (!cluster) {
            return key(name, find(name));
        }
        Optional<YamlValue> found = find(legacy);
        Optional<YamlValue> renamed = find(name);
        if (found.isPresent() && renamed.isPresent() && differ(found.get(), renamed.get())) {
            report(
                    renamed.get().place(),
                    "'" + name + "' and '" + legacy + "' differ; both name the new store's key: remove the stale one");
        }
        return found.isPresent() ? key(legacy, found) : key(renamed.isPresent() ? name : legacy, renamed);
    }

    /** @param part {@code ACCESS_KEY} or {@code SECRET_KEY} */
    @Nullable
    String old(String part) {
        String name = "OLD_S3_BLOB_DB_" + part;
        return key(name, find(name));
    }

    /** Both keys or none: one without the other signs nothing. */
    void refuseHalfPair(Map<String, @Nullable Object> store, String what) {
        if (!reported && (store.get("access_key") == null) != (store.get("secret_key") == null)) {
            problems.add(variables.vault().place(), what + ": one of the two is null; set both, or neither");
        }
    }

    private Optional<YamlValue> find(String name) {
        return Secrets.find(variables.vault(), name, problems).or(() -> variables.find(name.toLowerCase(Locale.ROOT)));
    }

    private @Nullable String key(String name, Optional<YamlValue> value) {
        if (value.isEmpty()) {
            report(
                    fileOf(variables.vault()),
                    "secrets." + name + " is missing"
                            + (cluster ? "" : "; add it, or set it to null to use the role of the host"));
            return null;
        }
        Problems found = new Problems();
        @Nullable Object key = variables.resolve(name, value.get(), found);
        if (!found.isEmpty()) {
            problems.addAll(found);
            reported = true;
            return null;
        }
        if (key instanceof String text && !text.isBlank()) {
            if (!text.strip().equals(text)) {
                report(value.get().place(), "'" + name + "' has white space around it");
            }
            return text;
        }
        if (key != null && !(key instanceof String)) {
            report(value.get().place(), "'" + name + "' is not text; put it between quotes, or digits may be lost");
        } else if (cluster) {
            report(value.get().place(), "'" + name + "' is empty; a cluster needs its keys written out");
        }
        return null;
    }

    private boolean differ(YamlValue one, YamlValue other) {
        Problems reportedElsewhere = new Problems();
        return !Objects.equals(
                variables.resolve("key", one, reportedElsewhere), variables.resolve("key", other, reportedElsewhere));
    }

    private void report(String place, String what) {
        reported = true;
        problems.add(place, what);
    }

    private static String fileOf(YamlMap map) {
        return map.place().replaceFirst(":\\d+$", "");
    }
}
