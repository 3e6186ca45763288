package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * What a process of HQ takes from its localsettings.py, which Python itself runs, as it does for HQ.
 *
 * @param store {@code S3_BLOB_DB_SETTINGS}
 * @param old {@code OLD_S3_BLOB_DB_SETTINGS}, if {@code BLOB_DB_MIGRATING_FROM_S3_TO_S3} is true
 * @param partitions the databases with rows of blobs
 */
record SiteSettings(Store store, Optional<Store> old, List<Partition> partitions) {
    private static final String SCRIPT = """
            import json, runpy, sys
            names = ('S3_BLOB_DB_SETTINGS', 'OLD_S3_BLOB_DB_SETTINGS', 'BLOB_DB_MIGRATING_FROM_S3_TO_S3', 'DATABASES')
            found = runpy.run_path(sys.argv[1])
            json.dump({name: found[name] for name in names if name in found}, sys.stdout)
            """;

    /** One store. */
    record Store(URI url, String accessKey, String secretKey, String bucket, String signatureVersion) {
        private Store signedBy(String version) {
            return new Store(url, accessKey, secretKey, bucket, version);
        }

        @Override
        public String toString() {
            return url + "/" + bucket + " " + signatureVersion;
        }
    }

    /** A database and its range of shards. */
    record Partition(String alias, String url, String user, String password, int first, int last) {
        @Override
        public String toString() {
            return alias;
        }
    }

    SiteSettings {
        partitions = List.copyOf(partitions);
    }

    static SiteSettings read(Path python, Path file) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(python.toString(), "-I", "-c", SCRIPT, file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(file + " cannot be run by Python");
        }
        try {
            return of(Json.readObject(text, file.toString()));
        } catch (UserException e) {
            throw new IOException(e);
        }
    }

    private static SiteSettings of(Map<String, @Nullable Object> settings) {
        boolean migrating = Boolean.TRUE.equals(settings.get("BLOB_DB_MIGRATING_FROM_S3_TO_S3"));
        List<Partition> partitions = new ArrayList<>();
        map(settings, "DATABASES").forEach((alias, value) -> {
            if (value instanceof Map<?, ?> database
                    && database.get("PLPROXY") instanceof Map<?, ?> plproxy
                    && plproxy.get("SHARDS") instanceof List<?> shards) {
                partitions.add(new Partition(
                        alias,
                        "jdbc:postgresql://" + database.get("HOST") + ":" + database.get("PORT") + "/"
                                + database.get("NAME"),
                        String.valueOf(database.get("USER")),
                        String.valueOf(database.get("PASSWORD")),
                        ((Number) shards.get(0)).intValue(),
                        ((Number) shards.get(1)).intValue()));
            }
        });
        return new SiteSettings(
                store(map(settings, "S3_BLOB_DB_SETTINGS")),
                migrating ? Optional.of(store(map(settings, "OLD_S3_BLOB_DB_SETTINGS"))) : Optional.empty(),
                partitions);
    }

    /** The same, with requests signed as this version of boto is told to. */
    SiteSettings signedBy(String signatureVersion) {
        return new SiteSettings(
                store.signedBy(signatureVersion), old.map(one -> one.signedBy(signatureVersion)), partitions);
    }

    private static Store store(Map<String, @Nullable Object> settings) {
        Object version = map(settings, "config").getOrDefault("signature_version", "");
        return new Store(
                URI.create(text(settings, "url")),
                text(settings, "access_key"),
                text(settings, "secret_key"),
                text(settings, "s3_bucket"),
                String.valueOf(version));
    }

    private static String text(Map<String, @Nullable Object> settings, String name) {
        Object value = settings.get(name);
        if (value == null) {
            throw new IllegalArgumentException("localsettings.py has no " + name);
        }
        return value.toString();
    }

    private static Map<String, @Nullable Object> map(Map<String, @Nullable Object> settings, String name) {
        Map<String, @Nullable Object> found = new LinkedHashMap<>();
        if (settings.get(name) instanceof Map<?, ?> map) {
            map.forEach((key, value) -> found.put(String.valueOf(key), value));
        }
        return found;
    }

    /** The partition that holds the rows of this parent. */
    Partition partitionOf(String parentId) {
        int last = partitions.stream().mapToInt(Partition::last).max().orElseThrow();
        int shard = ParentShard.of(parentId, last + 1);
        return partitions.stream()
                .filter(one -> one.first <= shard && shard <= one.last)
                .findFirst()
                .orElseThrow();
    }
}
