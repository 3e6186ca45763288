package org.cchq.migrate.engine;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Finding;
import org.cchq.migrate.migration.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one pass over all items of a {@link Work} as far as it goes: chunks, workers, retry, settling, ledger. For one
 * run; not thread-safe, but {@link RunControl} and {@link Progress} may be used from any thread meanwhile.
 */
public final class Pipeline<T> {
    /** That many items in a row, failed or denied, mean that it is not the items. */
    static final int FAILURES_IN_A_ROW = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
    private static final long LOOK_MILLIS = 5;

    private final Work<T> work;
    private final Ledger ledger;
    private final PipelineSettings settings;
    private final RunControl control;
    private final Progress progress;
    private final FindingListener findings;
    private final Time time;
    private final Clock clock;
    private final Halt halt;
    private final Gate gate;
    private final Crew crew;
    private final Retry retry;
    private final RandomGenerator random;
    private final Settler<T> settler;
    private final Set<ChunkRun> open = ConcurrentHashMap.newKeySet();
    /** A permit for each chunk that has ended since somebody looked. */
    private final Semaphore ends = new Semaphore(0);

    private final AtomicInteger failuresInARow = new AtomicInteger();
    private volatile boolean allHandedOut;

    public Pipeline(
            Work<T> work,
            Ledger ledger,
            PipelineSettings settings,
            RunControl control,
            Progress progress,
            FindingListener findings,
            Time time,
            Clock clock,
            RandomGenerator random) {
        this.work = work;
        this.ledger = ledger;
        this.settings = settings;
        this.control = control;
        this.progress = progress;
        this.findings = findings;
        this.time = time;
        this.clock = clock;
        this.random = random;
        this.halt = new Halt(control, time);
        this.gate = new Gate(control, halt);
        this.crew = new Crew(control, halt);
        this.retry = new Retry(settings.retry(), time, random, halt, gate, progress);
        this.settler = new Settler<>(work, ledger, settings.settle(), time, halt, retry, progress, findings);
    }

    /**
     * Takes the pass up where it was left, or begins the next one, and goes on until it ends or is cancelled.
     *
     * @throws EndpointException if no item can succeed any more, or an endpoint or the ledger did not come back; the
     *     same run can be started again
     * @throws InterruptedException if the calling thread is interrupted; likewise
     */
    public PassResult run() throws EndpointException, UserException, InterruptedException {
        PassPlan plan = ledger.beginPass(work.partitions());
        progress.begin(plan.counts(), gate::inFlight, control::pausedBy);
        LOG.info(
                "pass {}, session {}: {} chunks to take up",
                plan.number(),
                plan.session(),
                plan.chunks().size());
        try {
            PageReader<T> pages = startThreads(plan);
            takeUp(plan.chunks());
            tryFailedItemsAgain();
            handOut(pages);
            waitUntilAllEnded();
        } catch (HaltedException e) {
            LOG.debug("the run is ending", e);
        } catch (EndpointException | UserException | InterruptedException | RuntimeException e) {
            halt.because(e);
        } finally {
            leave();
        }
        return conclude(plan);
    }

    private PageReader<T> startThreads(PassPlan plan) {
        PageReader<T> pages = new PageReader<>(
                work, plan.begun(), settings.chunkItems(), settings.retry(), time, random, halt, retry);
        crew.start(Crew.READER, pages::readAll);
        crew.start("settler", settler::finishAll);
        crew.enlist();
        return pages;
    }

    /** Chunks that an earlier session has begun: what has no result is done again. */
    private void takeUp(List<OpenChunk> chunks)
            throws EndpointException, UserException, HaltedException, InterruptedException {
        for (OpenChunk chunk : chunks) {
            Collection<EndedItem> ended = ledger.results(chunk).values();
            if (!chunk.again()) {
                ended.forEach(item -> progress.endedEarlier(item.result()));
            }
            if (chunk.ended().isPresent()) {
                settler.addEndedEarlier(chunk, clock);
            } else {
                redo(chunk, ended);
            }
        }
    }

    private void redo(OpenChunk chunk, Collection<EndedItem> ended)
            throws EndpointException, UserException, HaltedException, InterruptedException {
        Set<Long> done = ended.stream().map(EndedItem::id).collect(Collectors.toSet());
        List<T> toDo = new ArrayList<>(work.decode(chunk.partition(), ledger.items(chunk)));
        toDo.removeIf(item -> done.contains(work.id(item)));
        Map<Long, T> existing =
                existing(chunk.partition(), toDo.stream().map(work::id).toList());
        ChunkRun run = new ChunkRun(chunk, ended);
        open.add(run);
        for (T item : toDo) {
            if (!existing.containsKey(work.id(item))) {
                ended(run, new EndedItem(work.id(item), work.vanished(item), 0));
            }
        }
        if (run.allEnded()) {
            end(run);
        }
        handOut(run, existing.values());
    }

    private Map<Long, T> existing(String partition, List<Long> ids)
            throws EndpointException, HaltedException, InterruptedException {
        if (ids.isEmpty()) {
            return Map.of();
        }
        return retry.patiently(() -> work.reload(partition, ids)).stream()
                .collect(Collectors.toMap(work::id, Function.identity()));
    }

    /** Items that failed or were denied in earlier sessions of this pass. */
    private void tryFailedItemsAgain() throws EndpointException, UserException, HaltedException, InterruptedException {
        for (String partition : work.partitions()) {
            List<Finding> failed = ledger.unresolved(partition, Long.MIN_VALUE, settings.chunkItems());
            while (!failed.isEmpty()) {
                Map<Long, T> existing =
                        existing(partition, failed.stream().map(Finding::id).toList());
                forget(failed.stream()
                        .filter(item -> !existing.containsKey(item.id()))
                        .toList());
                if (!existing.isEmpty()) {
                    waitForAPlace();
                    OpenChunk chunk = ledger.beginAgain(
                            partition, existing.keySet(), work.encode(List.copyOf(existing.values())));
                    handOut(begun(chunk), existing.values());
                }
                failed = ledger.unresolved(
                        partition, failed.get(failed.size() - 1).id(), settings.chunkItems());
            }
        }
    }

    private void forget(List<Finding> failed) throws EndpointException, UserException {
        List<Finding> vanished = new ArrayList<>();
        for (Finding item : failed) {
            Finding gone = new Finding(
                    item.partition(),
                    item.id(),
                    item.key(),
                    Outcome.NOT_REFERENCED,
                    item.record(),
                    "its row was deleted since it failed");
            findings.found(gone);
            vanished.add(gone);
        }
        if (!vanished.isEmpty()) {
            ledger.vanished(vanished);
            progress.recorded(ledger.counts(), List.of());
        }
    }

    /** Everything beyond the marks. */
    private void handOut(PageReader<T> pages) throws EndpointException, HaltedException, InterruptedException {
        Optional<PageReader.Page<T>> page = pages.take();
        while (page.isPresent()) {
            String partition = page.get().partition();
            for (List<T> items : split(page.get().items())) {
                waitForAPlace();
                long hi = work.id(items.get(items.size() - 1));
                OpenChunk chunk = ledger.beginChunk(partition, hi, items.size(), work.encode(items));
                progress.enumerated(items.size());
                handOut(begun(chunk), items);
            }
            page = pages.take();
        }
    }

    private List<List<T>> split(List<T> page) {
        List<List<T>> chunks = new ArrayList<>();
        List<T> chunk = new ArrayList<>();
        long bytes = 0;
        for (T item : page) {
            chunk.add(item);
            bytes += work.bytes(item);
            if (chunk.size() >= settings.chunkItems() || bytes >= settings.chunkBytes()) {
                chunks.add(chunk);
                chunk = new ArrayList<>();
                bytes = 0;
            }
        }
        if (!chunk.isEmpty()) {
            chunks.add(chunk);
        }
        return chunks;
    }

    private ChunkRun begun(OpenChunk chunk) {
        ChunkRun run = new ChunkRun(chunk, List.of());
        open.add(run);
        return run;
    }

    /** At most one open chunk for each worker: no more is redone after a kill. */
    private void waitForAPlace() throws HaltedException, InterruptedException {
        while (open.size() >= control.workers() || settler.full()) {
            look();
        }
    }

    private void look() throws HaltedException, InterruptedException {
        halt.check();
        crew.enlist();
        if (ends.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            ends.drainPermits();
        }
    }

    private void handOut(ChunkRun run, Collection<T> items) throws HaltedException, InterruptedException {
        for (T item : items) {
            crew.add(() -> workOn(run, item));
        }
    }

    /** One item, in a worker's thread. */
    private void workOn(ChunkRun run, T item) throws EndpointException, HaltedException, InterruptedException {
        long id = work.id(item);
        EndedItem ended;
        try {
            Retry.Answer<ItemResult> answer = retry.item(
                    run.chunk().partition() + " " + id, kind -> alone(run.chunk(), kind), () -> work.process(item));
            ended = new EndedItem(id, answer.value(), answer.attempts());
        } catch (Retry.GivenUp e) {
            LOG.debug("gave up {} {} after {} attempts", run.chunk().partition(), id, e.attempts(), e);
            ended = new EndedItem(id, work.failed(item, e.last()), e.attempts());
        }
        ended(run, ended);
        if (!run.chunk().again()) {
            endIfEverythingFails(ended.result());
        }
        if (run.allEnded()) {
            end(run);
        }
    }

    /**
     * Whether no other item could show that the failure is this item's own. One that already failed for good while others
     * did not needs no others to show it again; and if nothing is left but items in trouble, waiting for the rest would
     * never end.
     */
    private boolean alone(OpenChunk chunk, Kind kind) {
        if (kind == Kind.THROTTLED) {
            return chunk.again() || (allHandedOut && crew.tasks() <= retry.inTrouble());
        }
        return allHandedOut && crew.tasks() == 1;
    }

    private void ended(ChunkRun run, EndedItem item) {
        if (run.ended(item)) {
            if (run.chunk().again()) {
                progress.endedAgain(item.result());
            } else {
                progress.ended(item.result());
            }
        }
    }

    private void end(ChunkRun run) throws EndpointException {
        if (run.claimEnd()) {
            ledger.end(run.chunk(), run.results());
            // In this order: a chunk that is in neither place would be missed by the end of the run.
            settler.add(run.chunk());
            open.remove(run);
            ends.release();
        }
    }

    private void endIfEverythingFails(ItemResult result) throws EndpointException {
        if (!result.outcome().unresolved()) {
            failuresInARow.set(0);
        } else if (failuresInARow.incrementAndGet() == FAILURES_IN_A_ROW) {
            String last = result.finding().map(Finding::detail).orElse("");
            throw new EndpointException(
                    "the endpoints",
                    Kind.UNUSABLE,
                    FAILURES_IN_A_ROW + " items in a row failed or were denied, and none succeeded in between."
                            + " The last one: " + last
                            + ". Check the rights of the accounts and the state of the stores, then start the same"
                            + " command again: these items are tried again.");
        }
    }

    private void waitUntilAllEnded() throws HaltedException, InterruptedException {
        allHandedOut = true;
        while (!open.isEmpty()) {
            look();
        }
        settler.noMore();
        while (!settler.finished()) {
            look();
        }
    }

    /** Lets what is in flight end, and keeps in the ledger what is known of chunks that are left open. */
    private void leave() throws EndpointException, InterruptedException {
        boolean interrupted =
                halt.cause().filter(InterruptedException.class::isInstance).isPresent();
        halt.end();
        crew.sendHome(interrupted ? 0 : settings.grace().toNanos());
        for (ChunkRun run : open) {
            try {
                ledger.keep(run.chunk(), run.leave());
            } catch (EndpointException e) {
                halt.because(e);
            }
        }
    }

    private PassResult conclude(PassPlan plan) throws EndpointException, UserException, InterruptedException {
        Optional<Throwable> cause = halt.cause();
        if (cause.isPresent()) {
            endWith(cause.get());
        }
        Counts pass = ledger.counts();
        PassResult.End end = endOf(pass);
        PassState state = switch (end) {
            case COMPLETE -> PassState.COMPLETE;
            case UNRESOLVED -> PassState.UNRESOLVED;
            case NOTHING_ENUMERATED, STOPPED -> PassState.STOPPED;
        };
        String remark = control.cancelledBy().map(by -> "cancelled by " + by).orElse("");
        ledger.endPass(state, end == PassResult.End.STOPPED ? remark : "");
        Counts shown = end == PassResult.End.STOPPED ? progress.snapshot().pass() : pass;
        LOG.info("pass {} ended: {}, {}", plan.number(), end, shown);
        return new PassResult(plan.number(), end, shown, progress.snapshot().session());
    }

    private PassResult.End endOf(Counts pass) {
        if (!settler.finished()) {
            if (control.cancelledBy().isEmpty()) {
                throw new IllegalStateException("the run ended early, and nobody asked for it");
            }
            return PassResult.End.STOPPED;
        }
        if (pass.done() != pass.enumerated()) {
            throw new IllegalStateException("counts do not add up: " + pass);
        }
        if (pass.enumerated() == 0 && progress.total().orElse(0) > 0) {
            return PassResult.End.NOTHING_ENUMERATED;
        }
        boolean unresolved = pass.outcomes().keySet().stream().anyMatch(Outcome::unresolved);
        return unresolved ? PassResult.End.UNRESOLVED : PassResult.End.COMPLETE;
    }

    private void endWith(Throwable cause) throws EndpointException, UserException, InterruptedException {
        try {
            ledger.endPass(PassState.STOPPED, String.valueOf(cause.getMessage()));
        } catch (EndpointException e) {
            cause.addSuppressed(e);
        }
        if (cause instanceof EndpointException endpoint) {
            throw endpoint;
        }
        if (cause instanceof UserException user) {
            throw user;
        }
        if (cause instanceof InterruptedException interrupted) {
            throw interrupted;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        throw cause instanceof RuntimeException bug ? bug : new IllegalStateException(cause);
    }
}
