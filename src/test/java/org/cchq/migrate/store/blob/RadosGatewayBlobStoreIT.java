package org.cchq.migrate.store.blob;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.contract.BlobStoreContract;
import org.cchq.migrate.contract.BlobStorePlace;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.blob.S3Settings.Signature;
import org.cchq.migrate.testing.RadosGateway;
import org.junit.jupiter.api.Nested;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** The contract on a Ceph object gateway, signed both ways: the strict server, and the one that can deny. */
class RadosGatewayBlobStoreIT {
    private static final AtomicInteger BUCKETS = new AtomicInteger();

    @Nested
    class SignatureV4 extends BlobStoreContract {
        @Override
        protected BlobStorePlace place() throws Exception {
            return Place.create(Signature.V4);
        }
    }

    @Nested
    class SignatureV2 extends BlobStoreContract {
        @Override
        protected BlobStorePlace place() throws Exception {
            return Place.create(Signature.V2);
        }
    }

    private static final class Place extends S3Place {
        private final RadosGateway gateway;
        private final S3Client owner;
        private final String bucket;

        private Place(RadosGateway gateway, S3Client owner, String bucket, Signature signature) throws Exception {
            super(S3Settings.of(
                            gateway.url(),
                            RadosGateway.NEW.accessKey(),
                            new Secret(RadosGateway.NEW.secretKey()),
                            bucket)
                    .withSignature(signature));
            this.gateway = gateway;
            this.owner = owner;
            this.bucket = bucket;
        }

        /** A new bucket of the old account, which lets the new account do everything. */
        static Place create(Signature signature) throws Exception {
            RadosGateway gateway = RadosGateway.shared();
            String bucket = "contract-" + BUCKETS.incrementAndGet();
            S3Client owner = S3Client.builder()
                    .endpointOverride(URI.create(gateway.url()))
                    .region(Region.US_EAST_1)
                    .forcePathStyle(true)
                    .credentialsProvider(StaticCredentialsProvider.create(
                            AwsBasicCredentials.create(RadosGateway.OLD.accessKey(), RadosGateway.OLD.secretKey())))
                    .build();
            owner.createBucket(request -> request.bucket(bucket));
            owner.putBucketPolicy(request -> request.bucket(bucket).policy(policy(bucket, "")));
            return new Place(gateway, owner, bucket, signature);
        }

        @Override
        public boolean deny(String key) {
            String denied = """
                    ,{"Effect": "Deny", "Principal": {"AWS": ["arn:aws:iam:::user/new"]},
                     "Action": "s3:GetObject", "Resource": "arn:aws:s3:::%s/%s"}""".formatted(bucket, key);
            owner.putBucketPolicy(request -> request.bucket(bucket).policy(policy(bucket, denied)));
            return true;
        }

        @Override
        public Optional<Map<String, String>> metadata(String key) throws Exception {
            String json = gateway.admin("object", "stat", "--bucket=" + bucket, "--object=" + key);
            Map<String, Object> stat = Json.readObject(json, "radosgw-admin");
            Map<String, String> found = new HashMap<>();
            ((Map<?, ?>) stat.get("attrs")).forEach((name, value) -> {
                if (name.toString().matches("user\\.rgw\\.(x-amz-meta-.*|content_.*|cache_.*|x-amz-tagging)")) {
                    found.put(name.toString(), String.valueOf(value));
                }
            });
            return Optional.of(found);
        }

        @Override
        public OptionalInt unfinishedUploads() {
            return OptionalInt.of(owner.listMultipartUploads(request -> request.bucket(bucket))
                    .uploads()
                    .size());
        }

        @Override
        public void close() throws Exception {
            super.close();
            owner.close();
        }

        private static String policy(String bucket, String more) {
            return """
                    {"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam:::user/new"]}, "Action": "s3:*",
                     "Resource": ["arn:aws:s3:::%1$s", "arn:aws:s3:::%1$s/*"]}%2$s]}""".formatted(bucket, more);
        }
    }
}
