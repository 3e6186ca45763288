package org.cchq.migrate.kind.doctypes;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.RunControl;
import org.jspecify.annotations.Nullable;

/**
 * Settles batches of documents, as many at once as there are workers; holds no more batches than that in memory. For one
 * thread that submits.
 */
final class DocumentCrew implements AutoCloseable {
    private static final long LOOK_MILLIS = 100;
    private static final int FIRST_BATCH = 32;
    private static final long READ_AT_ONCE = 2L << 20;
    private static final int SMALLEST_BATCH = 4;

    /** Told after a batch was settled, in a worker's thread. */
    @FunctionalInterface
    interface Settled {
        void settled(Settlement settlement) throws UserException;
    }

    private final DocumentCopier copier;
    private final CopyPolicy policy;
    private final RunControl control;
    private final RunTally tally;
    private final FailedDocuments failed;
    private final DoctypeOutput output;
    private final ExecutorService workers;
    private int inFlight;
    private double bytesPerDocument;
    private @Nullable Throwable failure;

    DocumentCrew(DocumentCopier copier, DoctypeRun run, RunTally tally, FailedDocuments failed) {
        this.copier = copier;
        this.policy = run.policy();
        this.control = run.control();
        this.output = run.output();
        this.tally = tally;
        this.failed = failed;
        AtomicInteger number = new AtomicInteger();
        this.workers = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "documents-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** So many documents make a batch now: small at first, then as their size allows. */
    synchronized int batchSize() {
        if (bytesPerDocument <= 0) {
            return Math.min(FIRST_BATCH, policy.batchDocuments());
        }
        long fitting = (long) (READ_AT_ONCE / bytesPerDocument);
        return (int) Math.max(1, Math.min(policy.batchDocuments(), Math.max(SMALLEST_BATCH, fitting)));
    }

    /** In batches; returns when the last has begun. */
    void submitAll(List<String> ids, Settled then)
            throws EndpointException, UserException, InterruptedException, StoppedException {
        int at = 0;
        while (at < ids.size()) {
            int end = Math.min(ids.size(), at + batchSize());
            submit(new ArrayList<>(ids.subList(at, end)), then);
            at = end;
        }
    }

    /** Waits for a free worker, and hands the batch over. */
    void submit(List<String> ids, Settled then)
            throws EndpointException, UserException, InterruptedException, StoppedException {
        synchronized (this) {
            while (failure == null
                    && control.cancelledBy().isEmpty()
                    && (inFlight >= control.workers() || control.pausedBy().isPresent())) {
                wait(LOOK_MILLIS);
            }
            rethrow();
            if (control.cancelledBy().isPresent()) {
                throw new StoppedException();
            }
            inFlight++;
        }
        tally.begun();
        workers.execute(() -> settle(ids, then));
    }

    /** Waits until all that was submitted is settled. */
    void drain() throws EndpointException, UserException, InterruptedException, StoppedException {
        synchronized (this) {
            while (inFlight > 0) {
                wait(LOOK_MILLIS);
            }
            rethrow();
        }
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }

    private void settle(List<String> ids, Settled then) {
        boolean settled = false;
        try {
            Settlement settlement = copier.settle(ids);
            failed.settled(ids, settlement.failures());
            synchronized (this) {
                double now = (double) settlement.bytesRead() / ids.size();
                bytesPerDocument = Math.max(1, now > bytesPerDocument ? now : 0.7 * bytesPerDocument + 0.3 * now);
                settlement.findings().forEach(output::finding);
                settlement
                        .failures()
                        .forEach((id, reason) ->
                                output.finding(new DocumentFinding(id, DocumentFinding.Sort.FAILED, reason)));
            }
            tally.ended(ids.size(), settlement);
            settled = true;
            then.settled(settlement);
        } catch (EndpointException | UserException | InterruptedException | StoppedException | RuntimeException e) {
            fail(e);
        } catch (Error e) {
            fail(e);
            throw e;
        } finally {
            if (!settled) {
                tally.abandoned();
            }
            synchronized (this) {
                inFlight--;
                notifyAll();
            }
        }
    }

    private synchronized void fail(Throwable error) {
        if (failure == null || failure instanceof StoppedException) {
            failure = error;
        }
        notifyAll();
    }

    private void rethrow() throws EndpointException, UserException, InterruptedException, StoppedException {
        Throwable why = failure;
        if (why instanceof EndpointException endpoint) {
            throw endpoint;
        } else if (why instanceof UserException user) {
            throw user;
        } else if (why instanceof StoppedException) {
            throw new StoppedException();
        } else if (why instanceof InterruptedException) {
            throw new InterruptedException("a worker was interrupted");
        } else if (why != null) {
            throw new IllegalStateException("a worker failed", why);
        }
    }
}
