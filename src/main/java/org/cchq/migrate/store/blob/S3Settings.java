package org.cchq.migrate.store.blob;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.Secret;

/**
 * Where blobs are and how to ask for them: the values of HQ's {@code S3_BLOB_DB_SETTINGS}. No default of the machine
 * (environment, profile files) enters where a value is given here.
 *
 * @param url endpoint, {@code http://10.1.2.3:8080}; empty for Amazon's own endpoints
 * @param accessKey empty, like {@code secretKey}, for the credentials of the machine (EC2 role and so on)
 * @param secretKey given exactly if {@code accessKey} is
 * @param bucket the one bucket that holds everything
 * @param signature how requests are signed ({@code config.signature_version})
 * @param region what version 4 signs for; empty for what the URL tells, else {@code us-east-1}, as HQ's client does
 * @param addressing where the bucket's name goes ({@code config.s3.addressing_style})
 * @param connectTimeout for one attempt to connect to one address ({@code config.connect_timeout})
 * @param readTimeout for each single read or write, not for a whole request ({@code config.read_timeout})
 */
public record S3Settings(
        Optional<String> url,
        Optional<String> accessKey,
        Optional<Secret> secretKey,
        String bucket,
        Signature signature,
        Optional<String> region,
        Addressing addressing,
        Duration connectTimeout,
        Duration readTimeout) {
    /** Where HQ names no other. */
    public static final String DEFAULT_BUCKET = "blobdb";

    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);
    public static final Duration DEFAULT_READ_TIMEOUT = Duration.ofSeconds(30);

    /** Version of Amazon's request signature. */
    public enum Signature {
        /** botocore's {@code s3v4}. */
        V4,
        /** botocore's {@code s3}: HMAC-SHA1, for Riak CS. */
        V2
    }

    /** How the bucket is named in a request. */
    public enum Addressing {
        /** As HQ: in the path where a URL is given, else in the host name. */
        AUTO,
        PATH,
        VIRTUAL
    }

    public S3Settings {
        url = url.filter(value -> !value.isBlank());
        accessKey = accessKey.filter(value -> !value.isEmpty());
        secretKey = secretKey.filter(value -> !value.isEmpty());
        region = region.filter(value -> !value.isBlank());
        Objects.requireNonNull(bucket);
        Objects.requireNonNull(signature);
        Objects.requireNonNull(addressing);
        Objects.requireNonNull(connectTimeout);
        Objects.requireNonNull(readTimeout);
    }

    /** An endpoint with keys; the rest as HQ has it when its settings are silent. */
    public static S3Settings of(String url, String accessKey, Secret secretKey, String bucket) {
        return new S3Settings(
                Optional.of(url),
                Optional.of(accessKey),
                Optional.of(secretKey),
                bucket,
                Signature.V4,
                Optional.empty(),
                Addressing.AUTO,
                DEFAULT_CONNECT_TIMEOUT,
                DEFAULT_READ_TIMEOUT);
    }

    /** The same with another signature version. */
    public S3Settings withSignature(Signature version) {
        return new S3Settings(
                url, accessKey, secretKey, bucket, version, region, addressing, connectTimeout, readTimeout);
    }

    /** The same with other time limits. */
    public S3Settings withTimeouts(Duration connect, Duration read) {
        return new S3Settings(url, accessKey, secretKey, bucket, signature, region, addressing, connect, read);
    }

    /**
     * Adds everything that is wrong with these settings; {@link S3BlobStore#open} takes only settings without problems.
     *
     * @param place the name of the setting, {@code S3_BLOB_DB_SETTINGS}
     */
    public void check(String place, Problems problems) {
        url.ifPresent(value -> checkUrl(place + ".url", value, problems));
        if (accessKey.isPresent() != secretKey.isPresent()) {
            problems.add(
                    place,
                    accessKey.isPresent()
                            ? "has an access_key but no secret_key; give both, or neither to use the role of the machine"
                            : "has a secret_key but no access_key; give both, or neither to use the role of the machine");
        }
        if (!bucket.matches("[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")) {
            problems.add(
                    place + ".s3_bucket",
                    "'" + bucket + "' is no bucket name: 3 to 255 letters, digits, dots, dashes, underscores");
        }
        accessKey
                .filter(value -> !value.chars().allMatch(c -> c > ' ' && c < 127))
                .ifPresent(value -> problems.add(
                        place + ".access_key", "holds spaces or characters that no HTTP header can carry"));
        region.filter(value -> !value.matches("[a-zA-Z0-9-]{1,64}"))
                .ifPresent(value ->
                        problems.add(place + ".config.region_name", "'" + value + "' is no region; like us-east-1"));
        checkTimeout(place + ".config.connect_timeout", connectTimeout, problems);
        checkTimeout(place + ".config.read_timeout", readTimeout, problems);
    }

    /** Whether connections use TLS; Amazon's own endpoints do. */
    boolean overTls() {
        return url.map(value -> value.toLowerCase(Locale.ROOT).startsWith("https:"))
                .orElse(true);
    }

    /** Whether the other names the same endpoint and account, so that one request may name both buckets. */
    boolean sameAccount(S3Settings other) {
        return url.equals(other.url)
                && accessKey.equals(other.accessKey)
                && secretKey.equals(other.secretKey)
                && region.equals(other.region);
    }

    private static void checkTimeout(String place, Duration value, Problems problems) {
        if (value.toMillis() < 1 || value.toMillis() > Integer.MAX_VALUE) {
            problems.add(place, value.toMillis() + " ms is no usable time limit; give seconds above 0");
        }
    }

    private static void checkUrl(String place, String value, Problems problems) {
        URI uri;
        try {
            uri = new URI(value);
        } catch (URISyntaxException e) {
            problems.add(
                    place, "'" + withoutUser(value) + "' is no URL (" + e.getReason() + "); like http://10.1.2.3:8080");
            return;
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            problems.add(place, "'" + withoutUser(value) + "' must begin with http:// or https://");
        } else if (uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > 65535) {
            problems.add(place, "'" + withoutUser(value) + "' names no host and port; like http://10.1.2.3:8080");
        }
        if (uri.getRawUserInfo() != null) {
            problems.add(place, "must not hold a user or password; use access_key and secret_key");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            problems.add(place, "'" + withoutUser(value) + "' must not have a query or fragment");
        }
    }

    private static String withoutUser(String url) {
        int at = url.lastIndexOf('@');
        return at < 0 ? url : "..." + url.substring(at);
    }
}
