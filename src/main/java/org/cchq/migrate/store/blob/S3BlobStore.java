package org.cchq.migrate.store.blob;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.TrustedIssuers;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.http.HttpTransport;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * Blobs in one bucket of an S3-compatible endpoint: Amazon, Ceph, MinIO, Riak CS and others, with or without a proxy
 * before it. Small and frequent requests go over the store's own HTTP client, rare ones through the AWS SDK over the
 * same connections (decision 0002).
 *
 * <p>No read or write of a socket waits for longer than the read time-out. A thread that is interrupted gets out within
 * a second; {@link #close()} ends requests that are under way, and aborts uploads that nobody goes on with.
 *
 * <p>Until {@link #probeTarget()} was called the store assumes the least: it looks a key up before each write, and
 * compares checksums only where they agree.
 */
public final class S3BlobStore implements BlobStore {
    private static final Capabilities LEAST = new Capabilities(false, false, false, 0);

    private final S3Settings settings;
    private final S3Tuning tuning;
    private final String description;
    private final HttpTransport transport;
    private final S3Failures failures;
    private final S3Objects objects;
    private final S3Control control;
    private final BodySender sender;
    private final BegunUploads uploads;
    private final S3Comparison comparison;
    private final S3Writer writer;
    private final S3Copier copier;
    private final AwsCredentialsProvider credentials;
    private final InstantSource clock;
    private volatile Capabilities capabilities = LEAST;
    private volatile @Nullable S3Endpoint endpoint;

    private S3BlobStore(S3Settings settings, S3Tuning tuning, Supplier<SSLSocketFactory> tls, InstantSource clock) {
        this.settings = settings;
        this.tuning = tuning;
        this.clock = clock;
        this.description = "s3 "
                + settings.url()
                        .orElse("aws"
                                + settings.region().map(region -> ":" + region).orElse("")) + " bucket "
                + settings.bucket();
        this.failures = new S3Failures(description);
        this.credentials = credentials(settings);
        this.transport =
                new HttpTransport(tuning.maxConnections(), tls, settings.connectTimeout(), settings.readTimeout());
        this.objects =
                new S3Objects(transport, this::endpoint, credentials::resolveCredentials, this::signer, failures);
        this.control = new S3Control(settings, this::endpoint, credentials, new SigV2(clock), transport, failures);
        this.sender = new BodySender(objects, failures);
        this.comparison = new S3Comparison(objects, failures, () -> capabilities);
        this.uploads = new BegunUploads(control, description);
        S3PartWriter parts =
                new S3PartWriter(objects, control, uploads, sender, comparison, failures, () -> capabilities);
        this.writer = new S3Writer(objects, sender, comparison, parts, tuning, failures, () -> capabilities);
        this.copier =
                new S3Copier(objects, control, writer, parts, uploads, comparison, failures, S3Copier.WHOLE_BYTES);
    }

    /**
     * A store with these settings. No request is made yet.
     *
     * @throws UserException with everything that is wrong with the settings, or with the machine's trusted issuers if
     *     there is TLS to do
     */
    public static S3BlobStore open(S3Settings settings, S3Tuning tuning) throws UserException {
        Supplier<SSLSocketFactory> tls = () -> (SSLSocketFactory) SSLSocketFactory.getDefault();
        if (settings.overTls()) {
            SSLSocketFactory sockets = TrustedIssuers.ofThisMachine().context().getSocketFactory();
            tls = () -> sockets;
        }
        return open(settings, tuning, tls, InstantSource.system());
    }

    static S3BlobStore open(S3Settings settings, S3Tuning tuning, Supplier<SSLSocketFactory> tls, InstantSource clock)
            throws UserException {
        Problems problems = new Problems();
        settings.check("S3 settings", problems);
        problems.throwIfAny();
        return new S3BlobStore(settings, tuning, tls, clock);
    }

    private static AwsCredentialsProvider credentials(S3Settings settings) {
        if (settings.accessKey().isEmpty()) {
            return DefaultCredentialsProvider.builder().build();
        }
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(
                settings.accessKey().orElseThrow(),
                settings.secretKey().orElseThrow().reveal()));
    }

    private S3Endpoint endpoint() {
        S3Endpoint known = endpoint;
        if (known == null) {
            known = S3Endpoint.of(settings);
            endpoint = known;
        }
        return known;
    }

    private RequestSigner signer(S3Endpoint to) {
        return settings.signature() == S3Settings.Signature.V2 ? new SigV2(clock) : new SigV4(to.region(), clock);
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public Optional<StoredBlob> open(String key) throws EndpointException, InterruptedException {
        return objects.open(key);
    }

    @Override
    public Optional<BlobInfo> head(String key) throws EndpointException, InterruptedException {
        return objects.head(key);
    }

    @Override
    public PutResult putIfAbsent(String key, StoredBlob blob) throws EndpointException, InterruptedException {
        return writer.putIfAbsent(key, blob);
    }

    @Override
    public Optional<PutResult> copyWithin(BlobStore source, String key) throws EndpointException, InterruptedException {
        if (!(source instanceof S3BlobStore other) || !settings.sameAccount(other.settings)) {
            return Optional.empty();
        }
        return copier.copy(source, other.settings.bucket(), key, capabilities.conditionalPut());
    }

    @Override
    public boolean delete(String key) throws EndpointException, InterruptedException {
        return objects.delete(key);
    }

    @Override
    public BlobPage list(String after) throws EndpointException, InterruptedException {
        return control.list(after);
    }

    @Override
    public Capabilities probeTarget() throws EndpointException, InterruptedException {
        Capabilities found = new S3Probe(objects, control, sender, failures, tuning).target();
        capabilities = found;
        return found;
    }

    @Override
    public void probeSource() throws EndpointException, InterruptedException {
        new S3Probe(objects, control, sender, failures, tuning).source();
    }

    /** A probe of this store's endpoint; closing it closes the store. */
    S3EndpointProbe endpointProbe() {
        return new S3EndpointProbe(this, settings, this::endpoint, transport, credentials, objects, sender, failures);
    }

    @Override
    public void forget(String key) {
        uploads.forget(key);
        comparison.forget(key);
    }

    /**
     * Keeps the unfinished uploads of this store in a file from now on, so that none outlives a killed process for good;
     * aborts those that the file has from before. Uploads of others are not touched. Call it before the first write, by
     * one process at a time for a file.
     *
     * @throws UserException if the file cannot be read or written
     */
    public void journalUploads(Path file) throws UserException, InterruptedException {
        uploads.journal(file);
    }

    @Override
    public void close() {
        uploads.close();
        control.close();
        transport.close();
    }
}
