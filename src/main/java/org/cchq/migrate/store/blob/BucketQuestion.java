package org.cchq.migrate.store.blob;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.cchq.migrate.http.HttpResponse;
import org.cchq.migrate.http.HttpTransport;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/**
 * The smallest request that tells whether an account may use a bucket: a list of one key. Signed as the caller wants it,
 * whatever the settings say. One attempt, nothing is changed.
 */
final class BucketQuestion {
    private static final String QUERY = "max-keys=1";
    private static final int MOST_BYTES = 64 * 1024;

    private final HttpTransport transport;
    private final S3Endpoint endpoint;

    BucketQuestion(HttpTransport transport, S3Endpoint endpoint) {
        this.transport = transport;
        this.endpoint = endpoint;
    }

    /**
     * What came back.
     *
     * @param listed it is a list of S3's
     * @param serverDate the Date header
     */
    record Answer(
            int status,
            boolean listed,
            S3Error error,
            @Nullable String serverDate) {
        /** The signature was accepted. */
        boolean knowsAccount() {
            return listed || error.code().equals("NoSuchBucket");
        }

        /** The account or its signature was not accepted. */
        boolean refusesAccount() {
            return !knowsAccount() && (status == 400 || status == 401 || status == 403);
        }
    }

    /** @param signedHost the Host header that the signature is for; the endpoint's own is sent in any case */
    Answer ask(RequestSigner signer, String signedHost, AwsCredentialsIdentity keys)
            throws IOException, InterruptedException {
        String path = endpoint.pathPrefix();
        StringBuilder head = new StringBuilder(512)
                .append("GET ")
                .append(path)
                .append('?')
                .append(QUERY)
                .append(" HTTP/1.1\r\nHost: ")
                .append(endpoint.hostHeader())
                .append("\r\n");
        S3Request request = new S3Request("GET", path, endpoint.resourcePrefix(), QUERY, "", SigV4.EMPTY_PAYLOAD);
        signer.sign(request, signedHost, keys, head);
        head.append("Accept-Encoding: identity\r\n\r\n");
        try (HttpResponse response = transport.exchange(endpoint.route(), "GET", head)) {
            byte[] body = response.body().readNBytes(MOST_BYTES);
            boolean listed =
                    response.status() == 200 && new String(body, StandardCharsets.UTF_8).contains("<ListBucketResult");
            S3Error error = response.status() / 100 == 2 ? S3Error.NONE : S3Error.parse(body);
            String region = response.head().find("x-amz-bucket-region");
            if (region != null && error.region().isEmpty()) {
                error = new S3Error(error.code(), error.message(), region);
            }
            return new Answer(response.status(), listed, error, response.head().find("date"));
        }
    }
}
