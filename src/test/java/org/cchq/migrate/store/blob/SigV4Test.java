package org.cchq.migrate.store.blob;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/** Against the AWS SDK's own signer, which shares no code with ours. */
class SigV4Test {
    private static final Instant NOW = Instant.parse("2026-11-21T03:04:05Z");
    private static final AwsCredentialsIdentity KEYS =
            AwsCredentialsIdentity.create("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "commcarehq/id{x}/n",
                "a//b",
                "a/../b/./c",
                "sp ace+plus%percent?question#hash&and=equals",
                "é/日本語/😀",
                "tilde~_.-"
            })
    void signsEveryKeyAsTheSdkDoes(String key) {
        assertSameSignature("GET", key, "", new byte[0], "", KEYS);
    }

    @Test
    void signsAPartOfAnUpload() {
        assertSameSignature("PUT", "k", "partNumber=7&uploadId=2~ab%2Fc%2B", "body".getBytes(UTF), "", KEYS);
    }

    @Test
    void signsABodyWithItsMd5() {
        assertSameSignature("PUT", "k", "", "some bytes".getBytes(UTF), "zLpp0OT4XBHIYYS2KBsIxw==", KEYS);
    }

    @Test
    void signsTheSessionToken() {
        assertSameSignature(
                "PUT", "k", "", "x".getBytes(UTF), "", AwsSessionCredentialsIdentity.create("AK", "SK", "tok/en+="));
    }

    @Test
    void usesTheNextDaysKeyAfterMidnight() {
        Deque<Instant> times =
                new ArrayDeque<>(List.of(Instant.parse("2026-11-21T23:59:59Z"), Instant.parse("2026-11-22T00:00:00Z")));
        SigV4 signer = new SigV4("eu-west-1", times::removeFirst);
        StringBuilder before = new StringBuilder();
        StringBuilder after = new StringBuilder();
        S3Request request = new S3Request("GET", "/b/k", "/b/k", "", "", SigV4.EMPTY_PAYLOAD);

        signer.sign(request, "h", KEYS, before);
        signer.sign(request, "h", KEYS, after);

        assertThat(before).contains("20261121T235959Z", "/20261121/eu-west-1/s3/aws4_request");
        StringBuilder fresh = new StringBuilder();
        new SigV4("eu-west-1", InstantSource.fixed(Instant.parse("2026-11-22T00:00:00Z")))
                .sign(request, "h", KEYS, fresh);
        assertThat(after).hasToString(fresh.toString());
    }

    @Test
    void usesRenewedCredentialsAtOnce() {
        SigV4 signer = new SigV4("us-east-1", InstantSource.fixed(NOW));
        S3Request request = new S3Request("GET", "/b/k", "/b/k", "", "", SigV4.EMPTY_PAYLOAD);
        signer.sign(request, "h", AwsCredentialsIdentity.create("AKIDEXAMPLE", "old secret"), new StringBuilder());
        StringBuilder renewed = new StringBuilder();
        StringBuilder fresh = new StringBuilder();

        signer.sign(request, "h", KEYS, renewed);
        new SigV4("us-east-1", InstantSource.fixed(NOW)).sign(request, "h", KEYS, fresh);

        assertThat(renewed).hasToString(fresh.toString());
    }

    private static final java.nio.charset.Charset UTF = StandardCharsets.UTF_8;

    private static void assertSameSignature(
            String method, String key, String query, byte[] body, String contentMd5, AwsCredentialsIdentity keys) {
        String path = "/bucket/" + KeyEncoding.path(key);
        StringBuilder ours = new StringBuilder();
        new SigV4("us-east-1", InstantSource.fixed(NOW))
                .sign(
                        new S3Request(method, path, path, query, contentMd5, SigV4.payloadHash(body, body.length)),
                        "10.1.2.3:8080",
                        keys,
                        ours);

        SdkHttpFullRequest.Builder request = SdkHttpFullRequest.builder()
                .method(SdkHttpMethod.valueOf(method))
                .uri(URI.create("http://10.1.2.3:8080"))
                .encodedPath(path);
        if (!query.isEmpty()) {
            for (String pair : query.split("&", -1)) {
                int equals = pair.indexOf('=');
                request.appendRawQueryParameter(
                        pair.substring(0, equals), java.net.URLDecoder.decode(pair.substring(equals + 1), UTF));
            }
        }
        if (!contentMd5.isEmpty()) {
            request.putHeader("Content-MD5", contentMd5);
        }
        SdkHttpRequest theirs = AwsV4HttpSigner.create()
                .sign(asked -> asked.identity(keys)
                        .request(request.build())
                        .payload(() -> new ByteArrayInputStream(body))
                        .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, "s3")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, "us-east-1")
                        .putProperty(AwsV4FamilyHttpSigner.DOUBLE_URL_ENCODE, false)
                        .putProperty(AwsV4FamilyHttpSigner.NORMALIZE_PATH, false)
                        .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(NOW, ZoneOffset.UTC)))
                .request();
        assertThat(ours)
                .contains("Authorization: "
                        + theirs.firstMatchingHeader("Authorization").orElseThrow());
    }
}
