package org.cchq.migrate.store.blob;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.http.HttpTransport;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.ListObjectsResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The rarer requests: pages of a listing, multipart uploads, copies inside the store. They go through the AWS SDK, set
 * up so that servers of any age understand it, over the store's own connections. One attempt each. Thread-safe.
 */
final class S3Control implements AutoCloseable {
    private final S3Settings settings;
    private final Supplier<S3Endpoint> endpoint;
    private final AwsCredentialsProvider credentials;
    private final SigV2 sigV2;
    private final HttpTransport transport;
    private final S3Failures failures;
    private @Nullable S3Client client;

    S3Control(
            S3Settings settings,
            Supplier<S3Endpoint> endpoint,
            AwsCredentialsProvider credentials,
            SigV2 sigV2,
            HttpTransport transport,
            S3Failures failures) {
        this.settings = settings;
        this.endpoint = endpoint;
        this.credentials = credentials;
        this.sigV2 = sigV2;
        this.transport = transport;
        this.failures = failures;
    }

    /** One request of the SDK. */
    interface Call<T> {
        T on(S3Client client);
    }

    /** A page in the old form of the request, which every server knows. */
    BlobPage list(String after) throws EndpointException, InterruptedException {
        ListObjectsResponse page = call(
                "list keys after '" + after + "'",
                s3 -> s3.listObjects(asked -> asked.bucket(settings.bucket())
                        .marker(after.isEmpty() ? null : after)
                        .maxKeys(1_000)
                        .encodingType(EncodingType.URL)));
        List<BlobPage.Entry> entries = new ArrayList<>(page.contents().size());
        for (S3Object object : page.contents()) {
            entries.add(new BlobPage.Entry(object.key(), new BlobInfo(object.size(), unquoted(object.eTag()))));
        }
        boolean more = Boolean.TRUE.equals(page.isTruncated());
        if (more && entries.isEmpty()) {
            throw failures.failure(
                    Kind.SERVER_ERROR,
                    "list keys after '" + after + "'",
                    "the page is empty and says there are more",
                    null);
        }
        return new BlobPage(entries, more);
    }

    String createUpload(String key) throws EndpointException, InterruptedException {
        return call(
                "begin an upload of key " + key,
                s3 -> s3.createMultipartUpload(
                                asked -> asked.bucket(settings.bucket()).key(key))
                        .uploadId());
    }

    /**
     * Makes the object of its parts.
     *
     * @param etags of the parts, in their order
     * @return status and ETag of the object; a refusal is an answer, no exception
     */
    S3Answer completeUpload(String key, String uploadId, List<String> etags, boolean ifAbsent)
            throws EndpointException, InterruptedException {
        List<CompletedPart> parts = new ArrayList<>(etags.size());
        for (int i = 0; i < etags.size(); i++) {
            parts.add(CompletedPart.builder()
                    .partNumber(i + 1)
                    .eTag("\"" + etags.get(i) + "\"")
                    .build());
        }
        return answer(
                "complete the upload of key " + key,
                s3 -> s3.completeMultipartUpload(asked -> asked.bucket(settings.bucket())
                                .key(key)
                                .uploadId(uploadId)
                                .multipartUpload(made -> made.parts(parts))
                                .ifNoneMatch(ifAbsent ? "*" : null))
                        .eTag());
    }

    /** Removes an upload and its parts; nothing to do if there is no such upload any more. */
    void abortUpload(String key, String uploadId) throws EndpointException, InterruptedException {
        String doing = "abort the upload of key " + key;
        S3Answer answer = answer(doing, s3 -> {
            s3.abortMultipartUpload(
                    asked -> asked.bucket(settings.bucket()).key(key).uploadId(uploadId));
            return "";
        });
        if (!answer.stored() && !answer.noSuchUpload()) {
            throw failures.of(doing, answer);
        }
    }

    /** Copies a whole object of up to 5 GiB. */
    S3Answer copy(String sourceBucket, String key, boolean ifAbsent) throws EndpointException, InterruptedException {
        return answer(
                "copy key " + key,
                s3 -> s3.copyObject(asked -> asked.sourceBucket(sourceBucket)
                                .sourceKey(key)
                                .destinationBucket(settings.bucket())
                                .destinationKey(key)
                                .ifNoneMatch(ifAbsent ? "*" : null))
                        .copyObjectResult()
                        .eTag());
    }

    /** Copies bytes of an object into a part; returns the part's ETag. */
    String copyPart(String sourceBucket, String key, String uploadId, int part, long first, long last)
            throws EndpointException, InterruptedException {
        return call(
                "copy part " + part + " of key " + key,
                s3 -> unquoted(s3.uploadPartCopy(asked -> asked.sourceBucket(sourceBucket)
                                .sourceKey(key)
                                .destinationBucket(settings.bucket())
                                .destinationKey(key)
                                .uploadId(uploadId)
                                .partNumber(part)
                                .copySourceRange("bytes=" + first + "-" + last))
                        .copyPartResult()
                        .eTag()));
    }

    private S3Answer answer(String doing, Call<@Nullable String> call) throws EndpointException, InterruptedException {
        try {
            String etag = call.on(client());
            return new S3Answer(200, etag == null ? "" : unquoted(etag), S3Error.NONE, null);
        } catch (S3Exception e) {
            return new S3Answer(e.statusCode(), "", error(e), null);
        } catch (SdkException e) {
            throw failure(doing, e);
        }
    }

    private <T> T call(String doing, Call<T> call) throws EndpointException, InterruptedException {
        try {
            return call.on(client());
        } catch (SdkException e) {
            throw failure(doing, e);
        }
    }

    private EndpointException failure(String doing, SdkException failure) throws InterruptedException {
        if (Thread.interrupted()) {
            InterruptedException interruption = new InterruptedException("interrupted while talking to a store");
            interruption.addSuppressed(failure);
            throw interruption;
        }
        if (failure instanceof SdkServiceException service) {
            S3Error error = failure instanceof S3Exception s3 ? error(s3) : S3Error.NONE;
            return failures.of(doing, service.statusCode(), error, null, failure);
        }
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException io) {
                return failures.of(doing, io);
            }
        }
        // Neither an answer nor a lost connection: no credentials, or an answer that is not S3's.
        return failures.failure(Kind.REFUSED, doing, "it failed: " + failure.getMessage(), failure);
    }

    private static S3Error error(S3Exception failure) {
        AwsErrorDetails details = failure.awsErrorDetails();
        if (details == null) {
            return S3Error.NONE;
        }
        String region = details.sdkHttpResponse() == null
                ? ""
                : details.sdkHttpResponse()
                        .firstMatchingHeader("x-amz-bucket-region")
                        .orElse("");
        return new S3Error(textOf(details.errorCode()), textOf(details.errorMessage()), region);
    }

    private static String textOf(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static String unquoted(@Nullable String etag) {
        return textOf(etag).replace("\"", "");
    }

    private synchronized S3Client client() {
        S3Client known = client;
        if (known == null) {
            known = build();
            client = known;
        }
        return known;
    }

    private S3Client build() {
        S3Endpoint to = endpoint.get();
        boolean keysGiven = settings.accessKey().isPresent();
        S3ClientBuilder builder = S3Client.builder()
                .httpClient(new SdkTransport(transport))
                .credentialsProvider(credentials)
                .region(Region.of(to.region()))
                .forcePathStyle(to.pathStyle())
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(
                        S3Configuration.builder().chunkedEncodingEnabled(false).build())
                .overrideConfiguration(override -> {
                    override.retryStrategy(AwsRetryStrategy.doNotRetry());
                    override.addExecutionInterceptor(new NoContentType());
                    if (keysGiven) {
                        override.defaultProfileFile(noProfiles());
                    }
                });
        settings.url().ifPresent(url -> builder.endpointOverride(URI.create(url)));
        if (settings.signature() == S3Settings.Signature.V2) {
            builder.putAuthScheme(new SigV2Scheme(sigV2, to.pathStyle() ? "" : "/" + settings.bucket()));
        }
        return builder.build();
    }

    private static ProfileFile noProfiles() {
        return ProfileFile.builder()
                .content(new ByteArrayInputStream(new byte[0]))
                .type(ProfileFile.Type.CONFIGURATION)
                .build();
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
        }
    }
}
