package org.cchq.migrate.store.blob;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.contract.BlobStoreContract;
import org.cchq.migrate.contract.BlobStorePlace;
import org.cchq.migrate.store.blob.S3Settings.Signature;
import org.cchq.migrate.testing.S3ProxyServer;
import org.junit.jupiter.api.Nested;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** The contract on s3proxy, signed both ways. */
class S3ProxyBlobStoreIT {
    private static final String BUCKET = "blobdb";

    @Nested
    class SignatureV4 extends BlobStoreContract {
        @Override
        protected BlobStorePlace place() throws Exception {
            return new Place(S3ProxyServer.start(BUCKET), Signature.V4);
        }
    }

    @Nested
    class SignatureV2 extends BlobStoreContract {
        @Override
        protected BlobStorePlace place() throws Exception {
            return new Place(S3ProxyServer.start(BUCKET), Signature.V2);
        }
    }

    private static final class Place extends S3Place {
        private final S3ProxyServer server;

        Place(S3ProxyServer server, Signature signature) throws Exception {
            super(S3Settings.of(server.url(), server.accessKey(), new Secret(server.secretKey()), BUCKET)
                    .withSignature(signature));
            this.server = server;
        }

        @Override
        public Set<Limit> limits() {
            return Set.of(Limit.PLAIN_SEGMENTS, Limit.NO_KEY_BELOW_ANOTHER, Limit.UTF16_ORDER, Limit.RACY_CREATE);
        }

        @Override
        public Optional<Map<String, String>> metadata(String key) {
            HeadObjectResponse head = server.blobs().blobMetadata(BUCKET, key);
            Map<String, String> found = new HashMap<>(head.metadata());
            addIfSent(found, "Content-Encoding", head.contentEncoding());
            addIfSent(found, "Content-Disposition", head.contentDisposition());
            addIfSent(found, "Content-Language", head.contentLanguage());
            addIfSent(found, "Cache-Control", head.cacheControl());
            // What the server makes of no type.
            if (!"binary/octet-stream".equals(head.contentType())) {
                addIfSent(found, "Content-Type", head.contentType());
            }
            return Optional.of(found);
        }

        private static void addIfSent(Map<String, String> found, String name, String value) {
            if (value != null && !value.isEmpty()) {
                found.put(name, value);
            }
        }

        @Override
        public OptionalInt unfinishedUploads() {
            return OptionalInt.of(server.blobs().listMultipartUploads(BUCKET).size());
        }

        @Override
        public void close() throws Exception {
            super.close();
            server.close();
        }
    }
}
