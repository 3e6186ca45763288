package org.cchq.migrate.agent;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.LeaseHeldException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.kind.doctypes.DoctypeLag;
import org.cchq.migrate.kind.doctypes.DoctypeMarks;
import org.cchq.migrate.kind.doctypes.DoctypeState;
import org.cchq.migrate.kind.doctypes.HqMessages;
import org.cchq.migrate.kind.doctypes.HqMirror;
import org.cchq.migrate.kind.doctypes.HqTables;
import org.cchq.migrate.kind.doctypes.Lag;
import org.cchq.migrate.kind.doctypes.Mark;
import org.jspecify.annotations.Nullable;

/** What only looks at a migration's state, or marks it: {@code doctype_status}, {@code doctype_mark}, the gate of a deploy. */
final class DoctypeStateCommand implements AgentCommand {
    private static final Options OPTIONS = DoctypeOptions.state();
    private static final List<String> MARKS = List.of("flip-ready", "flipped", "back");
    private static final HqTables.Known UNKNOWN = new HqTables.Known(Optional.empty(), Optional.empty(), false);

    private final AgentContext context;
    private final String name;
    private final String words;
    private final Answer answer;
    private final EndpointPatience patience = new EndpointPatience(Sleeper.SYSTEM);

    /** What one of the commands does. */
    private interface Answer {
        ExitCode give(DoctypeStateCommand command, CommandLineReader line, DoctypeSite site)
                throws UserException, EndpointException, InterruptedException;
    }

    private DoctypeStateCommand(AgentContext context, String name, String words, Answer answer) {
        this.context = context;
        this.name = name;
        this.words = words;
        this.answer = answer;
    }

    static DoctypeStateCommand status(AgentContext context) {
        return new DoctypeStateCommand(context, "doctype_status", "SLUG", DoctypeStateCommand::tell);
    }

    static DoctypeStateCommand mark(AgentContext context) {
        return new DoctypeStateCommand(
                context, "doctype_mark", "SLUG " + String.join("|", MARKS), DoctypeStateCommand::mark);
    }

    static DoctypeStateCommand gate(AgentContext context) {
        return new DoctypeStateCommand(context, "assert_initial_complete", "SLUG", DoctypeStateCommand::gate);
    }

    @Override
    public String usage() {
        return name + " [options] " + words;
    }

    @Override
    public Options options() {
        return OPTIONS;
    }

    @Override
    public ExitCode run(CommandLineReader line)
            throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        AgentOutput.format(line);
        String[] given = line.words();
        if (words.contains("|") && (given.length != 2 || !MARKS.contains(given[1]))) {
            throw new UsageException(name + ": expected " + words + ", found '" + String.join(" ", given) + "'"
                    + (given.length == 2 ? NearestName.hint(given[1], MARKS) : ""));
        }
        String[] slug = words.contains("|") ? new String[] {given[0]} : given;
        return answer.give(this, line, DoctypeSite.open(context, line, DoctypeInput.settings(context, line), slug));
    }

    private ExitCode tell(CommandLineReader line, DoctypeSite site)
            throws UserException, EndpointException, InterruptedException {
        DoctypeState state = state(site);
        HqTables.Known hq = UNKNOWN;
        try (HqMirror mirror = new HqMirror(site.main(), site.migrator().slug(), note -> {})) {
            hq = mirror.known().orElse(UNKNOWN);
        }
        if (AgentOutput.format(line).equals("json")) {
            context.out().println(Json.write(fields(site, state, hq)));
        } else {
            DoctypeText.status(site, state, hq).forEach(context.out()::println);
        }
        return ExitCode.SUCCESS;
    }

    private Map<String, @Nullable Object> fields(DoctypeSite site, DoctypeState state, HqTables.Known hq)
            throws EndpointException, InterruptedException {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("slug", state.slug());
        fields.put("stage", state.stage().word());
        fields.put("source", site.ends().source().endpoint());
        fields.put("target", site.ends().target().endpoint());
        fields.put("doc_types", site.migrator().docTypes());
        Map<String, Object> marks = new TreeMap<>();
        state.marks().forEach((mark, at) -> marks.put(mark.word(), at.toString()));
        fields.put("marks", marks);
        fields.put("original_seq", state.originalSeq().map(seq -> seq.text()).orElse(null));
        fields.put("seq", state.forward().map(place -> place.seq().text()).orElse(null));
        fields.put(
                "reverse_seq", state.reverse().map(place -> place.seq().text()).orElse(null));
        fields.put(
                "lag",
                lag(patience.ask(() -> DoctypeLag.of(
                        site.ends().source(), state.forward(), context.clock().instant()))));
        fields.put(
                "reverse_lag",
                lag(patience.ask(() -> DoctypeLag.of(
                        site.ends().target(), state.reverse(), context.clock().instant()))));
        fields.put("doubt", state.doubt().orElse(""));
        fields.put("runner", state.runner().orElse(""));
        fields.put("reverse_runner", state.reverseRunner().orElse(""));
        fields.put("failed", state.failed());
        fields.put(
                "hq_original_seq", hq.originalSequence().map(seq -> seq.text()).orElse(null));
        fields.put("hq_last_seq", hq.lastSequence().map(seq -> seq.text()).orElse(null));
        fields.put("hq_cleanup_complete", hq.cleanupComplete());
        fields.put("state_dir", site.state().toString());
        return fields;
    }

    private static @Nullable Object lag(Optional<Lag> lag) {
        if (lag.isEmpty()) {
            return null;
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put(
                "changes",
                lag.get().changes().isPresent() ? (Object) lag.get().changes().getAsLong() : null);
        fields.put("seconds", lag.get().behind().toSeconds());
        return fields;
    }

    private ExitCode mark(CommandLineReader line, DoctypeSite site)
            throws UserException, EndpointException, InterruptedException {
        String what = line.words()[1];
        DoctypeState state = state(site);
        DoctypeMarks marks = new DoctypeMarks(site.ends(), site.state());
        if (state.has(Mark.CLEANUP_STARTED)) {
            throw new UserException(name + ": the cleanup of " + state.slug()
                    + " was begun; the source is not complete any more, and nothing can be marked");
        }
        switch (what) {
            case "flip-ready" -> {
                requireInitial(state, what);
                marks.set(Mark.FLIP_READY);
            }
            case "flipped" -> {
                requireInitial(state, what);
                if (!state.has(Mark.FLIP_READY)) {
                    marks.set(Mark.FLIP_READY);
                }
                marks.set(Mark.FLIPPED);
            }
            default -> {
                Mark newest = state.has(Mark.FLIPPED) ? Mark.FLIPPED : Mark.FLIP_READY;
                if (!state.has(newest)) {
                    throw new UserException(name + ": " + state.slug() + " is at "
                            + state.stage().word() + "; there is nothing to take back");
                }
                marks.clear(newest);
            }
        }
        context.out().println(state.slug() + " is at " + state(site).stage().word());
        return ExitCode.SUCCESS;
    }

    private void requireInitial(DoctypeState state, String what) throws UserException {
        if (!state.has(Mark.INITIAL_COMPLETE)) {
            throw new UserException(name + " " + state.slug() + " " + what + ": the first copy is not complete; run"
                    + " run_doctype_migration " + state.slug() + " --initial");
        }
    }

    /** As HQ's blocking Django migration asks: passes if a first copy was ever completed, by HQ or by this agent. */
    private ExitCode gate(CommandLineReader line, DoctypeSite site)
            throws UserException, EndpointException, InterruptedException {
        String slug = site.migrator().slug();
        if ("1".equals(context.environment().get("CCHQ_IS_FRESH_INSTALL"))) {
            context.out().println(slug + ": a fresh install has nothing to migrate");
            return ExitCode.SUCCESS;
        }
        if (state(site).has(Mark.INITIAL_COMPLETE)) {
            context.out().println(slug + ": the initial migration is complete");
            return ExitCode.SUCCESS;
        }
        try (HqMirror mirror = new HqMirror(site.main(), slug, note -> {})) {
            if (mirror.known().flatMap(HqTables.Known::lastSequence).isPresent()) {
                context.out().println(slug + ": HQ's own initial migration is complete");
                return ExitCode.SUCCESS;
            }
        }
        throw new UserException(HqMessages.notComplete(slug));
    }

    private DoctypeState state(DoctypeSite site) throws UserException, EndpointException, InterruptedException {
        return DoctypeState.read(site.ends(), site.state());
    }
}
