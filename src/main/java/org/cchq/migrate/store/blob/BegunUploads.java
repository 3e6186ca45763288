package org.cchq.migrate.store.blob;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.UserException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The uploads in parts that this process has begun and not ended: kept between two attempts at a blob, aborted when
 * nobody goes on with them, and written to a journal so that another process can abort what a killed one has left.
 * Thread-safe.
 */
final class BegunUploads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BegunUploads.class);

    private final S3Control control;
    private final String target;
    private final Map<String, BegunUpload> kept = new ConcurrentHashMap<>();
    private volatile @Nullable UploadJournal journal;

    /** @param target as {@link BlobStore#description()} */
    BegunUploads(S3Control control, String target) {
        this.control = control;
        this.target = target;
    }

    /** What one attempt does with an upload. */
    interface Attempt<R> {
        R run() throws EndpointException, InterruptedException;
    }

    /**
     * From now on begun uploads are in this file; those that it has from before are aborted. One that cannot be aborted
     * stays in the file, and in the log as a warning. The file before this is done with.
     */
    void journal(Path file) throws UserException, InterruptedException {
        close();
        UploadJournal opened = UploadJournal.open(file, target);
        for (UploadJournal.Entry left : opened.left()) {
            try {
                abort(left.key(), left.id());
                opened.ended(left.id());
                LOG.info("aborted the unfinished upload of key {} that an earlier session has left", left.key());
            } catch (EndpointException e) {
                LOG.warn(
                        "the unfinished upload {} of key {} that an earlier session has left stays on {} until the next"
                                + " session: {}",
                        left.id(),
                        left.key(),
                        target,
                        e.getMessage());
            }
        }
        journal = opened;
    }

    /** Goes on with what an earlier attempt at this source has left, or begins anew. */
    BegunUpload takeOrBegin(String key, String version, long length, long partBytes)
            throws EndpointException, InterruptedException {
        Optional<BegunUpload> left = take(key, version, length, partBytes);
        return left.isPresent() ? left.get() : begin(key, version, length, partBytes);
    }

    /** What an earlier attempt at this source has left. An upload of another source is aborted. */
    Optional<BegunUpload> take(String key, String version, long length, long partBytes) throws InterruptedException {
        BegunUpload left = kept.remove(key);
        if (left == null) {
            return Optional.empty();
        }
        if (left.isOf(version, length, partBytes)) {
            return left.takenUp();
        }
        leave(left);
        return Optional.empty();
    }

    BegunUpload begin(String key, String version, long length, long partBytes)
            throws EndpointException, InterruptedException {
        BegunUpload begun = new BegunUpload(key, control.createUpload(key), version, length, partBytes);
        UploadJournal open = journal;
        if (open != null) {
            open.begun(key, begun.id());
        }
        return begun;
    }

    /**
     * One attempt at an upload. It is kept after a failure for which another attempt makes sense, and that failure tells
     * how far it has got; it is at its end in every other case.
     */
    <R> R attempt(BegunUpload upload, Attempt<R> attempt) throws EndpointException, InterruptedException {
        boolean goesOn = false;
        try {
            return attempt.run();
        } catch (EndpointException e) {
            goesOn = upload.mayGoOn(e);
            throw goesOn ? e.havingReached(upload.steps()) : e;
        } finally {
            if (goesOn) {
                keep(upload);
            } else {
                leave(upload);
            }
        }
    }

    private void keep(BegunUpload upload) {
        // Two rows may name one key: then the later of their uploads is gone on with.
        BegunUpload other = kept.put(upload.key(), upload);
        if (other != null) {
            leave(other);
        }
    }

    /** Nobody will go on with what is kept of this key. */
    void forget(String key) {
        BegunUpload left = kept.remove(key);
        if (left != null) {
            leave(left);
        }
    }

    /** Leaves no parts behind, also when this thread is interrupted or the reason was a lost connection. */
    private boolean leave(BegunUpload upload) {
        boolean interrupted = Thread.interrupted();
        try {
            if (!upload.over()) {
                abort(upload.key(), upload.id());
            }
            UploadJournal open = journal;
            if (open != null) {
                open.ended(upload.id());
            }
            return true;
        } catch (EndpointException e) {
            LOG.warn(
                    "the unfinished upload {} of key {} stays on {} until the next session: {}",
                    upload.id(),
                    upload.key(),
                    target,
                    e.getMessage());
            return e.kind() != Kind.UNREACHABLE;
        } catch (InterruptedException e) {
            interrupted = true;
            return false;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void abort(String key, String id) throws EndpointException, InterruptedException {
        control.abortUpload(key, id);
    }

    /** Aborts all that is kept, unless the target cannot be reached. */
    @Override
    public void close() {
        boolean reachable = true;
        for (BegunUpload upload : kept.values()) {
            reachable = reachable && leave(upload);
        }
        kept.clear();
        UploadJournal open = journal;
        if (open != null) {
            open.close();
            journal = null;
        }
    }
}
