package org.cchq.migrate.run;

import java.util.LinkedHashMap;
import java.util.Map;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint to probe. Shows no secret.
 *
 * @param name to know the result by: new, old, 8080 ...
 * @param url as a person may see it
 * @param settings the keys of HQ's S3_BLOB_DB_SETTINGS, as JSON
 */
public record ProbeTarget(String name, String url, Secret settings) {
    /** An endpoint with HQ's settings: {@code S3_BLOB_DB_SETTINGS} or {@code OLD_S3_BLOB_DB_SETTINGS}. */
    public static ProbeTarget of(String name, Map<?, ?> settings) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        settings.forEach((key, value) -> copy.put(String.valueOf(key), value));
        Object url = settings.get("url");
        return new ProbeTarget(name, url == null ? "aws" : url.toString(), new Secret(Json.write(copy)));
    }

    /**
     * An endpoint with keys.
     *
     * @param signature as HQ names it: {@code s3} for version 2, {@code s3v4}
     */
    public static ProbeTarget of(
            String name, String url, String accessKey, Secret secretKey, String bucket, String signature) {
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        settings.put("url", url);
        settings.put("access_key", accessKey);
        settings.put("secret_key", secretKey.reveal());
        settings.put("s3_bucket", bucket);
        settings.put("config", Map.of("signature_version", signature));
        return of(name, settings);
    }

    /** The same endpoint at another address, or under another name. */
    public ProbeTarget at(String otherName, String otherUrl) throws UserException {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>(Json.readObject(settings.reveal(), name));
        copy.put("url", otherUrl);
        return of(otherName, copy);
    }
}
