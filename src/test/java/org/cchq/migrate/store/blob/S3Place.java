package org.cchq.migrate.store.blob;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.contract.BlobStorePlace;

/** One bucket of a server for one contract test; what differs between servers is for those who know the server. */
abstract class S3Place implements BlobStorePlace {
    private static final S3Tuning TUNING = S3Tuning.DEFAULT.withPartBytes(S3Tuning.MIN_PART_BYTES);

    private final S3Settings settings;
    private final S3BlobStore store;

    S3Place(S3Settings settings) throws UserException, EndpointException, InterruptedException {
        this.settings = settings;
        this.store = S3BlobStore.open(settings, TUNING);
        store.probeTarget();
    }

    @Override
    public BlobStore store() {
        return store;
    }

    @Override
    public Set<Limit> limits() {
        return Set.of();
    }

    @Override
    public int partBytes() {
        return (int) TUNING.partBytes();
    }

    @Override
    public boolean deny(String key) throws Exception {
        return false;
    }

    @Override
    public Optional<Map<String, String>> metadata(String key) throws Exception {
        return Optional.empty();
    }

    @Override
    public OptionalInt unfinishedUploads() throws Exception {
        return OptionalInt.empty();
    }

    @Override
    public BlobStore missing() throws UserException {
        return S3BlobStore.open(
                new S3Settings(
                        settings.url(),
                        settings.accessKey(),
                        settings.secretKey(),
                        "no-such-bucket",
                        settings.signature(),
                        settings.region(),
                        settings.addressing(),
                        settings.connectTimeout(),
                        settings.readTimeout()),
                TUNING);
    }

    @Override
    public Optional<BlobStore> wrongSecret() throws UserException {
        S3Settings wrong = S3Settings.of(
                        settings.url().orElseThrow(),
                        settings.accessKey().orElseThrow(),
                        new Secret("wrong"),
                        settings.bucket())
                .withSignature(settings.signature());
        return Optional.of(S3BlobStore.open(wrong, TUNING));
    }

    @Override
    public void close() throws Exception {
        store.close();
    }
}
