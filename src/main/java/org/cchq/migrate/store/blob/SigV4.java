package org.cchq.migrate.store.blob;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/**
 * Amazon's Signature Version 4 for S3: the path is signed as sent, encoded once and not normalised. The key of a day is
 * derived once.
 */
final class SigV4 implements RequestSigner {
    static final String UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";
    /** SHA-256 of no bytes. */
    static final String EMPTY_PAYLOAD = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final HexFormat HEX = HexFormat.of();

    private final String region;
    private final InstantSource clock;
    private volatile @Nullable Second second;
    private volatile @Nullable DayKey dayKey;

    SigV4(String region, InstantSource clock) {
        this.region = region;
        this.clock = clock;
    }

    @Override
    public void sign(S3Request request, String hostHeader, AwsCredentialsIdentity credentials, StringBuilder head) {
        String stamp = stamp();
        String date = stamp.substring(0, 8);
        String token = credentials instanceof AwsSessionCredentialsIdentity session ? session.sessionToken() : "";
        boolean md5 = !request.contentMd5().isEmpty();

        StringBuilder canonical = new StringBuilder(512)
                .append(request.method())
                .append('\n')
                .append(request.path())
                .append('\n')
                .append(request.query())
                .append('\n');
        StringBuilder names = new StringBuilder(80);
        if (md5) {
            canonical.append("content-md5:").append(request.contentMd5()).append('\n');
            names.append("content-md5;");
        }
        canonical.append("host:").append(hostHeader).append('\n');
        canonical.append("x-amz-content-sha256:").append(request.payloadHash()).append('\n');
        canonical.append("x-amz-date:").append(stamp).append('\n');
        names.append("host;x-amz-content-sha256;x-amz-date");
        if (!token.isEmpty()) {
            canonical.append("x-amz-security-token:").append(token).append('\n');
            names.append(";x-amz-security-token");
        }
        canonical.append('\n').append(names).append('\n').append(request.payloadHash());

        String scope = date + "/" + region + "/s3/aws4_request";
        String toSign = "AWS4-HMAC-SHA256\n" + stamp + "\n" + scope + "\n" + HEX.formatHex(sha256(ascii(canonical)));
        String signature = HEX.formatHex(dayMac(date, credentials).doFinal(ascii(toSign)));

        head.append("x-amz-date: ")
                .append(stamp)
                .append("\r\nx-amz-content-sha256: ")
                .append(request.payloadHash());
        if (!token.isEmpty()) {
            head.append("\r\nx-amz-security-token: ").append(token);
        }
        head.append("\r\nAuthorization: AWS4-HMAC-SHA256 Credential=")
                .append(credentials.accessKeyId())
                .append('/')
                .append(scope)
                .append(", SignedHeaders=")
                .append(names)
                .append(", Signature=")
                .append(signature)
                .append("\r\n");
    }

    /** SHA-256 of a body, as the signature wants it. */
    static String payloadHash(byte[] body, int length) {
        MessageDigest digest = digest();
        digest.update(body, 0, length);
        return HEX.formatHex(digest.digest());
    }

    private static byte[] sha256(byte[] bytes) {
        return digest().digest(bytes);
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static byte[] ascii(CharSequence text) {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private String stamp() {
        Instant now = clock.instant();
        Second known = second;
        if (known == null || known.epochSecond != now.getEpochSecond()) {
            known = new Second(now.getEpochSecond(), STAMP.format(now));
            second = known;
        }
        return known.stamp;
    }

    /** A Mac of the caller's own with the day's key in it: cloning is cheaper than initialising. */
    private Mac dayMac(String date, AwsCredentialsIdentity credentials) {
        DayKey known = dayKey;
        try {
            if (known == null || !known.fits(date, credentials)) {
                known = new DayKey(
                        date,
                        credentials.accessKeyId(),
                        credentials.secretAccessKey(),
                        derive(date, credentials.secretAccessKey()));
                dayKey = known;
            }
            return (Mac) known.mac.clone();
        } catch (GeneralSecurityException | CloneNotSupportedException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    private Mac derive(String date, String secret) throws GeneralSecurityException {
        byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
        for (String part : new String[] {date, region, "s3", "aws4_request"}) {
            key = mac(key).doFinal(part.getBytes(StandardCharsets.UTF_8));
        }
        return mac(key);
    }

    private static Mac mac(byte[] key) throws NoSuchAlgorithmException, InvalidKeyException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac;
    }

    private record Second(long epochSecond, String stamp) {}

    /** Not a record: its text would show the secret. */
    private static final class DayKey {
        private final String date;
        private final String accessKey;
        private final String secretKey;
        private final Mac mac;

        DayKey(String date, String accessKey, String secretKey, Mac mac) {
            this.date = date;
            this.accessKey = accessKey;
            this.secretKey = secretKey;
            this.mac = mac;
        }

        boolean fits(String day, AwsCredentialsIdentity credentials) {
            return date.equals(day)
                    && accessKey.equals(credentials.accessKeyId())
                    && secretKey.equals(credentials.secretAccessKey());
        }
    }
}
