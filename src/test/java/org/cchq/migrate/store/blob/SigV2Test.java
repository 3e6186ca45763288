package org.cchq.migrate.store.blob;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** The examples of Amazon's description of Signature Version 2 for S3. */
class SigV2Test {
    private static final AwsCredentialsIdentity KEYS =
            AwsCredentialsIdentity.create("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");

    @Test
    void objectGet() {
        assertThat(sign(
                        "GET",
                        "",
                        "",
                        "Tue, 27 Mar 2007 19:36:42 +0000",
                        Map.of(),
                        "/awsexamplebucket1/photos/puppy.jpg"))
                .isEqualTo("AWS AKIAIOSFODNN7EXAMPLE:qgk2+6Sv9/oM7G3qLEjTH1a1l1g=");
    }

    @Test
    void objectPut() {
        assertThat(sign(
                        "PUT",
                        "",
                        "image/jpeg",
                        "Tue, 27 Mar 2007 21:15:45 +0000",
                        Map.of(),
                        "/awsexamplebucket1/photos/puppy.jpg"))
                .isEqualTo("AWS AKIAIOSFODNN7EXAMPLE:iqRzw+ileNPu1fhspnRs8nOjjIA=");
    }

    @Test
    void listLeavesUnsignedParametersOut() {
        assertThat(sign(
                        "GET",
                        "",
                        "",
                        "Tue, 27 Mar 2007 19:42:41 +0000",
                        Map.of(),
                        "/awsexamplebucket1/",
                        Map.of("prefix", "photos", "max-keys", "50", "marker", "puppy")))
                .isEqualTo("AWS AKIAIOSFODNN7EXAMPLE:m0WP8eCtspQl5Ahe6L1SozdX9YA=");
    }

    @Test
    void fetchSignsTheSubresource() {
        assertThat(sign(
                        "GET",
                        "",
                        "",
                        "Tue, 27 Mar 2007 19:44:46 +0000",
                        Map.of(),
                        "/awsexamplebucket1/",
                        Map.of("acl", "")))
                .isEqualTo("AWS AKIAIOSFODNN7EXAMPLE:82ZHiFIjc+WbcwFKGUVEQspPn+0=");
    }

    @Test
    void uploadSignsMd5AndAmzHeadersInOrder() {
        assertThat(sign(
                        "PUT",
                        "4gJE4saaMU4BqNR0kLY+lw==",
                        "application/x-download",
                        "Tue, 27 Mar 2007 21:06:08 +0000",
                        Map.of(
                                "x-amz-acl",
                                "public-read",
                                "x-amz-meta-checksumalgorithm",
                                "crc32",
                                "x-amz-meta-filechecksum",
                                "0x02661779",
                                "x-amz-meta-reviewedby",
                                "joe@example.com,jane@example.com"),
                        "/static.example.com/db-backup.dat.gz"))
                .isEqualTo("AWS AKIAIOSFODNN7EXAMPLE:jtBQa0Aq+DkULFI8qrpwIjGEx0E=");
    }

    @Test
    void unicodeKeysAreSignedAsEncoded() {
        assertThat(sign(
                        "GET",
                        "",
                        "",
                        "Wed, 28 Mar 2007 01:49:49 +0000",
                        Map.of(),
                        "/dictionary/" + KeyEncoding.path("français/préfère")))
                .isEqualTo(
                        "AWS AKIAIOSFODNN7EXAMPLE:"
                                + expected(
                                        "GET\n\n\nWed, 28 Mar 2007 01:49:49 +0000\n/dictionary/fran%C3%A7ais/pr%C3%A9f%C3%A8re"));
    }

    @Test
    void aRequestCarriesTheDateItSigned() {
        StringBuilder head = new StringBuilder();

        new SigV2(InstantSource.fixed(Instant.parse("2007-03-07T09:06:02Z")))
                .sign(
                        new S3Request("PUT", "/b/k", "/b/k", "partNumber=2&uploadId=a%2Fb", "", ""),
                        "ignored",
                        KEYS,
                        head);

        assertThat(head.toString())
                .isEqualTo("Date: Wed, 07 Mar 2007 09:06:02 GMT\r\nAuthorization: AWS AKIAIOSFODNN7EXAMPLE:"
                        + expected("PUT\n\n\nWed, 07 Mar 2007 09:06:02 GMT\n/b/k?partNumber=2&uploadId=a/b") + "\r\n");
    }

    private static String sign(
            String method, String md5, String type, String date, Map<String, String> amz, String resource) {
        return sign(method, md5, type, date, amz, resource, Map.of());
    }

    private static String sign(
            String method,
            String md5,
            String type,
            String date,
            Map<String, String> amz,
            String resource,
            Map<String, String> parameters) {
        return SigV2.authorization(
                KEYS,
                SigV2.stringToSign(method, md5, type, date, new TreeMap<>(amz), resource, new TreeMap<>(parameters)));
    }

    /** HMAC-SHA1 of a text written out by hand, in Base64. */
    private static String expected(String text) {
        try {
            javax.crypto.Mac mac = javax.crypto.Mac.getInstance("HmacSHA1");
            mac.init(new javax.crypto.spec.SecretKeySpec(
                    KEYS.secretAccessKey().getBytes(java.nio.charset.StandardCharsets.UTF_8), "HmacSHA1"));
            return java.util.Base64.getEncoder()
                    .encodeToString(mac.doFinal(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
