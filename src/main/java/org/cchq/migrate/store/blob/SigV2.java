package org.cchq.migrate.store.blob;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/**
 * Amazon's Signature Version 2 for S3 (botocore's {@code s3}): HMAC-SHA1 over method, Content-MD5, Content-Type, date,
 * {@code x-amz-} headers and the resource as sent. Neither host nor body are signed.
 */
final class SigV2 implements RequestSigner {
    /** Query parameters that are part of the resource; others are not signed. */
    private static final Set<String> SIGNED_PARAMETERS = Set.of(
            "acl",
            "cors",
            "delete",
            "lifecycle",
            "location",
            "logging",
            "notification",
            "partNumber",
            "policy",
            "requestPayment",
            "response-cache-control",
            "response-content-disposition",
            "response-content-encoding",
            "response-content-language",
            "response-content-type",
            "response-expires",
            "restore",
            "tagging",
            "torrent",
            "uploadId",
            "uploads",
            "versionId",
            "versioning",
            "versions",
            "website");

    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final InstantSource clock;

    SigV2(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void sign(S3Request request, String hostHeader, AwsCredentialsIdentity credentials, StringBuilder head) {
        String date = date();
        TreeMap<String, String> amz = new TreeMap<>();
        if (credentials instanceof AwsSessionCredentialsIdentity session) {
            amz.put("x-amz-security-token", session.sessionToken());
            head.append("x-amz-security-token: ").append(session.sessionToken()).append("\r\n");
        }
        TreeMap<String, String> parameters = new TreeMap<>();
        if (!request.query().isEmpty()) {
            for (String pair : request.query().split("&", -1)) {
                int equals = pair.indexOf('=');
                parameters.put(
                        equals < 0 ? pair : pair.substring(0, equals),
                        equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        String text =
                stringToSign(request.method(), request.contentMd5(), "", date, amz, request.resource(), parameters);
        head.append("Date: ")
                .append(date)
                .append("\r\nAuthorization: ")
                .append(authorization(credentials, text))
                .append("\r\n");
    }

    /** The date header's value for now. */
    String date() {
        return DATE.format(clock.instant());
    }

    /**
     * The text that is signed.
     *
     * @param date value of the Date header, "" if there is an {@code x-amz-date} header
     * @param amzHeaders lower-case names and values of all {@code x-amz-} headers
     * @param resource {@code /bucket/key} as sent
     * @param parameters names to values (not encoded in what is signed); "" for a parameter without value
     */
    static String stringToSign(
            String method,
            String contentMd5,
            String contentType,
            String date,
            SortedMap<String, String> amzHeaders,
            String resource,
            SortedMap<String, String> parameters) {
        StringBuilder text = new StringBuilder(256)
                .append(method)
                .append('\n')
                .append(contentMd5)
                .append('\n')
                .append(contentType)
                .append('\n')
                .append(date)
                .append('\n');
        amzHeaders.forEach((name, value) ->
                text.append(name).append(':').append(value.strip()).append('\n'));
        text.append(resource);
        StringJoiner signed = new StringJoiner("&", "?", "").setEmptyValue("");
        parameters.forEach((name, value) -> {
            if (SIGNED_PARAMETERS.contains(name)) {
                signed.add(value.isEmpty() ? name : name + "=" + value);
            }
        });
        return text.append(signed).toString();
    }

    /** The Authorization header's value. */
    static String authorization(AwsCredentialsIdentity credentials, String stringToSign) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(credentials.secretAccessKey().getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            byte[] signature = mac.doFinal(stringToSign.getBytes(StandardCharsets.UTF_8));
            return "AWS " + credentials.accessKeyId() + ":"
                    + Base64.getEncoder().encodeToString(signature);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA1", e);
        }
    }
}
