package org.cchq.migrate.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.console.Console;
import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.report.ProgressLine;
import org.cchq.migrate.report.Wording;
import org.cchq.migrate.run.JobListener;

/** Shows a followed job. */
final class FollowView implements JobListener {
    /** What is shown of it. */
    enum Show {
        /** The agent's own lines, in HQ's format, as the result. */
        OUTPUT,
        /** Progress and findings; a summary as the result. */
        SUMMARY,
        /** Progress and findings; one JSON object as the result. */
        JSON
    }

    private static final int FINDINGS_SHOWN = 5;

    private final Console console;
    private final Wording wording;
    private final Show show;
    private Optional<AgentEvent.Ended> ended = Optional.empty();
    private int findings;

    /** @param job its id */
    FollowView(Console console, String job, Show show) {
        this.console = console;
        this.wording = Wording.ofJob(job);
        this.show = show;
    }

    Show show() {
        return show;
    }

    /** The agent's last word; empty if it failed before its work began. */
    Optional<AgentEvent.Ended> ended() {
        return ended;
    }

    @Override
    public void output(String line) {
        if (show == Show.OUTPUT) {
            console.result(line);
        }
    }

    @Override
    public void event(AgentEvent event, String line) {
        if (event instanceof AgentEvent.Ended last) {
            ended = Optional.of(last);
        } else if (event instanceof AgentEvent.Warned warned) {
            console.warn(warned.message());
        } else if (show != Show.OUTPUT) {
            shown(event);
        }
    }

    @Override
    public void lost(EndpointException why, Duration nextAttempt) {
        console.warn(why.getMessage() + ". The agent goes on; next attempt in " + nextAttempt.toSeconds() + " s");
    }

    @Override
    public void connectedAgain() {
        console.say("connected again");
    }

    private void shown(AgentEvent event) {
        if (event instanceof AgentEvent.Started started) {
            console.say((started.resumed() ? "resumed: " : "started: ") + started.source() + " -> " + started.target()
                    + (started.log().isEmpty() ? "" : ", log " + started.log()));
        } else if (event instanceof AgentEvent.Progressed progressed) {
            console.progress(ProgressLine.of(wording, progressed.snapshot(), console.progressWidth()));
        } else if (event instanceof AgentEvent.Followed followed) {
            console.progress("read " + followed.changes() + " changes, "
                    + (followed.caughtUp()
                            ? "all caught up"
                            : (followed.lagChanges().isPresent()
                                            ? followed.lagChanges().getAsLong() + " left, "
                                            : "") + followed.lagSeconds() + " s behind"));
        } else if (event instanceof AgentEvent.Found found) {
            findings++;
            if (findings <= FINDINGS_SHOWN) {
                console.say(found.finding()
                                .outcome()
                                .name()
                                .toLowerCase(Locale.ROOT)
                                .replace('_', ' ') + ": "
                        + found.finding().key()
                        + (found.finding().detail().isEmpty()
                                ? ""
                                : " (" + found.finding().detail() + ")"));
            } else if (findings == FINDINGS_SHOWN + 1) {
                console.say("more findings are in the log");
            }
        }
    }
}
