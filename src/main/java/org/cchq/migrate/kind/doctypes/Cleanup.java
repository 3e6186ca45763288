package org.cchq.migrate.kind.doctypes;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.LeaseHeldException;
import org.cchq.migrate.engine.Time;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.store.document.CouchSpec;

/**
 * {@code --cleanup}: deletes the documents in the source after the flip. Refuses unless {@link CleanupGate} is open; shows
 * what there is, and asks; from the moment that nothing can be taken back on, nothing may be carried from the source to the
 * target any more, which is noted in both databases before the first deletion.
 */
public final class Cleanup {
    private final DoctypeRun run;
    private final CleanupSpec spec;
    private final CouchSpec source;
    private final CouchSpec target;
    private final HqMirror mirror;
    private final Dialogue dialogue;
    private final Clock clock;
    private final EndpointPatience patience = new EndpointPatience(Sleeper.SYSTEM);

    public Cleanup(
            DoctypeRun run,
            CleanupSpec spec,
            CouchSpec source,
            CouchSpec target,
            HqMirror mirror,
            Dialogue dialogue,
            Clock clock) {
        this.run = run;
        this.spec = spec;
        this.source = source;
        this.target = target;
        this.mirror = mirror;
        this.dialogue = dialogue;
        this.clock = clock;
    }

    /**
     * How a cleanup ended.
     *
     * @param exit 1 if it was not agreed to: then nothing was changed
     * @param counts the deleted documents as "copied"
     */
    public record End(ExitCode exit, String message, Counts counts) {}

    /** Refuses, as an error, where the gate is shut: then nothing was changed. */
    public End run() throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        DoctypeState state = DoctypeState.read(run.ends(), run.stateDirectory());
        new CleanupGate(run.ends(), run.stateDirectory()).require(state, clock.instant());
        try (DoctypeLease forward = lease(Direction.FORWARD, "Changes are still carried to the target");
                DoctypeLease reverse = lease(Direction.REVERSE, "Changes are still carried back to the source")) {
            return run(state, forward, reverse);
        }
    }

    private End run(DoctypeState state, DoctypeLease forward, DoctypeLease reverse)
            throws UserException, EndpointException, InterruptedException {
        Stats before = stats();
        if (before.sourceTotal() == 0 && state.has(Mark.CLEANUP_COMPLETE)) {
            return said(ExitCode.SUCCESS, "Nothing to do: the source has no documents of these types any more.");
        }
        if (!agreed(before)) {
            return said(ExitCode.REFUSED, "Nothing was deleted.");
        }
        try (RemovalLog log = RemovalLog.open(
                run.stateDirectory().resolve("doctype-" + run.ends().migrator().slug() + "-cleanup.ndjson"))) {
            DoctypeMarks marks = new DoctypeMarks(run.ends(), run.stateDirectory());
            marks.set(Mark.CLEANUP_STARTED);
            mirror.cleanedUp();
            SourceDeletion deletion = new SourceDeletion(
                    run, log, clock, spec.perSecond(), before.sourceTotal(), () -> forward.lost() || reverse.lost());
            SourceDeletion.Result result = deletion.run();
            String deleted = "Deleted " + result.deleted() + " documents; they are listed in " + log.path();
            dialogue.say(deleted);
            if (result.stopped()) {
                dialogue.say("Stopped. The same command goes on.");
                ExitCode exit = new Pace(run.control(), 0, Time.SYSTEM).endedBy();
                return new End(exit, deleted + ". Stopped", result.counts());
            }
            return new End(completed(result, log, marks), deleted, result.counts());
        }
    }

    private End said(ExitCode exit, String message) {
        dialogue.say(message);
        return new End(exit, message, Counts.NONE);
    }

    private DoctypeLease lease(Direction direction, String who)
            throws LeaseHeldException, EndpointException, InterruptedException {
        try {
            return DoctypeLease.take(run.ends(), direction);
        } catch (LeaseHeldException e) {
            dialogue.say(who + ", by " + e.owner() + ".");
            dialogue.say(HqMessages.STILL_REPLICATING);
            throw e;
        }
    }

    private ExitCode completed(SourceDeletion.Result result, RemovalLog log, DoctypeMarks marks)
            throws UserException, EndpointException, InterruptedException {
        Stats after = stats();
        after.lines().forEach(dialogue::say);
        if (after.sourceTotal() > 0) {
            dialogue.say(after.sourceTotal() + " documents are still in the source: "
                    + result.kept().size() + " that the target lacks a revision of, "
                    + result.failed().size() + " that could not be deleted."
                    + " Something still writes to the source, or the target is not complete; look at them, then run"
                    + " the same command again.");
            return ExitCode.INCOMPLETE;
        }
        marks.set(Mark.CLEANUP_COMPLETE);
        if (spec.purge()) {
            long purged = new Purge(run.ends().source()).run(log.path());
            dialogue.say(
                    purged < 0
                            ? "This server cannot purge: a small tombstone of each document stays."
                            : "Purged what the deletions had left of " + purged + " documents.");
        }
        giveSpaceBack();
        return ExitCode.SUCCESS;
    }

    private void giveSpaceBack() throws EndpointException, InterruptedException {
        boolean wanted = spec.compact()
                || dialogue.ask("Compact the source and remove index files that nothing needs? [y/n]")
                        .filter("y"::equals)
                        .isPresent();
        if (wanted) {
            patience.ask(() -> {
                run.ends().source().compact();
                return true;
            });
            patience.ask(() -> {
                run.ends().source().cleanUpViews();
                return true;
            });
            dialogue.say("The server compacts the source now, in the background.");
        } else {
            dialogue.say("The disk space is given back when the source is compacted.");
        }
    }

    private Stats stats() throws EndpointException, InterruptedException {
        return patience.ask(() -> Stats.of(
                run.ends().migrator().docTypes(),
                source,
                run.ends().source(),
                target,
                run.ends().target()));
    }

    /** Shows what would go, and has it agreed to twice: with a letter, and with the name of what is changed. */
    private boolean agreed(Stats stats) {
        stats.lines().forEach(dialogue::say);
        dialogue.say("");
        List<String> will = HqMessages.cleanupWill(run.ends().migrator().docTypes(), Stats.masked(source));
        will.forEach(dialogue::say);
        Optional<String> sure = dialogue.ask(HqMessages.SURE);
        if (sure.isEmpty() && spec.environment().isPresent()) {
            // Nobody is there to type; whoever started this has typed the name, which is handed on.
            dialogue.say("Agreed to by --environment=" + spec.environment().get());
            return true;
        }
        if (!sure.filter("y"::equals).isPresent()) {
            return false;
        }
        String name = spec.environment().orElse(source.database());
        String what = spec.environment().isPresent() ? "environment" : "source database";
        return dialogue.ask("Type the name of the " + what + " to go on:")
                .map(String::strip)
                .filter(name::equals)
                .isPresent();
    }
}
