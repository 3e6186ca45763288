package org.cchq.migrate.store.blob;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.function.Supplier;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointTrouble;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.http.HttpTransport;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * One endpoint as an account of this machine finds it. {@link #look} and {@link #sees} change nothing; {@link #tryWrites}
 * and {@link #put} write objects that are small, named {@code cchq-migrate-probe-...} and removed again, by this process
 * or by the next probe of the store. Not thread-safe.
 */
public final class S3EndpointProbe implements AutoCloseable {
    private static final int LOOKS = 3;
    private static final Duration PAUSE = Duration.ofMillis(300);

    /**
     * What an endpoint can do, found by writing.
     *
     * @param unsignedBodies it takes bodies that the signature does not cover
     */
    public record Abilities(Capabilities capabilities, boolean unsignedBodies) {}

    private final S3BlobStore store;
    private final S3Settings settings;
    private final Supplier<S3Endpoint> endpoint;
    private final HttpTransport transport;
    private final AwsCredentialsProvider credentials;
    private final S3Objects objects;
    private final BodySender sender;
    private final S3Failures failures;

    S3EndpointProbe(
            S3BlobStore store,
            S3Settings settings,
            Supplier<S3Endpoint> endpoint,
            HttpTransport transport,
            AwsCredentialsProvider credentials,
            S3Objects objects,
            BodySender sender,
            S3Failures failures) {
        this.store = store;
        this.settings = settings;
        this.endpoint = endpoint;
        this.transport = transport;
        this.credentials = credentials;
        this.objects = objects;
        this.sender = sender;
        this.failures = failures;
    }

    /**
     * A probe of an endpoint. No request is made yet.
     *
     * @throws UserException with everything that is wrong with the settings
     */
    public static S3EndpointProbe open(S3Settings settings) throws UserException {
        return S3BlobStore.open(settings, S3Tuning.DEFAULT.withMaxConnections(2))
                .endpointProbe();
    }

    /** As a person names it, without credentials. */
    public String description() {
        return store.description();
    }

    /** Whether the bucket can be listed with these settings; if not, why. Writes nothing. */
    public EndpointAnswer look() throws InterruptedException {
        try {
            return new EndpointQuestions(
                            transport,
                            endpoint.get(),
                            credentials.resolveCredentials(),
                            failures,
                            InstantSource.system())
                    .ask(settings.signature());
        } catch (SdkClientException e) {
            return EndpointAnswer.of(
                    EndpointTrouble.NO_KEYS,
                    "Tried to sign a request for " + description() + " but this machine has no credentials for it; give"
                            + " access_key and secret_key, or the machine a role");
        }
    }

    /** Writes and removes objects to find out what the store can do. */
    public Abilities tryWrites() throws EndpointException, InterruptedException {
        Capabilities found = store.probeTarget();
        return new Abilities(found, !sender.mustSign());
    }

    /** Stores a marker. */
    public void put(String key) throws EndpointException, InterruptedException {
        byte[] body = key.getBytes(StandardCharsets.US_ASCII);
        String md5 = Base64.getEncoder().encodeToString(Md5.digest().digest(body));
        S3Answer answer = objects.put(key, body, body.length, md5, true, false);
        if (!answer.stored()) {
            throw failures.of("PUT the marker " + key, answer);
        }
    }

    /** Whether a marker is there; looked for a few times, for a store whose replicas need a moment. */
    public boolean sees(String key) throws EndpointException, InterruptedException {
        for (int look = 1; ; look++) {
            boolean there = objects.head(key).isPresent();
            if (there || look == LOOKS) {
                return there;
            }
            Sleeper.SYSTEM.sleep(PAUSE);
        }
    }

    /** Removes a marker, and makes sure that it is gone. */
    public void remove(String key) throws EndpointException, InterruptedException {
        objects.delete(key);
        if (objects.head(key).isPresent()) {
            throw failures.failure(
                    EndpointException.Kind.UNUSABLE,
                    "DELETE the marker " + key,
                    "it is still there; the account may not delete",
                    null);
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
