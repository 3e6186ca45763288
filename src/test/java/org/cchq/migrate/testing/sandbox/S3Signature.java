package org.cchq.migrate.testing.sandbox;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** How a request is signed, under the names that boto has for it in HQ's {@code signature_version}. */
enum S3Signature {
    /** {@code s3}: version 2, as Riak CS knows it. Does not cover the Host header. */
    V2 {
        @Override
        Map<String, String> headers(Signed request, String accessKey, String secretKey) {
            String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
            String text =
                    request.method + "\n\n\n\nx-amz-date:" + date + "\n" + request.path + subresource(request.query);
            String signature = Base64.getEncoder()
                    .encodeToString(hmac("HmacSHA1", secretKey.getBytes(StandardCharsets.UTF_8), text));
            return Map.of("x-amz-date", date, "Authorization", "AWS " + accessKey + ":" + signature);
        }
    },

    /** {@code s3v4}: version 4 for us-east-1, which covers the Host header with its port and the body. */
    V4 {
        @Override
        Map<String, String> headers(Signed request, String accessKey, String secretKey) {
            ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
            String time = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").format(now);
            String scope = time.substring(0, 8) + "/us-east-1/s3/aws4_request";
            String digest = sha256(request.body);
            String names = "host;x-amz-content-sha256;x-amz-date";
            String canonical = String.join(
                    "\n",
                    request.method,
                    request.path,
                    canonicalQuery(request.query),
                    "host:" + request.endpoint.getAuthority(),
                    "x-amz-content-sha256:" + digest,
                    "x-amz-date:" + time,
                    "",
                    names,
                    digest);
            String text = "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n"
                    + sha256(canonical.getBytes(StandardCharsets.UTF_8));
            byte[] key = ("AWS4" + secretKey).getBytes(StandardCharsets.UTF_8);
            for (String part : scope.split("/", -1)) {
                key = hmac("HmacSHA256", key, part);
            }
            String signature = HexFormat.of().formatHex(hmac("HmacSHA256", key, text));
            Map<String, String> headers = new LinkedHashMap<>();
            headers.put("x-amz-date", time);
            headers.put("x-amz-content-sha256", digest);
            headers.put(
                    "Authorization",
                    "AWS4-HMAC-SHA256 Credential=" + accessKey + "/" + scope + ", SignedHeaders=" + names
                            + ", Signature=" + signature);
            return headers;
        }
    };

    /** What is signed. */
    record Signed(URI endpoint, String method, String path, String query, byte[] body) {}

    /** The headers to send. */
    abstract Map<String, String> headers(Signed request, String accessKey, String secretKey);

    /** By HQ's name for it; boto's default is version 4. */
    static S3Signature of(String signatureVersion) {
        return switch (signatureVersion) {
            case "s3" -> V2;
            case "", "s3v4" -> V4;
            default -> throw new IllegalArgumentException("signature_version " + signatureVersion);
        };
    }

    /** The part of a query that version 2 covers. */
    private static String subresource(String query) {
        return query.startsWith("upload") || query.startsWith("partNumber") ? "?" + query : "";
    }

    private static String canonicalQuery(String query) {
        return query.isEmpty()
                ? ""
                : Arrays.stream(query.split("&", -1))
                        .map(pair -> pair.contains("=") ? pair : pair + "=")
                        .sorted()
                        .collect(Collectors.joining("&"));
    }

    private static byte[] hmac(String algorithm, byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
