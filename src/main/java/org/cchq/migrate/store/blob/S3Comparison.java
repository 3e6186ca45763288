package org.cchq.migrate.store.blob;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.store.blob.PutResult.Effect;
import org.cchq.migrate.store.blob.PutResult.Verified;

/** What is at a key of the target, held against the source that was to be stored there. Thread-safe. */
final class S3Comparison {
    private final S3Objects objects;
    private final S3Failures failures;
    private final Supplier<Capabilities> capabilities;
    /** Keys that are taken, as the server has said, and that nobody has seen yet. */
    private final Set<String> taken = ConcurrentHashMap.newKeySet();

    S3Comparison(S3Objects objects, S3Failures failures, Supplier<Capabilities> capabilities) {
        this.objects = objects;
        this.failures = failures;
        this.capabilities = capabilities;
    }

    /** Something is there: the same, or something else. Reads the source where only its bytes can tell. */
    PutResult existing(BlobInfo there, BlobInfo declared, SourceReader source)
            throws EndpointException, InterruptedException {
        if (there.length() != declared.length()) {
            return new PutResult(Effect.DIFFERENT, there.length(), Verified.LENGTH);
        }
        EtagForm form = EtagForm.of(there.etag());
        if (form != EtagForm.OPAQUE && there.etag().equalsIgnoreCase(declared.etag())) {
            return new PutResult(Effect.SAME, there.length(), Verified.CHECKSUM);
        }
        if (form == EtagForm.OPAQUE || EtagForm.of(declared.etag()) == EtagForm.OPAQUE) {
            return new PutResult(Effect.SAME, there.length(), Verified.LENGTH);
        }
        return source.matches(there.etag())
                ? new PutResult(Effect.SAME, there.length(), Verified.TARGET_CHECKSUM)
                : form == EtagForm.MD5 && capabilities.get().etagIsMd5()
                        ? new PutResult(Effect.DIFFERENT, there.length(), Verified.CHECKSUM)
                        : new PutResult(Effect.SAME, there.length(), Verified.LENGTH);
    }

    /** Whether an earlier attempt was told that something is there, and could not see what: then that is the first question. */
    boolean isTaken(String key) {
        return !taken.isEmpty() && taken.contains(key);
    }

    /** Nobody asks for this key any more. */
    void forget(String key) {
        if (!taken.isEmpty()) {
            taken.remove(key);
        }
    }

    /**
     * The server says that something is there already. If it cannot be looked at now, that is where the next attempt goes
     * on.
     */
    PutResult lostTheRace(String key, BlobInfo declared, SourceReader source)
            throws EndpointException, InterruptedException {
        Optional<BlobInfo> there;
        try {
            there = objects.head(key);
        } catch (EndpointException e) {
            taken.add(key);
            throw e.havingReached(1);
        }
        if (there.isEmpty()) {
            throw failures.failure(
                    Kind.SERVER_ERROR,
                    "PUT key " + key,
                    "it said that the key exists, and then that it does not",
                    null);
        }
        return existing(there.get(), declared, source);
    }

    /** How much is proven of what was sent, where the target's checksum agrees. */
    static Verified bothSides(Verified read) {
        return read == Verified.CHECKSUM ? Verified.CHECKSUM : Verified.TARGET_CHECKSUM;
    }

    /** Takes back what this call stored, if it is still that. */
    void removeWrong(String key, String etag) throws EndpointException, InterruptedException {
        Optional<BlobInfo> there = objects.head(key);
        if (there.isPresent() && there.get().etag().equals(etag)) {
            objects.delete(key);
        }
    }
}
