package org.cchq.migrate.store.blob;

import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.scheme.AwsV4AuthScheme;
import software.amazon.awssdk.http.auth.spi.scheme.AuthScheme;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignRequest;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignedRequest;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.IdentityProviders;

/** Puts Signature Version 2, which the AWS SDK does not have, in the place of its version 4. */
final class SigV2Scheme implements AuthScheme<AwsCredentialsIdentity>, HttpSigner<AwsCredentialsIdentity> {
    private final SigV2 signature;
    private final String bucketPrefix;

    /** @param bucketPrefix {@code /bucket} if the host name holds the bucket, "" if the path does */
    SigV2Scheme(SigV2 signature, String bucketPrefix) {
        this.signature = signature;
        this.bucketPrefix = bucketPrefix;
    }

    @Override
    public String schemeId() {
        return AwsV4AuthScheme.SCHEME_ID;
    }

    @Override
    public IdentityProvider<AwsCredentialsIdentity> identityProvider(IdentityProviders providers) {
        return providers.identityProvider(AwsCredentialsIdentity.class);
    }

    @Override
    public HttpSigner<AwsCredentialsIdentity> signer() {
        return this;
    }

    @Override
    public SignedRequest sign(SignRequest<? extends AwsCredentialsIdentity> toSign) {
        SdkHttpRequest.Builder request = toSign.request().toBuilder();
        AwsCredentialsIdentity credentials = toSign.identity();
        String date = signature.date();
        request.putHeader("Date", date);
        if (credentials instanceof AwsSessionCredentialsIdentity session) {
            request.putHeader("x-amz-security-token", session.sessionToken());
        }
        TreeMap<String, String> amz = new TreeMap<>();
        request.headers().forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.startsWith("x-amz-")) {
                amz.put(lower, String.join(",", values));
            }
        });
        TreeMap<String, String> parameters = new TreeMap<>();
        request.rawQueryParameters().forEach((name, values) -> {
            String value = values.isEmpty() ? null : values.get(0);
            parameters.put(name, value == null ? "" : value);
        });
        String path = request.encodedPath();
        String text = SigV2.stringToSign(
                request.method().name(),
                request.firstMatchingHeader("Content-MD5").orElse(""),
                request.firstMatchingHeader("Content-Type").orElse(""),
                date,
                amz,
                bucketPrefix + (path.isEmpty() ? "/" : path),
                parameters);
        request.putHeader("Authorization", SigV2.authorization(credentials, text));
        return SignedRequest.builder()
                .request(request.build())
                .payload(toSign.payload().orElse(null))
                .build();
    }

    @Override
    public CompletableFuture<AsyncSignedRequest> signAsync(AsyncSignRequest<? extends AwsCredentialsIdentity> request) {
        throw new UnsupportedOperationException("only the blocking client is used");
    }
}
