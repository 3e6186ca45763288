package org.cchq.migrate.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.run.JobStatus;
import org.cchq.migrate.stage.Gate;
import org.jspecify.annotations.Nullable;

/**
 * What the next {@code advance} of a migration of document types would do.
 *
 * @param act what is to be done when the gates are open
 * @param gates what has to hold
 * @param steps in words
 */
record DoctypeAhead(Act act, List<Gate> gates, List<String> steps) {
    /** What advance does. */
    enum Act {
        START_INITIAL("initial"),
        START_CONTINUOUS("continuous"),
        MARK_FLIP_READY("flip-ready"),
        MARK_FLIPPED("flipped"),
        CLEAN("cleaned"),
        NOTHING("");

        private final String to;

        Act(String to) {
            this.to = to;
        }

        /** The stage that it leads to. */
        String to() {
            return to;
        }
    }

    /** How old a comparison or an index build may be. */
    private static final Duration FRESH = Duration.ofHours(24);

    DoctypeAhead {
        gates = List.copyOf(gates);
        steps = List.copyOf(steps);
    }

    boolean open() {
        return gates.stream().allMatch(Gate::open);
    }

    /** For a program. */
    Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("to", act.to());
        fields.put("steps", steps);
        fields.put("gates", gates.stream().map(Gate::fields).toList());
        return fields;
    }

    /** Looks at where it stands and at its jobs. */
    static DoctypeAhead of(DoctypeSite doctypes, DoctypeStanding standing, List<JobsOfHosts.Found> jobs, long mostLag) {
        return new Looking(doctypes, standing, jobs, mostLag).ahead();
    }

    /** One look. */
    private record Looking(DoctypeSite doctypes, DoctypeStanding standing, List<JobsOfHosts.Found> jobs, long mostLag) {
        private DoctypeAhead ahead() {
            return switch (standing.stage()) {
                case BEFORE, INITIAL -> initial();
                case CONTINUOUS -> standing.runner().isEmpty() ? startContinuous() : flipReady();
                case FLIP_READY -> flipped();
                case FLIPPED -> cleaned();
                case CLEANED -> new DoctypeAhead(Act.NOTHING, List.of(), List.of());
            };
        }

        private DoctypeAhead initial() {
            boolean running = DoctypeSite.running(jobs, DoctypePhase.INITIAL);
            if (running || !standing.runner().isEmpty()) {
                String who = standing.runner().isEmpty() ? "" : ": " + standing.runner();
                return new DoctypeAhead(
                        Act.NOTHING,
                        List.of(
                                running
                                        ? shut("first copy", "is going on" + who, doctypes.typed("attach", ""))
                                        : shut(
                                                "first copy",
                                                "is not begun again while another may be at it" + who
                                                        + ". No job of it is running on the management hosts: if it was killed,"
                                                        + " it is in nobody's way a minute later",
                                                doctypes.typed("advance", "") + ", in a minute")),
                        List.of());
            }
            boolean begun = standing.stage() == DoctypeStanding.Stage.INITIAL;
            return new DoctypeAhead(
                    Act.START_INITIAL,
                    List.of(),
                    List.of(
                            "make the target database if it is not there",
                            begun
                                    ? "go on with the first copy where it was left"
                                    : "note the place in the feed of changes, then copy every document of the types, with"
                                            + " its history and attachments"));
        }

        private DoctypeAhead startContinuous() {
            return new DoctypeAhead(
                    Act.START_CONTINUOUS,
                    List.of(),
                    List.of(
                            "carry every change since the beginning of the first copy to the target, and go on doing so"));
        }

        private DoctypeAhead flipReady() {
            List<Gate> gates = new ArrayList<>();
            gates.add(trusted());
            gates.add(nothingFailed());
            gates.add(lag("changes carried", standing.runner(), standing.lag(), DoctypePhase.CONTINUOUS));
            gates.add(compared("initial_complete", false));
            gates.add(indexed());
            return new DoctypeAhead(
                    Act.MARK_FLIP_READY, gates, List.of("note that the site may be switched to the target"));
        }

        private DoctypeAhead flipped() {
            List<Gate> gates = new ArrayList<>();
            gates.add(trusted());
            gates.add(nothingFailed());
            gates.add(lag("changes carried", standing.runner(), standing.lag(), DoctypePhase.CONTINUOUS));
            return new DoctypeAhead(
                    Act.MARK_FLIPPED,
                    gates,
                    List.of(
                            "you state that the release that uses the target is deployed, and every process of the site"
                                    + " was restarted with it",
                            "note that; changes of the target are carried back to the source from now on, so that going"
                                    + " back loses nothing"));
        }

        private DoctypeAhead cleaned() {
            List<Gate> gates = new ArrayList<>();
            gates.add(stopped("nothing is carried to the target", standing.runner(), DoctypePhase.CONTINUOUS));
            gates.add(stopped("nothing is carried back", standing.reverseRunner(), DoctypePhase.REVERSE));
            boolean begun = standing.mark("cleanup_started").isPresent();
            if (!begun) {
                gates.add(trusted());
                gates.add(nothingFailed());
                gates.add(compared("flipped", true));
            }
            return new DoctypeAhead(
                    Act.CLEAN,
                    gates,
                    List.of(
                            "show the types and how many documents of them both databases have",
                            "ask for the name of the environment",
                            begun
                                    ? "go on deleting them in the source"
                                    : "delete them in the source; there is no way back from here"));
        }

        private Gate trusted() {
            return standing.doubt().isEmpty()
                    ? open("same databases", standing.source() + " -> " + standing.target())
                    : shut("same databases", standing.doubt(), doctypes.typed("run", "verify"));
        }

        private Gate nothingFailed() {
            return standing.failed() == 0
                    ? open("every document settled", "none has failed")
                    : shut(
                            "every document settled",
                            standing.failed() + " could not be copied and are tried again by each run",
                            doctypes.typed("report", ""));
        }

        private Gate lag(String name, String runner, DoctypeStanding.Lag lag, DoctypePhase phase) {
            if (runner.isEmpty()) {
                return shut(name, "nobody does", doctypes.typed("run", phase.word() + " --detach"));
            }
            return lag.within(mostLag)
                    ? open(name, lag.text() + "; " + runner)
                    : shut(name, lag.text() + ", " + mostLag + " may be; " + runner, doctypes.typed("attach", ""));
        }

        private Gate stopped(String name, String runner, DoctypePhase phase) {
            return runner.isEmpty()
                    ? open(name, "no job does")
                    : shut(name, "it is: " + runner, doctypes.typed("cancel", phase.word()));
        }

        /**
         * A comparison that began after a mark and is not old.
         *
         * @param ahead the site works on the target by now: what only that has is no difference that matters, and the
         *     agent looks at what it lacks
         */
        private Gate compared(String since, boolean ahead) {
            String name = "databases compared";
            String remedy = doctypes.typed("run", DoctypePhase.VERIFY.word());
            Optional<JobStatus> job = ended(DoctypePhase.VERIFY);
            if (job.isEmpty()) {
                return shut(name, "not yet", remedy);
            }
            Instant began = job.get().job().began();
            int exit = job.get().exit().orElse(-1);
            boolean differs = exit == ExitCode.DIFFERENCES.code();
            if (exit != ExitCode.SUCCESS.code() && !(differs && ahead)) {
                return shut(
                        name,
                        differs
                                ? "there are differences: " + said(job.get())
                                : "the comparison ended with exit status " + exit,
                        differs ? doctypes.typed("report", "") : remedy);
            }
            return fresh(began, since)
                    .map(late -> shut(name, "the comparison of " + began + " " + late, remedy))
                    .orElseGet(() -> open(
                            name,
                            (differs
                                            ? said(job.get()) + "; the agent looks at what the target lacks, "
                                            : "no difference, ")
                                    + began));
        }

        private Gate indexed() {
            String name = "indexes of the target";
            String remedy = doctypes.typed("run", DoctypePhase.PREINDEX.word());
            Optional<JobStatus> job = ended(DoctypePhase.PREINDEX);
            if (job.isEmpty()) {
                return shut(name, "not built yet", remedy);
            }
            Instant began = job.get().job().began();
            int exit = job.get().exit().orElse(-1);
            if (exit != ExitCode.SUCCESS.code()) {
                return shut(name, "the build ended with exit status " + exit + ": " + said(job.get()), remedy);
            }
            return fresh(began, "initial_complete")
                    .map(late -> shut(name, "the build of " + began + " " + late, remedy))
                    .orElseGet(() -> open(name, "design documents there and built at " + began));
        }

        /** What is wrong with its age; empty if nothing is. */
        private Optional<String> fresh(Instant began, String since) {
            Optional<Instant> mark = standing.mark(since);
            if (mark.isPresent() && began.isBefore(mark.get())) {
                return Optional.of("was before " + since.replace('_', ' ') + ", " + mark.get());
            }
            Instant now = doctypes.site().clock().instant();
            return began.plus(FRESH).isBefore(now)
                    ? Optional.of("is more than " + FRESH.toHours() + " hours old")
                    : Optional.empty();
        }

        private Optional<JobStatus> ended(DoctypePhase phase) {
            return DoctypeSite.newest(
                    jobs.stream()
                            .filter(found -> found.status().state() == JobStatus.State.ENDED)
                            .toList(),
                    phase);
        }

        private static String said(JobStatus job) {
            return job.ended()
                    .map(event -> event.message())
                    .filter(text -> !text.isEmpty())
                    .orElse(job.complaint());
        }

        private static Gate open(String name, String evidence) {
            return new Gate(name, true, evidence, "", false);
        }

        private static Gate shut(String name, String evidence, String remedy) {
            return new Gate(name, false, evidence, remedy, false);
        }
    }
}
