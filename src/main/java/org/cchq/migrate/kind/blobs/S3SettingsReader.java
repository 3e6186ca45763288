package org.cchq.migrate.kind.blobs;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.hq.SettingsObject;
import org.cchq.migrate.store.blob.S3Settings;

/**
 * Reads {@code S3_BLOB_DB_SETTINGS} or {@code OLD_S3_BLOB_DB_SETTINGS}:
 *
 * <pre>{"url": "http://10.0.0.5:8081", "access_key": "N", "secret_key": "n", "s3_bucket": "blobdb",
 *  "bulk_delete_chunksize": 1000, "config": {"signature_version": "s3", "connect_timeout": 3}}</pre>
 *
 * {@code config} holds keyword arguments of botocore's {@code Config}.
 */
final class S3SettingsReader {
    static final Set<String> KEYS =
            Set.of("url", "access_key", "secret_key", "s3_bucket", "bulk_delete_chunksize", "config");

    static final Set<String> CONFIG_KEYS =
            Set.of("connect_timeout", "read_timeout", "signature_version", "max_pool_connections", "region_name", "s3");

    /** Other arguments of botocore's Config: they mean something to HQ, and nothing here. */
    private static final Set<String> OTHER_CONFIG_KEYS = Set.of(
            "account_id_endpoint_mode",
            "auth_scheme_preference",
            "client_cert",
            "client_context_params",
            "defaults_mode",
            "disable_request_compression",
            "endpoint_discovery_enabled",
            "ignore_configured_endpoint_urls",
            "inject_host_prefix",
            "parameter_validation",
            "proxies",
            "proxies_config",
            "request_checksum_calculation",
            "request_min_compression_size_bytes",
            "response_checksum_validation",
            "retries",
            "sigv4a_signing_region_set",
            "tcp_keepalive",
            "use_dualstack_endpoint",
            "use_fips_endpoint",
            "user_agent",
            "user_agent_appid",
            "user_agent_extra");

    private static final Set<String> OTHER_S3_KEYS = Set.of(
            "payload_signing_enabled",
            "us_east_1_regional_endpoint",
            "use_accelerate_endpoint",
            "use_arn_region",
            "use_expect_continue");

    private final Problems problems;
    private final List<String> warnings;

    /** @param warnings to which settings are added that are known and have no effect here */
    S3SettingsReader(Problems problems, List<String> warnings) {
        this.problems = problems;
        this.warnings = warnings;
    }

    S3Settings read(SettingsObject settings) {
        settings.onlyKeys(KEYS);
        Optional<String> url = settings.textOrNull("url");
        if (url.isPresent() && url.get().isBlank()) {
            settings.problem("url", "is empty; name the endpoint, or leave the key out for Amazon's own endpoints");
        }
        Optional<String> bucket = settings.text("s3_bucket");
        settings.wholeNumber("bulk_delete_chunksize", 1, 1000);
        Optional<SettingsObject> config = settings.object("config");
        config.ifPresent(this::checkConfigKeys);
        S3Settings read = new S3Settings(
                url,
                settings.textOrNull("access_key"),
                settings.textOrNull("secret_key").map(Secret::new),
                bucket.orElse(S3Settings.DEFAULT_BUCKET),
                config.flatMap(this::signature).orElse(S3Settings.Signature.V4),
                config.flatMap(found -> found.text("region_name")),
                config.flatMap(found -> found.object("s3"))
                        .flatMap(this::addressing)
                        .orElse(S3Settings.Addressing.AUTO),
                config.flatMap(found -> duration(found, "connect_timeout")).orElse(S3Settings.DEFAULT_CONNECT_TIMEOUT),
                config.flatMap(found -> duration(found, "read_timeout")).orElse(S3Settings.DEFAULT_READ_TIMEOUT));
        read.check(settings.path(), problems);
        return read;
    }

    private void checkConfigKeys(SettingsObject config) {
        for (String key : config.keys()) {
            if (OTHER_CONFIG_KEYS.contains(key)) {
                warnings.add(config.path(key) + ": has no effect here");
            } else if (!CONFIG_KEYS.contains(key)) {
                config.problem(key, SettingsObject.unknown(key, CONFIG_KEYS));
            }
        }
        config.wholeNumber("max_pool_connections", 1, 10_000);
    }

    private Optional<S3Settings.Signature> signature(SettingsObject config) {
        return config.text("signature_version").flatMap(version -> switch (version) {
            case "s3" -> Optional.of(S3Settings.Signature.V2);
            case "s3v4" -> Optional.of(S3Settings.Signature.V4);
            default -> {
                config.problem("signature_version", "must be 's3' (version 2) or 's3v4', found '" + version + "'");
                yield Optional.empty();
            }
        });
    }

    private Optional<S3Settings.Addressing> addressing(SettingsObject s3) {
        for (String key : s3.keys()) {
            if (OTHER_S3_KEYS.contains(key)) {
                warnings.add(s3.path(key) + ": has no effect here");
            } else if (!key.equals("addressing_style")) {
                s3.problem(key, SettingsObject.unknown(key, Set.of("addressing_style")));
            }
        }
        return s3.text("addressing_style").flatMap(style -> switch (style) {
            case "auto" -> Optional.of(S3Settings.Addressing.AUTO);
            case "path" -> Optional.of(S3Settings.Addressing.PATH);
            case "virtual" -> Optional.of(S3Settings.Addressing.VIRTUAL);
            default -> {
                s3.problem("addressing_style", "must be 'auto', 'path' or 'virtual', found '" + style + "'");
                yield Optional.empty();
            }
        });
    }

    private static Optional<Duration> duration(SettingsObject config, String key) {
        return config.seconds(key).map(seconds -> Duration.ofMillis(Math.max(1, Math.round(seconds * 1000))));
    }
}
