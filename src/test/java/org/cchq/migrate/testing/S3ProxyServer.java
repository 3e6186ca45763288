package org.cchq.migrate.testing;

import java.net.URI;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;

/**
 * A real S3 server in the test's JVM, on a free loopback port, keeping objects in memory. It verifies signatures of
 * version 2 and 4. Not as AWS: keys with {@code //} are refused as wrongly signed, keys that end in {@code /} lose their
 * body, {@code ./} and {@code ../} are normalised.
 */
public final class S3ProxyServer implements AutoCloseable {
    private static final String ACCESS_KEY = "test-access";
    private static final String SECRET_KEY = "test-secret-4Yq/x+1";

    private final S3Proxy server;
    private final BlobStore blobs;

    private S3ProxyServer(S3Proxy server, BlobStore blobs) {
        this.server = server;
        this.blobs = blobs;
    }

    /** Starts a server with these buckets. */
    public static S3ProxyServer start(String... buckets) throws Exception {
        return start(new TransientNio2BlobStore(), buckets);
    }

    /** Starts a server over a store of the caller's, for instance one of s3proxy's middleware that makes faults. */
    public static S3ProxyServer start(BlobStore blobs, String... buckets) throws Exception {
        return start(blobs, AuthenticationType.AWS_V2_OR_V4, buckets);
    }

    /** Starts a server that takes only some versions of the signature. */
    public static S3ProxyServer taking(AuthenticationType signatures, String... buckets) throws Exception {
        return start(new TransientNio2BlobStore(), signatures, buckets);
    }

    private static S3ProxyServer start(BlobStore blobs, AuthenticationType signatures, String... buckets)
            throws Exception {
        S3Proxy server = S3Proxy.builder()
                .blobStore(blobs)
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(signatures, ACCESS_KEY, SECRET_KEY)
                .build();
        server.start();
        S3ProxyServer started = new S3ProxyServer(server, blobs);
        for (String bucket : buckets) {
            started.createBucket(bucket);
        }
        return started;
    }

    /** {@code http://127.0.0.1:PORT}, without a slash at the end. */
    public String url() {
        return "http://127.0.0.1:" + port();
    }

    public int port() {
        return server.getPort();
    }

    public String accessKey() {
        return ACCESS_KEY;
    }

    public String secretKey() {
        return SECRET_KEY;
    }

    public void createBucket(String name) {
        blobs.createContainer(name);
    }

    /** The objects behind the server, to plant and to look at them without S3 requests. */
    public BlobStore blobs() {
        return blobs;
    }

    /** Stops the server; connections are reset. */
    public void stop() throws Exception {
        server.stop();
    }

    @Override
    public void close() throws Exception {
        stop();
    }
}
