package org.cchq.migrate.kind.metadata;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.engine.Time;
import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.ProgressSnapshot;

/**
 * What surrounds a command that goes over pages by itself, without the engine: it tells that it began, once a second how far
 * it is, and obeys pause and cancel between two pages.
 */
final class PagedRun implements AutoCloseable {
    private final MetadataOutput output;
    private final RunControl control;
    private final Clock clock;
    private final long began = Time.SYSTEM.nanos();
    private final PartTicker ticker;
    private volatile Counts counts = Counts.NONE;

    PagedRun(MetadataOutput output, RunControl control, Clock clock) {
        this.output = output;
        this.control = control;
        this.clock = clock;
        this.ticker = new PartTicker(() -> output.accept(new AgentEvent.Progressed(clock.instant(), snapshot())));
    }

    /**
     * Tells that it begins.
     *
     * @param ledger "" if it has none
     */
    void begin(MetadataSpec spec, String version, List<String> ends, String log, String ledger) {
        output.accept(new AgentEvent.Started(
                clock.instant(),
                version,
                spec.command(),
                ends.get(0),
                ends.get(1),
                log,
                ledger,
                1,
                false,
                spec.runBy(),
                AgentEvent.Started.ALL_DATES,
                clock.instant()));
    }

    /** What was done so far. */
    void reached(Counts done) {
        counts = done;
    }

    /** Waits while it is paused; false once it is to end. */
    boolean mayGoOn() throws InterruptedException {
        return control.mayGoOn(by -> output.line("WARNING paused by " + by));
    }

    /** The exit status of a run that was asked to end. */
    static ExitCode stopped(RunControl control) {
        return control.cancelledBy().filter("signal"::equals).isPresent() ? ExitCode.INTERRUPTED : ExitCode.STOPPED;
    }

    private ProgressSnapshot snapshot() {
        Counts done = counts;
        Duration elapsed = Duration.ofNanos(Math.max(1, Time.SYSTEM.nanos() - began));
        return new ProgressSnapshot(
                OptionalLong.empty(),
                done,
                done,
                elapsed,
                0,
                done.done() * 1e9 / elapsed.toNanos(),
                0,
                control.pausedBy().map(by -> "paused by " + by).orElse(""));
    }

    @Override
    public void close() throws InterruptedException {
        ticker.close();
    }
}
