package org.cchq.migrate.stage;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.YamlLayout;
import org.cchq.migrate.inventory.Inventory;
import org.jspecify.annotations.Nullable;

/**
 * What the files of an environment say about where its blobs are, taken as written.
 *
 * @param inventory with the groups riakcs, riakcs_new, stanchion and stanchion_new
 * @param top the top-level keys of public.yml
 * @param settings the mapping {@code localsettings} of it
 * @param record migrations/blobs.yml; empty if it is not there
 */
record BlobFacts(
        Inventory inventory,
        Map<String, @Nullable Object> top,
        Map<String, @Nullable Object> settings,
        Optional<MigrationRecord> record) {
    static final String MIGRATING = "BLOB_DB_MIGRATING_FROM_S3_TO_S3";
    static final String TEMPORARY = "TEMP_RIAKCS_PROXY";

    static BlobFacts of(Environment environment) throws UserException {
        String shown = "environments/" + environment.name() + "/";
        return of(
                environment.inventory(),
                environment.fileText("public.yml").orElse(""),
                environment.fileText(MigrationRecord.FILE),
                shown);
    }

    static BlobFacts of(Inventory inventory, String publicText, Optional<String> recordText, String shown)
            throws UserException {
        Map<String, @Nullable Object> top = YamlLayout.values(publicText, shown + "public.yml");
        Optional<MigrationRecord> record = recordText.isEmpty()
                ? Optional.empty()
                : Optional.of(MigrationRecord.read(recordText.get(), shown + MigrationRecord.FILE));
        return new BlobFacts(inventory, top, map(top.get("localsettings")), record);
    }

    /** Presence counts, as in the nginx sites; a value other than True is reported by the environment's readers. */
    boolean flag(String name) {
        return settings.containsKey(name);
    }

    List<String> hosts(String group) {
        return inventory.groupHosts(group);
    }

    /** A top-level text as written, expressions unevaluated. */
    Optional<String> text(String key) {
        return Optional.ofNullable(top.get(key)).map(Object::toString).filter(value -> !value.isBlank());
    }

    /** True if blobs go to a store that is written out: not through ports of the proxy. */
    boolean namesStore() {
        return text("s3_blob_db_url").isPresent() || settings.containsKey("S3_BLOB_DB_SETTINGS");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, @Nullable Object> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of();
    }
}
