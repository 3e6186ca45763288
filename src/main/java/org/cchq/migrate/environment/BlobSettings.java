package org.cchq.migrate.environment;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.inventory.Inventory;
import org.jspecify.annotations.Nullable;

/**
 * The blob part of localsettings.py. Two profiles: P2019-06, cluster to cluster (or from a cluster to an external store),
 * where a {@code riakcs} group stands behind the proxy and most values have defaults; and P2026, external stores only,
 * where url and bucket are written out. Booleans whose mere presence counted in the original must be true or absent here.
 */
final class BlobSettings {
    static final String NEW = "S3_BLOB_DB_SETTINGS";
    static final String OLD = "OLD_S3_BLOB_DB_SETTINGS";
    static final String FROM_S3 = "BLOB_DB_MIGRATING_FROM_S3_TO_S3";
    static final String FROM_FILES = "BLOB_DB_MIGRATING_FROM_FS_TO_S3";
    static final String SHARED = "SHARED_DRIVE_CONF";

    private static final String TEMPORARY = "TEMP_RIAKCS_PROXY";
    private static final int PROXY_PORT = 8080;
    private static final int NEW_PROXY_PORT = 8081;
    private static final int CHUNK = 1000;

    private final Environment environment;
    private final Variables variables;
    private final Inventory inventory;
    private final YamlMap overrides;
    private final Problems problems;
    private final boolean cluster;
    private final boolean fromS3;
    private final boolean fromFiles;

    /** @param overrides the {@code localsettings} map */
    BlobSettings(Environment environment, YamlMap overrides, Problems problems) {
        this.environment = environment;
        this.variables = environment.variables();
        this.inventory = environment.inventory();
        this.overrides = overrides;
        this.problems = problems;
        this.cluster = !inventory.groupHosts("riakcs").isEmpty();
        this.fromS3 = presence(FROM_S3);
        this.fromFiles = presence(FROM_FILES);
    }

    /** The settings by name, in the order of localsettings.py; without S3 settings if HQ would use the file system. */
    Map<String, @Nullable Object> derive() {
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        if (variables.find("riakcs_proxy_port").isPresent()) {
            problems.add(
                    variables.placeOf("riakcs_proxy_port"),
                    "'riakcs_proxy_port' would move port 8081 too; set 'riakcs_proxy_port_override'");
        }
        checkFlags();
        if (!enabled()) {
            return settings;
        }
        settings.put(NEW, overrides.has(NEW) ? overridden(NEW) : newStore());
        if (fromS3) {
            settings.put(OLD, overrides.has(OLD) ? overridden(OLD) : oldStore());
            settings.put(FROM_S3, true);
            refuseSameStore(settings);
        }
        if (fromFiles) {
            settings.put(FROM_FILES, true);
            settings.put(
                    SHARED,
                    overrides.has(SHARED)
                            ? overridden(SHARED)
                            : Map.of("blob_dir", environment.sharedDirectory() + "/blobdb"));
        }
        return settings;
    }

    private boolean presence(String flag) {
        Optional<YamlValue> value = overrides.get(flag);
        if (value.isEmpty()) {
            return false;
        }
        if (!Objects.equals(variables.resolve(flag, value.get(), new Problems()), true)) {
            problems.add(
                    value.get().place(),
                    "'" + flag + "' is present but is not True; its presence alone turns part of it on: write True, or"
                            + " remove the line");
        }
        return true;
    }

    private void checkFlags() {
        boolean temporary = presence(TEMPORARY);
        if (fromS3 && fromFiles) {
            problems.add(
                    overrides.placeOf(FROM_FILES),
                    "'" + FROM_FILES + "' and '" + FROM_S3
                            + "' are both set; a site migrates from one store at a time");
        }
        if (fromS3 && temporary) {
            problems.add(
                    overrides.placeOf(TEMPORARY),
                    "'" + TEMPORARY + "' and '" + FROM_S3 + "' are both set; remove '" + FROM_S3
                            + "' at the temporary flip");
        }
    }

    private boolean enabled() {
        if (overrides.has(NEW)) {
            return true;
        }
        boolean enabled = variables.flag("s3_blob_db_enabled", problems).orElse(cluster);
        if (!enabled && (fromS3 || fromFiles)) {
            problems.add(
                    overrides.placeOf(fromS3 ? FROM_S3 : FROM_FILES),
                    "a migration is on, but there is no S3 store to migrate to: set s3_blob_db_enabled, s3_blob_db_url"
                            + " and s3_blob_db_s3_bucket in public.yml, or give the inventory groups riakcs and"
                            + " riakcs_new");
        }
        return enabled;
    }

    private Map<String, @Nullable Object> newStore() {
        StoreKeys keys = new StoreKeys(variables, cluster, problems);
        Optional<String> url = setting("s3_blob_db_url")
                .or(() -> proxyUrl("s3_blob_db_url", fromS3 ? newProxyPort() : Optional.of(proxyPort())));
        Map<String, @Nullable Object> store = new LinkedHashMap<>();
        store.put("url", url.map(text -> checkUrl("s3_blob_db_url", text)).orElse(""));
        store.put("access_key", keys.current("ACCESS_KEY"));
        store.put("secret_key", keys.current("SECRET_KEY"));
        store.put("s3_bucket", bucket("s3_blob_db_s3_bucket"));
        store.put("bulk_delete_chunksize", chunkSize("s3_bulk_delete_chunksize"));
        store.put("config", newConfig());
        keys.refuseHalfPair(store, "S3 keys of the new store");
        return store;
    }

    private Map<String, @Nullable Object> oldStore() {
        StoreKeys keys = new StoreKeys(variables, cluster, problems);
        Optional<String> url =
                setting("old_s3_blob_db_url").or(() -> proxyUrl("old_s3_blob_db_url", Optional.of(proxyPort())));
        Map<String, @Nullable Object> store = new LinkedHashMap<>();
        store.put("url", url.map(text -> checkUrl("old_s3_blob_db_url", text)).orElse(""));
        store.put("access_key", keys.old("ACCESS_KEY"));
        store.put("secret_key", keys.old("SECRET_KEY"));
        store.put("s3_bucket", bucket("old_s3_blob_db_s3_bucket"));
        boolean own = cluster || variables.find("old_s3_bulk_delete_chunksize").isPresent();
        store.put(
                "bulk_delete_chunksize", chunkSize(own ? "old_s3_bulk_delete_chunksize" : "s3_bulk_delete_chunksize"));
        store.put("config", Map.of("signature_version", cluster ? "s3" : "s3v4"));
        keys.refuseHalfPair(store, "S3 keys of the old store");
        return store;
    }

    private Map<String, Object> newConfig() {
        Map<String, Object> config = new LinkedHashMap<>();
        String signature = variables.text("s3_signature_version", problems).orElse(cluster ? "s3" : "s3v4");
        if (!List.of("s3", "s3v4").contains(signature)) {
            problems.add(variables.placeOf("s3_signature_version"), "'s3_signature_version' must be s3 or s3v4");
        } else if (!cluster && signature.equals("s3")) {
            problems.add(
                    variables.placeOf("s3_signature_version"),
                    "'s3_signature_version: s3' has no effect without a riakcs group: HQ then signs with s3v4; remove"
                            + " the line");
        }
        config.put("signature_version", signature);
        variables
                .number("s3_blob_db_max_pool_connections", 1, 10_000, problems)
                .ifPresent(most -> config.put("max_pool_connections", most));
        return config;
    }

    /** A value that is set; null counts as not set, but not quietly for the old store. */
    private Optional<String> setting(String name) {
        Optional<YamlValue> value = variables.find(name);
        if (value.isPresent() && value.get().isNull() && (name.startsWith("old_") || !cluster)) {
            problems.add(
                    value.get().place(), "'" + name + "' is null; give it a value" + (cluster ? ", or remove it" : ""));
            return Optional.of("");
        }
        return value.isPresent() && !value.get().isNull()
                ? Optional.of(variables.text(name, problems).orElse(""))
                : Optional.empty();
    }

    private Optional<String> proxyUrl(String name, Optional<Integer> port) {
        List<String> proxies = inventory.groupHosts("proxy");
        if (!cluster || proxies.isEmpty()) {
            problems.add(
                    variables.placeOf(name),
                    "'" + name + "' is needed and cannot be derived: "
                            + (cluster ? "the inventory has no proxy host" : "there is no riakcs group behind a proxy")
                            + "; set it in public.yml");
            return Optional.empty();
        }
        if (inventory.orderIsArbitrary("proxy")) {
            problems.add(
                    variables.placeOf(name),
                    "'" + name + "' would name the first host of group 'proxy', which has no defined order; set it");
        }
        String proxy = proxies.get(0);
        String host = proxy.contains(":") ? "[" + proxy + "]" : proxy;
        return port.map(number -> "http://" + host + ":" + number);
    }

    private int proxyPort() {
        return variables
                .number("riakcs_proxy_port_override", 1, 65_535, problems)
                .or(() -> variables.number("riakcs_port", 1, 65_535, problems))
                .orElse(PROXY_PORT);
    }

    private Optional<Integer> newProxyPort() {
        if (inventory.groupHosts("riakcs_new").isEmpty()) {
            problems.add(
                    overrides.placeOf(FROM_S3),
                    "'" + FROM_S3 + "' is on without a target: the inventory has no group riakcs_new, and"
                            + " s3_blob_db_url is not set; nothing would listen on port " + NEW_PROXY_PORT);
            return Optional.empty();
        }
        return Optional.of(
                variables.number("temp_riakcs_proxy_port", 1, 65_535, problems).orElse(NEW_PROXY_PORT));
    }

    private String bucket(String name) {
        Optional<String> bucket = setting(name);
        if (bucket.isEmpty() && !cluster) {
            problems.add(variables.placeOf(name), "'" + name + "' is not set; name the bucket in public.yml");
        }
        bucket.filter(text -> !text.isEmpty() && !text.matches("[A-Za-z0-9][A-Za-z0-9._-]{1,254}"))
                .ifPresent(text -> problems.add(
                        variables.placeOf(name),
                        "'" + name + "' is not a bucket name: letters, digits, dots and dashes, without a slash"));
        return bucket.orElse("blobdb");
    }

    private int chunkSize(String name) {
        Optional<YamlValue> value = variables.find(name);
        if (value.isPresent() && value.get().isNull()) {
            problems.add(value.get().place(), "'" + name + "' is null; give it a number, or remove it for " + CHUNK);
        }
        return variables.number(name, 1, CHUNK, problems).orElse(CHUNK);
    }

    private String checkUrl(String name, String url) {
        if (url.isEmpty()) {
            return url;
        }
        try {
            URI uri = new URI(url);
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            boolean bare = (uri.getRawPath() == null || uri.getRawPath().matches("/?"))
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null;
            if (uri.getRawUserInfo() != null) {
                problems.add(variables.placeOf(name), "'" + name + "' holds a user name; keys belong into vault.yml");
            } else if (!web || !bare || uri.getRawAuthority() == null) {
                problems.add(
                        variables.placeOf(name),
                        "'" + name + "' must be http://HOST[:PORT] or https://HOST[:PORT], without path");
            }
        } catch (URISyntaxException e) {
            problems.add(variables.placeOf(name), "'" + name + "' is not a URL: " + e.getReason());
        }
        return url;
    }

    private @Nullable Object overridden(String name) {
        YamlValue value = overrides.get(name).orElseThrow();
        if (!(value instanceof YamlMap)) {
            problems.add(value.place(), "'localsettings." + name + "' must be a mapping, as in localsettings.py");
        }
        return variables.resolve("localsettings." + name, value, problems);
    }

    private void refuseSameStore(Map<String, @Nullable Object> settings) {
        if (settings.get(NEW) instanceof Map<?, ?> target
                && settings.get(OLD) instanceof Map<?, ?> source
                && !"".equals(target.get("url"))
                && Objects.equals(target.get("url"), source.get("url"))
                && Objects.equals(target.get("s3_bucket"), source.get("s3_bucket"))) {
            problems.add(
                    overrides.placeOf(FROM_S3),
                    "'" + FROM_S3 + "' is on, but old and new store are the same url and bucket");
        }
    }
}
