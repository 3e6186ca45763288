package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.gaul.s3proxy.AccessGrant;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * A real S3 server in this process that verifies signatures of version 2 and 4 and keeps objects in memory. Its object
 * policy can forbid reading single keys, and an event can be tied to the first read of a key, which makes a race between
 * the site and a copier happen every time.
 */
final class S3Cluster implements AutoCloseable {
    /** What the site does at the moment in which a certain object is read. */
    interface OnRead {
        void run() throws Exception;
    }

    /** How the server marks an upload in parts that is under way; it shows none of these to clients. */
    private static final String UPLOAD_IN_PARTS = ".s3proxy-mpu-";

    private final S3Proxy server;
    private final Policed store;
    private final String bucket;
    private final String accessKey;
    private final String secretKey;
    private final String address;
    private final Map<String, String> accounts = new ConcurrentHashMap<>();

    private S3Cluster(
            S3Proxy server, Policed store, String bucket, String accessKey, String secretKey, String address) {
        this.address = address;
        this.server = server;
        this.store = store;
        this.bucket = bucket;
        this.accessKey = accessKey;
        this.secretKey = secretKey;
    }

    /** Starts it at a loopback address, with one account. */
    static S3Cluster start(String address, int port, String accessKey, String secretKey, String bucket)
            throws Exception {
        Policed store = new Policed(new TransientNio2BlobStore());
        S3Proxy server = S3Proxy.builder()
                .blobStore(store)
                .endpoint(URI.create("http://" + address + ":" + port))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, accessKey, secretKey)
                .build();
        S3Cluster cluster = new S3Cluster(server, store, bucket, accessKey, secretKey, address);
        cluster.accounts.put(accessKey, secretKey);
        server.setBlobStoreLocator((identity, container, blob) -> cluster.grant(identity));
        server.start();
        store.createContainer(bucket);
        return cluster;
    }

    private @Nullable AccessGrant grant(@Nullable String identity) {
        String secret = identity == null ? null : accounts.get(identity);
        return secret == null ? null : new AccessGrant(secret, store);
    }

    /** Makes another account that may do the same. */
    void addAccountOf(S3Cluster other) {
        accounts.put(other.accessKey, other.secretKey);
    }

    int port() {
        return server.getPort();
    }

    String address() {
        return address;
    }

    String accessKey() {
        return accessKey;
    }

    String secretKey() {
        return secretKey;
    }

    /** A client straight to this cluster. */
    PlainS3 client() {
        return through(URI.create("http://" + address + ":" + port()));
    }

    /** A client with this cluster's account through a proxy. */
    PlainS3 through(URI proxy) {
        return through(proxy, S3Signature.V2);
    }

    /** A client with this cluster's account through a proxy. */
    PlainS3 through(URI proxy, S3Signature signature) {
        return new PlainS3(proxy, accessKey, secretKey, bucket, signature, 1);
    }

    /** From now on GET and HEAD of this key answer 403 AccessDenied. */
    void deny(String key) {
        store.denied.add(key);
    }

    /** Every key may be read again. */
    void allowAll() {
        store.denied.clear();
    }

    /** All keys with their sizes, read from the store itself and not by S3 requests. */
    Map<String, Long> contents() {
        Map<String, Long> contents = new TreeMap<>();
        store.delegate()
                .list(ListObjectsV2Request.builder()
                        .bucket(bucket)
                        .maxKeys(Integer.MAX_VALUE)
                        .build())
                .contents()
                .forEach(object -> {
                    if (!object.key().startsWith(UPLOAD_IN_PARTS)) {
                        contents.put(object.key(), object.size());
                    }
                });
        return contents;
    }

    /** SHA-256 of an object's bytes, read from the store itself; empty if there is none. */
    Optional<String> sha256(String key) throws IOException {
        try (ResponseInputStream<GetObjectResponse> blob = store.delegate().getBlob(bucket, key)) {
            return Optional.of(StoredAs.sha256(blob));
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        }
    }

    /** Requests to store an object or a part of one, so far. */
    long writes() {
        return store.writes.sum();
    }

    /** Uploads in parts that were begun and neither finished nor given up. */
    int unfinishedUploads() {
        return store.delegate().listMultipartUploads(bucket).size();
    }

    /** Runs this once, when the key is read next, before the server looks for the object. */
    void beforeNextRead(String key, OnRead event) {
        store.beforeRead.put(key, event);
    }

    /** Runs this once, when the key is read next, when the server has opened the object and has sent nothing yet. */
    void afterNextRead(String key, OnRead event) {
        store.afterRead.put(key, event);
    }

    @Override
    public void close() throws Exception {
        server.stop();
    }

    /** The store behind the server, with its policy and events. */
    private static final class Policed extends ForwardingBlobStore {
        private final LongAdder writes = new LongAdder();
        private final Set<String> denied = ConcurrentHashMap.newKeySet();
        private final Map<String, OnRead> beforeRead = new ConcurrentHashMap<>();
        private final Map<String, OnRead> afterRead = new ConcurrentHashMap<>();

        Policed(TransientNio2BlobStore store) {
            super(store);
        }

        @Override
        public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
            check(request.key());
            happen(beforeRead, request.key());
            ResponseInputStream<GetObjectResponse> blob = super.getBlob(request);
            happen(afterRead, request.key());
            return blob;
        }

        @Override
        public HeadObjectResponse blobMetadata(HeadObjectRequest request) {
            check(request.key());
            return super.blobMetadata(request);
        }

        @Override
        public PutObjectResponse putBlob(PutObjectRequest request, InputStream content) {
            writes.increment();
            return super.putBlob(request, content);
        }

        @Override
        public UploadPartResponse uploadMultipartPart(
                MultipartUpload upload, UploadPartRequest request, InputStream content) {
            writes.increment();
            return super.uploadMultipartPart(upload, request, content);
        }

        private void check(String key) {
            if (denied.contains(key)) {
                throw S3Exceptions.fromStatusCode(403, "AccessDenied", Map.of(), null);
            }
        }

        private static void happen(Map<String, OnRead> events, String key) {
            OnRead event = events.remove(key);
            if (event == null) {
                return;
            }
            try {
                event.run();
            } catch (Exception e) {
                throw new IllegalStateException("the site failed at the read of " + key, e);
            }
        }
    }
}
