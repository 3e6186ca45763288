package org.cchq.migrate.cli;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.console.Console;
import org.cchq.migrate.run.HostSession;
import org.cchq.migrate.stage.Gate;
import org.cchq.migrate.stage.MoveLock;

/** {@code advance doctype:SLUG} and {@code back doctype:SLUG}: asks the gates, shows, asks, does, reads back. */
final class DoctypeMove {
    static final String MAX_LAG = "max-lag";
    /** What a busy site writes in some seconds. */
    static final long DEFAULT_LAG = 1000;

    private final DoctypeSite doctypes;
    private final Asked options;
    private final Console console;

    /**
     * How it was asked for.
     *
     * @param check only show
     * @param quiet ask nothing but the name of the environment
     * @param mostLag changes that may be left to carry
     */
    record Asked(boolean check, boolean quiet, long mostLag) {}

    DoctypeMove(DoctypeSite doctypes, Asked options) {
        this.doctypes = doctypes;
        this.options = options;
        this.console = doctypes.site().console();
    }

    static Option maxLag() {
        return Arguments.valued(
                MAX_LAG, "N", "document types: changes that may be left to carry at a flip or on the way back (1000)");
    }

    static Asked options(CommandLine line, String command) throws UsageException {
        Arguments.only(line, command + " " + line.getArgList().get(0), Set.of("check", "quiet", MAX_LAG));
        String lag = line.getOptionValue(MAX_LAG, Long.toString(DEFAULT_LAG));
        if (!lag.matches("[0-9]{1,9}")) {
            throw new UsageException(command + ": --" + MAX_LAG
                    + " must be a number of changes from 0 to 999999999, found '" + lag + "'");
        }
        return new Asked(line.hasOption("check"), line.hasOption("quiet"), Long.parseLong(lag));
    }

    /** To the next stage. */
    int forward() throws UserException, EndpointException, InterruptedException {
        return options.check() ? forwardLocked() : locked(this::forwardLocked);
    }

    /** To the stage before. */
    int backward() throws UserException, EndpointException, InterruptedException {
        return options.check() ? backwardLocked() : locked(this::backwardLocked);
    }

    private int locked(CheckAskApply.Act act) throws UserException, EndpointException, InterruptedException {
        Site site = doctypes.site();
        String who = site.operator() + " on " + site.workplace().machine() + ", since "
                + Instant.now(site.clock()).truncatedTo(ChronoUnit.SECONDS);
        try (HostSession session = site.access(doctypes.host()).open();
                MoveLock lock = MoveLock.take(session.base(), who)) {
            return act.run();
        }
    }

    private int forwardLocked() throws UserException, EndpointException, InterruptedException {
        DoctypeStanding standing = doctypes.standing();
        DoctypeAhead ahead = DoctypeAhead.of(doctypes, standing, doctypes.jobs(), options.mostLag());
        DoctypeAhead.Act act = ahead.act();
        if (standing.stage() == DoctypeStanding.Stage.CLEANED) {
            console.result(doctypes.word() + " is at cleaned, the last stage");
            return ExitCode.SUCCESS.code();
        }
        String title = doctypes.word() + ": " + standing.stage().word()
                + (act.to().isEmpty() || act.to().equals(standing.stage().word()) ? "" : " to " + act.to());
        if (!agreed(title, ahead.gates(), ahead.steps())) {
            return ahead.open() ? ExitCode.SUCCESS.code() : ExitCode.REFUSED.code();
        }
        int exit = carryOut(act, standing);
        if (exit == ExitCode.SUCCESS.code()) {
            readBack();
        }
        return exit;
    }

    private int carryOut(DoctypeAhead.Act act, DoctypeStanding standing)
            throws UserException, EndpointException, InterruptedException {
        return switch (act) {
            case START_INITIAL -> doctypes.start(DoctypePhase.INITIAL, List.of());
            case START_CONTINUOUS -> doctypes.start(DoctypePhase.CONTINUOUS, List.of());
            case MARK_FLIP_READY -> mark("flip-ready");
            case MARK_FLIPPED -> {
                mark("flipped");
                // After a step back it may be going on still.
                yield standing.reverseRunner().isEmpty()
                        ? doctypes.start(DoctypePhase.REVERSE, List.of())
                        : ExitCode.SUCCESS.code();
            }
            case CLEAN -> {
                Phase cleanup = DoctypePhase.CLEANUP.of(doctypes.slug(), new CleanupConsent(doctypes).with(List.of()));
                yield new AgentRun(doctypes.site(), doctypes.host())
                        .start(cleanup, cleanup.command(), FollowView.Show.SUMMARY, false, false);
            }
            case NOTHING -> ExitCode.SUCCESS.code();
        };
    }

    private int mark(String what) throws UserException, EndpointException, InterruptedException {
        doctypes.mark(what);
        return ExitCode.SUCCESS.code();
    }

    private int backwardLocked() throws UserException, EndpointException, InterruptedException {
        DoctypeStanding standing = doctypes.standing();
        switch (standing.stage()) {
            case BEFORE, INITIAL, CONTINUOUS -> {
                console.result(doctypes.word() + " is at " + standing.stage().word()
                        + ": the site does not know the target yet, there is nothing to take back");
                if (!standing.runner().isEmpty()) {
                    console.result("to stop the job: " + doctypes.typed("cancel", ""));
                }
                return ExitCode.SUCCESS.code();
            }
            case CLEANED ->
                throw new UserException("back " + doctypes.word()
                        + ": there is no way back; the source does not have the documents any more");
            case FLIP_READY, FLIPPED -> {
                return takeBack(standing);
            }
        }
        return ExitCode.SUCCESS.code();
    }

    private int takeBack(DoctypeStanding standing) throws UserException, EndpointException, InterruptedException {
        List<Gate> gates = new ArrayList<>();
        List<String> steps = new ArrayList<>();
        if (standing.stage() == DoctypeStanding.Stage.FLIPPED) {
            gates.add(carriedBack(standing));
            steps.add(
                    "you state that the release that uses the source is deployed again, and every process of the site was"
                            + " restarted with it");
        }
        steps.add("note that the site uses the source");
        if (!agreed(doctypes.word() + ": " + standing.stage().word() + " back", gates, steps)) {
            return gates.stream().allMatch(Gate::open) ? ExitCode.SUCCESS.code() : ExitCode.REFUSED.code();
        }
        doctypes.mark("back");
        readBack();
        if (!standing.reverseRunner().isEmpty()) {
            console.result(
                    "Changes are still carried back to the source. When it says \"All caught up!\" and nothing uses the"
                            + " target any more: " + doctypes.typed("cancel", DoctypePhase.REVERSE.word()));
        }
        return ExitCode.SUCCESS.code();
    }

    private Gate carriedBack(DoctypeStanding standing) {
        String name = "changes carried back";
        if (standing.reverseRunner().isEmpty()) {
            return new Gate(
                    name,
                    false,
                    "nobody does; what the site has written since the flip is in the target only",
                    doctypes.typed("run", DoctypePhase.REVERSE.word() + " --detach"),
                    false);
        }
        boolean open = standing.reverseLag().within(options.mostLag());
        return new Gate(
                name,
                open,
                standing.reverseLag().text() + (open ? "" : ", " + options.mostLag() + " may be") + "; "
                        + standing.reverseRunner(),
                open ? "" : doctypes.typed("attach", DoctypePhase.REVERSE.word()),
                false);
    }

    /** Shows gates and steps; true if it is to be done. */
    private boolean agreed(String title, List<Gate> gates, List<String> steps) {
        console.result(title);
        StandingLines.gates(gates).forEach(console::result);
        if (!gates.stream().allMatch(Gate::open)) {
            console.result("Nothing was changed.");
            return false;
        }
        for (int i = 0; i < steps.size(); i++) {
            console.result((i + 1) + ". " + steps.get(i));
        }
        return !options.check() && (options.quiet() || console.confirm("Do this?"));
    }

    private void readBack() throws UserException, EndpointException, InterruptedException {
        DoctypeStanding now = doctypes.standing();
        console.result(doctypes.word() + " is at " + now.stage().word());
    }
}
