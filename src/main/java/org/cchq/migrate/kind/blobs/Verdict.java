package org.cchq.migrate.kind.blobs;

import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.engine.PassResult;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Outcome;

/**
 * What a run amounts to. "Complete" needs every enumerated row accounted for, nothing denied or failed, and rows where
 * rows are expected; a run that did nothing never looks like a run that had nothing to do.
 *
 * @param result the word of the {@code ended} event
 * @param message a sentence for a person, "" if the counts say it all
 */
record Verdict(String result, ExitCode exit, String message) {
    /** @param verified differences are what was asked for: they have an exit status of their own */
    static Verdict of(PassResult ended, long expected, DateRange dates, RunControl control, boolean verified) {
        Counts pass = ended.pass();
        if (ended.end() == PassResult.End.STOPPED) {
            boolean signal = control.cancelledBy().filter("signal"::equals).isPresent();
            return new Verdict(
                    "stopped",
                    signal ? ExitCode.INTERRUPTED : ExitCode.STOPPED,
                    "stopped by " + control.cancelledBy().orElse("request") + "; the same command goes on from here");
        }
        if (ended.end() == PassResult.End.NOTHING_ENUMERATED) {
            return new Verdict(
                    "incomplete",
                    ExitCode.INCOMPLETE,
                    "nothing was enumerated, but about " + expected + " rows are expected: this is not complete");
        }
        long unresolved = pass.of(Outcome.DENIED) + pass.of(Outcome.FAILED);
        if (unresolved > 0) {
            return new Verdict(
                    "incomplete",
                    ExitCode.INCOMPLETE,
                    unresolved + " blobs were denied or failed; the same command tries them again");
        }
        if (pass.done() != pass.enumerated()) {
            return new Verdict(
                    "incomplete",
                    ExitCode.INCOMPLETE,
                    "only " + pass.done() + " of " + pass.enumerated()
                            + " enumerated blobs are accounted for; the same command goes on");
        }
        long differences = pass.of(Outcome.DIFFERS) + pass.of(Outcome.MISSING_ON_TARGET);
        if (verified && differences > 0) {
            return new Verdict(
                    "complete", ExitCode.DIFFERENCES, differences + " blobs are not on new as they are on old");
        }
        if (pass.of(Outcome.MISSING_ON_SOURCE) + differences > 0) {
            return new Verdict("complete", ExitCode.INCOMPLETE, "");
        }
        return new Verdict(
                "complete",
                ExitCode.SUCCESS,
                pass.enumerated() == 0 ? "nothing to do: there are no rows" + range(dates) : "");
    }

    boolean complete() {
        return result.equals("complete");
    }

    private static String range(DateRange dates) {
        return dates.isAll() ? "" : " in " + dates;
    }
}
