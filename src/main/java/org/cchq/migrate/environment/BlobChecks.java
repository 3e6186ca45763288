package org.cchq.migrate.environment;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.inventory.Inventory;
import org.cchq.migrate.json.Json;

/** Checks across files of what a move of the blobs depends on: ports, regions, signatures, keys, leftovers. */
final class BlobChecks {
    private static final Pattern AMAZON =
            Pattern.compile("s3[.-](?:([a-z]{2}(?:-[a-z]+)+-\\d)\\.)?amazonaws\\.com(\\.cn)?");
    /** Regions from before 2014: they alone take signature version 2. */
    private static final Set<String> OLD_REGIONS = Set.of(
            "us-east-1",
            "us-west-1",
            "us-west-2",
            "eu-west-1",
            "ap-southeast-1",
            "ap-southeast-2",
            "ap-northeast-1",
            "sa-east-1");

    private static final String GLOBAL_REGION = "us-east-1";

    private final Environment environment;
    private final Variables variables;
    private final Inventory inventory;
    private final Remarks remarks;
    private final YamlMap flags;

    BlobChecks(Environment environment, Remarks remarks) {
        this.environment = environment;
        this.variables = environment.variables();
        this.inventory = environment.inventory();
        this.remarks = remarks;
        this.flags = variables.map("localsettings", new Problems());
    }

    void run() {
        sharedPorts();
        leftovers();
        Optional<String> json = settings();
        if (json.isEmpty()) {
            return; // told already
        }
        try {
            Map<String, ?> settings = Json.readObject(json.get(), "settings");
            stores(settings);
        } catch (UserException e) {
            throw new IllegalStateException("settings made here are no JSON", e);
        }
    }

    private Optional<String> settings() {
        try {
            Problems problems = new Problems();
            Map<String, ?> derived = new BlobSettings(environment, flags, problems).derive();
            return problems.isEmpty() ? Optional.of(Json.write(derived)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Riak CS listens on its host's address, nginx on all of them: on one host they cannot have the same port. */
    private void sharedPorts() {
        Problems ignored = new Problems();
        int riak = variables.number("riakcs_port", 1, 65_535, ignored).orElse(8080);
        int first = variables
                .number("riakcs_proxy_port_override", 1, 65_535, ignored)
                .orElse(riak);
        int second =
                variables.number("temp_riakcs_proxy_port", 1, 65_535, ignored).orElse(8081);
        if (variables
                .find("riakcs_proxy_bind_address")
                .filter(value -> !value.isNull())
                .isPresent()) {
            return;
        }
        Set<String> riakHosts = new TreeSet<>(inventory.groupHosts("riakcs"));
        riakHosts.addAll(inventory.groupHosts("riakcs_new"));
        boolean both = !inventory.groupHosts("riakcs_new").isEmpty();
        List<String> clashing = new ArrayList<>();
        for (String host : inventory.groupHosts("proxy")) {
            if (riakHosts.contains(host) && !riakHosts.isEmpty() && (riak == first || (both && riak == second))) {
                clashing.add(host);
            }
        }
        if (!clashing.isEmpty()) {
            remarks.error(
                    environment.files().shown(),
                    "host " + String.join(", ", clashing) + " is in group proxy and in riakcs: nginx and Riak CS would"
                            + " both listen on port " + riak
                            + "; give the proxy another host, or another port with riakcs_proxy_port_override");
        }
    }

    private void leftovers() {
        boolean prepared = !inventory.groupHosts("riakcs_new").isEmpty();
        boolean migrating = flags.has(BlobSettings.FROM_S3);
        if (prepared && flags.has("TEMP_RIAKCS_PROXY")) {
            remarks.note(
                    flags.placeOf("TEMP_RIAKCS_PROXY"),
                    "the temporary flip is on and the inventory still has riakcs_new: remove the group when every host has"
                            + " its new settings");
        } else if (prepared && !migrating) {
            remarks.note(
                    environment.files().shown(),
                    "the inventory has riakcs_new, and no migration is on: nothing is served from it yet");
        }
        for (String key : List.of("old_s3_blob_db_url", "old_s3_blob_db_s3_bucket", "old_s3_bulk_delete_chunksize")) {
            Optional<YamlValue> value = variables.find(key);
            if (!migrating && value.isPresent() && value.get().isNull()) {
                remarks.warn(
                        value.get().place(), "'" + key + "' is null; give it a value before a migration, or remove it");
            } else if (!migrating && value.isPresent()) {
                remarks.note(
                        value.get().place(),
                        "'" + key + "' is set, and no migration is on: a later one would take it for its own");
            }
        }
        for (String key : List.of("OLD_S3_BLOB_DB_ACCESS_KEY", "OLD_S3_BLOB_DB_SECRET_KEY")) {
            Optional<YamlValue> value = Secrets.find(variables.vault(), key, new Problems());
            if (!migrating && value.isPresent() && !value.get().isNull()) {
                remarks.note(
                        value.get().place(),
                        "'" + key + "' is left in the vault, and no migration is on: a later one would take it for its"
                                + " old store's key");
            }
        }
    }

    private void stores(Map<String, ?> settings) {
        Object target = settings.get(BlobSettings.NEW);
        Object source = settings.get(BlobSettings.OLD);
        if (target instanceof Map<?, ?> store) {
            store(store, "s3_blob_db_url", BlobSettings.NEW);
        }
        if (source instanceof Map<?, ?> store) {
            store(store, "old_s3_blob_db_url", BlobSettings.OLD);
        }
        if (target instanceof Map<?, ?> one && source instanceof Map<?, ?> other) {
            staleKeys(one, other);
        }
    }

    private void staleKeys(Map<?, ?> target, Map<?, ?> source) {
        boolean same = target.get("access_key") != null
                && Objects.equals(target.get("access_key"), source.get("access_key"))
                && Objects.equals(target.get("secret_key"), source.get("secret_key"));
        if (same && !Objects.equals(target.get("url"), source.get("url"))) {
            remarks.warn(
                    Secrets.find(variables.vault(), "OLD_S3_BLOB_DB_ACCESS_KEY", new Problems())
                            .map(YamlValue::place)
                            .orElse(flags.placeOf(BlobSettings.FROM_S3)),
                    "the old store's keys are the new store's: right only if both stores share their accounts; otherwise"
                            + " put the keys that the old store had into OLD_S3_BLOB_DB_ACCESS_KEY and"
                            + " OLD_S3_BLOB_DB_SECRET_KEY");
        }
    }

    private void store(Map<?, ?> store, String variable, String name) {
        String place = variables.find(variable).map(YamlValue::place).orElse(flags.placeOf(name));
        Optional<String> host = host(String.valueOf(store.get("url")));
        Matcher amazon = AMAZON.matcher(host.orElse(""));
        if (!amazon.matches()) {
            return;
        }
        String region = amazon.group(1) == null ? GLOBAL_REGION : amazon.group(1);
        Optional<String> wanted = variables.text("aws_region", new Problems());
        if (wanted.isPresent() && !wanted.get().equals(region)) {
            String right = "https://s3." + wanted.get() + ".amazonaws.com";
            if (amazon.group(1) == null) {
                remarks.error(
                        place,
                        "the store's url is the global one of Amazon, which answers 301 for a bucket outside "
                                + GLOBAL_REGION + ", and aws_region is " + wanted.get() + ": write " + right);
            } else {
                remarks.warn(
                        place,
                        "the store's url names region " + region + ", and aws_region is " + wanted.get()
                                + ": right only if the bucket is not where the site is, else write " + right);
            }
        }
        Object config = store.get("config");
        boolean v2 = config instanceof Map<?, ?> map && "s3".equals(map.get("signature_version"));
        if (v2 && !OLD_REGIONS.contains(region)) {
            remarks.error(
                    place,
                    "region " + region + " refuses signature version s3 (2): only "
                            + String.join(", ", new TreeSet<>(OLD_REGIONS))
                            + " take it; set "
                            + (name.equals(BlobSettings.NEW)
                                    ? "s3_signature_version: s3v4"
                                    : "localsettings.OLD_S3_BLOB_DB_SETTINGS with signature_version s3v4"));
        }
    }

    private static Optional<String> host(String url) {
        try {
            return Optional.ofNullable(new URI(url).getHost());
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
