package org.cchq.migrate.store.blob;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.http.HttpResponse;
import org.cchq.migrate.http.HttpTransport;
import org.cchq.migrate.http.HttpUpload;
import org.cchq.migrate.http.MalformedResponseException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/**
 * The requests that are made for every blob, signed and sent without anything between: GET, HEAD, PUT, DELETE and the
 * parts of an upload. Each call is one attempt. Thread-safe.
 */
final class S3Objects {
    private static final byte[] NO_BODY = {};

    private final HttpTransport transport;
    private final Supplier<S3Endpoint> endpoint;
    private final Supplier<AwsCredentialsIdentity> credentials;
    private final Function<S3Endpoint, RequestSigner> signers;
    private final S3Failures failures;
    private volatile @Nullable RequestSigner signer;

    S3Objects(
            HttpTransport transport,
            Supplier<S3Endpoint> endpoint,
            Supplier<AwsCredentialsIdentity> credentials,
            Function<S3Endpoint, RequestSigner> signers,
            S3Failures failures) {
        this.transport = transport;
        this.endpoint = endpoint;
        this.credentials = credentials;
        this.signers = signers;
        this.failures = failures;
    }

    /** Opens a blob; empty if there is no such key. */
    Optional<StoredBlob> open(String key) throws EndpointException, InterruptedException {
        String doing = "GET key " + key;
        HttpResponse response = send("GET", key, doing, "", NO_BODY, 0, "", false, false);
        if (response.status() != 200) {
            try (response) {
                return absentOr(doing, response);
            }
        }
        long length = declaredLength(response, doing);
        if (length < 0) {
            Optional<BlobInfo> declared;
            try {
                declared = head(key);
            } catch (EndpointException | InterruptedException e) {
                response.body().abort();
                throw e;
            }
            if (declared.isEmpty()) {
                response.body().abort();
                return Optional.empty();
            }
            length = declared.get().length();
        }
        BlobInfo info = new BlobInfo(length, response.head().etag());
        return Optional.of(new S3Blob(key, info, response.body(), this, failures));
    }

    /**
     * Asks for a blob from a position on, if its ETag is still this one.
     *
     * @param etag "" for none
     */
    HttpResponse openFrom(String key, long position, String etag) throws EndpointException, InterruptedException {
        String doing = "GET key " + key + " from byte " + position;
        S3Endpoint to = endpoint(doing);
        StringBuilder head = head("GET", key, "", "", SigV4.EMPTY_PAYLOAD, doing, to);
        head.append("Accept-Encoding: identity\r\nRange: bytes=")
                .append(position)
                .append("-\r\n");
        if (!etag.isEmpty()) {
            head.append("If-Match: \"").append(etag).append("\"\r\n");
        }
        try {
            return transport.exchange(to.route(), "GET", head.append("\r\n"), NO_BODY, 0);
        } catch (IOException e) {
            throw failures.of(doing, e);
        }
    }

    private long declaredLength(HttpResponse response, String doing) throws EndpointException {
        try {
            return response.head().contentLength();
        } catch (MalformedResponseException e) {
            response.body().abort();
            throw failures.of(doing, e);
        }
    }

    /** "No such key" as empty, everything else as an exception. */
    private <T> Optional<T> absentOr(String doing, HttpResponse response) throws EndpointException {
        if (response.status() != 404) {
            throw failures.of(doing, response);
        }
        S3Error error;
        try {
            byte[] body = response.body().readNBytes(64 * 1024);
            error = S3Error.parse(body);
            if (error.code().isEmpty() && body.length > 0) {
                throw failures.failure(
                        Kind.REFUSED, doing, "it answered 404 with a page that is not S3's; check url", null);
            }
        } catch (IOException e) {
            throw failures.of(doing, e);
        }
        if (error.code().equals("NoSuchBucket")) {
            throw failures.of(doing, 404, error, null, null);
        }
        return Optional.empty();
    }

    Optional<BlobInfo> head(String key) throws EndpointException, InterruptedException {
        String doing = "HEAD key " + key;
        try (HttpResponse response = send("HEAD", key, doing, "", NO_BODY, 0, "", false, false)) {
            if (response.status() == 404) {
                return Optional.empty();
            }
            if (response.status() != 200) {
                throw failures.of(doing, response);
            }
            long length = response.head().contentLength();
            if (length < 0) {
                throw failures.failure(Kind.REFUSED, doing, "the answer has no Content-Length", null);
            }
            return Optional.of(new BlobInfo(length, response.head().etag()));
        } catch (MalformedResponseException e) {
            throw failures.of(doing, e);
        }
    }

    /** Removes a key; true if it was there or the server does not tell. */
    boolean delete(String key) throws EndpointException, InterruptedException {
        String doing = "DELETE key " + key;
        try (HttpResponse response = send("DELETE", key, doing, "", NO_BODY, 0, "", false, false)) {
            if (response.status() == 404) {
                return absentOr(doing, response).isPresent();
            }
            if (response.status() / 100 != 2) {
                throw failures.of(doing, response);
            }
            return true;
        }
    }

    /**
     * Sends a whole body.
     *
     * @param contentMd5 its MD5 in Base64
     * @param signed whether the signature covers the body, where it has to be and can be: over plain HTTP, with SigV4
     * @param ifAbsent adds {@code If-None-Match: *}
     */
    S3Answer put(String key, byte[] body, int length, String contentMd5, boolean signed, boolean ifAbsent)
            throws EndpointException, InterruptedException {
        String doing = "PUT key " + key;
        try (HttpResponse response = send("PUT", key, doing, "", body, length, contentMd5, signed, ifAbsent)) {
            return S3Answer.of(response);
        } catch (IOException e) {
            throw failures.of(doing, e);
        }
    }

    /**
     * The same for a body that goes to a query of the key, for a part of an upload.
     */
    S3Answer put(String key, String query, byte[] body, int length, String contentMd5)
            throws EndpointException, InterruptedException {
        String doing = "PUT part of key " + key;
        try (HttpResponse response = send("PUT", key, doing, query, body, length, contentMd5, true, false)) {
            return S3Answer.of(response);
        } catch (IOException e) {
            throw failures.of(doing, e);
        }
    }

    /**
     * Begins a body that is streamed and not signed.
     *
     * @param contentMd5 its MD5 in Base64 where that is known, otherwise ""
     */
    HttpUpload begin(String key, String query, long length, String contentMd5, boolean ifAbsent)
            throws EndpointException, InterruptedException {
        String doing = "PUT key " + key;
        S3Endpoint to = endpoint(doing);
        StringBuilder head = head("PUT", key, query, contentMd5, SigV4.UNSIGNED_PAYLOAD, doing, to);
        head.append("Content-Length: ").append(length).append("\r\n");
        if (ifAbsent) {
            head.append("If-None-Match: *\r\n");
        }
        try {
            return transport.begin(to.route(), "PUT", head);
        } catch (IOException e) {
            throw failures.of(doing, e);
        }
    }

    /** Sends a piece of a streamed body. */
    void write(HttpUpload upload, byte[] bytes, int length) throws EndpointException, InterruptedException {
        try {
            upload.write(bytes, length);
        } catch (IOException e) {
            throw failures.of("send a body", e);
        }
    }

    /** Reads the answer to a streamed body. */
    S3Answer finish(HttpUpload upload, String doing) throws EndpointException, InterruptedException {
        try (HttpResponse response = upload.finish()) {
            return S3Answer.of(response);
        } catch (IOException e) {
            throw failures.of(doing, e);
        }
    }

    /** Whether this signature covers bodies at all. */
    boolean signsPayload() {
        return signer instanceof SigV4;
    }

    /** Whether bodies travel encrypted, so that they need no signature. */
    boolean tls() throws EndpointException {
        return endpoint("find the endpoint").route().tls();
    }

    private HttpResponse send(
            String method,
            String key,
            String doing,
            String query,
            byte[] body,
            int length,
            String contentMd5,
            boolean signed,
            boolean ifAbsent)
            throws EndpointException, InterruptedException {
        S3Endpoint to = endpoint(doing);
        boolean put = method.equals("PUT");
        String payload = !put
                ? SigV4.EMPTY_PAYLOAD
                : signed && signsPayload() && !to.route().tls()
                        ? SigV4.payloadHash(body, length)
                        : SigV4.UNSIGNED_PAYLOAD;
        StringBuilder head = head(method, key, query, contentMd5, payload, doing, to);
        if (put) {
            head.append("Content-Length: ").append(length).append("\r\n");
            if (ifAbsent) {
                head.append("If-None-Match: *\r\n");
            }
        } else {
            head.append("Accept-Encoding: identity\r\n");
        }
        head.append("\r\n");
        try {
            return transport.exchange(to.route(), method, head, body, length);
        } catch (IOException e) {
            throw failures.of(doing, e);
        }
    }

    /** Request line, Host, Content-MD5 and what the signature needs. */
    private StringBuilder head(
            String method, String key, String query, String contentMd5, String payload, String doing, S3Endpoint to)
            throws EndpointException {
        if (key.isEmpty()) {
            throw failures.failure(Kind.REFUSED, doing, "an empty key would name the whole bucket", null);
        }
        String encoded = KeyEncoding.path(key);
        String path = to.pathPrefix() + encoded;
        StringBuilder head = new StringBuilder(768).append(method).append(' ').append(path);
        if (!query.isEmpty()) {
            head.append('?').append(query);
        }
        head.append(" HTTP/1.1\r\nHost: ").append(to.hostHeader()).append("\r\n");
        if (!contentMd5.isEmpty()) {
            head.append("Content-MD5: ").append(contentMd5).append("\r\n");
        }
        S3Request request = new S3Request(method, path, to.resourcePrefix() + encoded, query, contentMd5, payload);
        signer(to).sign(request, to.hostHeader(), credentials(doing), head);
        return head;
    }

    private RequestSigner signer(S3Endpoint to) {
        RequestSigner known = signer;
        if (known == null) {
            known = signers.apply(to);
            signer = known;
        }
        return known;
    }

    private S3Endpoint endpoint(String doing) throws EndpointException {
        try {
            S3Endpoint to = endpoint.get();
            signer(to);
            return to;
        } catch (SdkClientException e) {
            throw failures.failure(Kind.UNUSABLE, doing, "its address cannot be found: " + e.getMessage(), e);
        }
    }

    private AwsCredentialsIdentity credentials(String doing) throws EndpointException {
        try {
            return credentials.get();
        } catch (SdkClientException e) {
            throw failures.failure(
                    Kind.UNUSABLE,
                    doing,
                    "this machine has no credentials for it: " + e.getMessage()
                            + "; give access_key and secret_key, or the machine a role",
                    e);
        }
    }
}
