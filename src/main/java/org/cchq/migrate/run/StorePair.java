package org.cchq.migrate.run;

import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.DjangoSettings;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * Both ends of a blob migration, as an agent names them in its {@code started} event and in its ledger: endpoint and
 * bucket, without keys. A job for another pair is no evidence for this one.
 *
 * @param source {@code s3 http://10.1.2.3:8080 bucket blobdb} or {@code file system /mnt/shared/blobdb}
 * @param target likewise
 */
public record StorePair(String source, String target) {
    /** Where HQ names no bucket. */
    private static final String DEFAULT_BUCKET = "blobdb";

    /** The ends of these settings; empty if they select no migration. */
    public static Optional<StorePair> of(DjangoSettings settings) throws UserException {
        Map<String, @Nullable Object> all = Json.readObject(settings.json().reveal(), "settings");
        if (!(all.get("S3_BLOB_DB_SETTINGS") instanceof Map<?, ?> target)) {
            return Optional.empty();
        }
        if (Boolean.TRUE.equals(all.get("BLOB_DB_MIGRATING_FROM_FS_TO_S3"))
                && all.get("SHARED_DRIVE_CONF") instanceof Map<?, ?> drive) {
            return Optional.of(new StorePair("file system " + drive.get("blob_dir"), s3(target)));
        }
        return Boolean.TRUE.equals(all.get("BLOB_DB_MIGRATING_FROM_S3_TO_S3"))
                        && all.get("OLD_S3_BLOB_DB_SETTINGS") instanceof Map<?, ?> source
                ? Optional.of(new StorePair(s3(source), s3(target)))
                : Optional.empty();
    }

    /** The same store as an end of a migration. */
    static String s3(Map<?, ?> store) {
        Object bucket = store.get("s3_bucket");
        return "s3 " + endpoint(store) + " bucket " + (bucket == null ? DEFAULT_BUCKET : bucket);
    }

    private static String endpoint(Map<?, ?> store) {
        if (store.get("url") instanceof String url && !url.isBlank()) {
            return url;
        }
        return store.get("config") instanceof Map<?, ?> config && config.get("region_name") instanceof String region
                ? "aws:" + region
                : "aws";
    }

    /** The other way round: as {@code copy-back} sees them. */
    public StorePair swapped() {
        return new StorePair(target, source);
    }
}
