package org.cchq.migrate.migration;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * What the agent tells while it runs: one JSON object a line, {@code {"event": "progress", "at": "...", ...}}. The
 * fields are those of the records below, in snake case; {@code docs/reference/events.md} lists them. A reader ignores
 * events and fields that it does not know.
 */
public sealed interface AgentEvent {
    /** When, UTC. */
    Instant at();

    /** The fields as they are written, without {@code event} and {@code at}. */
    Map<String, @Nullable Object> fields();

    /** The value of the field {@code event}. */
    String name();

    /** One line of JSON, without its line end. */
    default String toLine() {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("event", name());
        line.put("at", at().toString());
        line.putAll(fields());
        return Json.write(line);
    }

    /** Reads a line; empty for an event of a newer agent that this reader does not know. */
    static Optional<AgentEvent> parse(String line) throws UserException {
        EventFields fields = EventFields.of(line);
        Instant at = fields.instant("at");
        return switch (fields.text("event")) {
            case "started" ->
                Optional.of(new Started(
                        at,
                        fields.text("version"),
                        fields.texts("command"),
                        fields.text("source"),
                        fields.text("target"),
                        fields.text("log"),
                        fields.text("ledger"),
                        fields.number("pass"),
                        fields.flag("resumed"),
                        fields.text("run_by"),
                        fields.text("dates"),
                        fields.text("pass_began").isEmpty() ? at : fields.instant("pass_began")));
            case "progress" -> Optional.of(new Progressed(at, fields.snapshot()));
            case "finding" -> Optional.of(new Found(at, fields.finding()));
            case "checked" -> Optional.of(new Checked(at, fields.text("key"), CheckedClass.of(fields.text("class"))));
            case "orphans" -> Optional.of(new Orphans(at, fields.number("count"), fields.text("file")));
            case "followed" ->
                Optional.of(new Followed(
                        at,
                        fields.number("changes"),
                        fields.text("sequence"),
                        fields.flag("caught_up"),
                        fields.optionalNumber("lag_changes"),
                        fields.number("lag_seconds")));
            case "rows" -> {
                Map<String, Long> counts = new LinkedHashMap<>();
                Rows.COUNTED.forEach(name -> counts.put(name, fields.number(name)));
                yield Optional.of(new Rows(at, fields.text("part"), counts));
            }
            case "warning" -> Optional.of(new Warned(at, fields.text("message")));
            case "ended" ->
                Optional.of(new Ended(
                        at,
                        fields.text("result"),
                        (int) fields.number("exit"),
                        fields.text("message"),
                        fields.counts("counts"),
                        fields.counts("session"),
                        fields.text("log"),
                        fields.text("next")));
            default -> Optional.empty();
        };
    }

    /**
     * The settings were read and both ends answered; the work begins.
     *
     * @param command the command line, without secrets (there are none in it)
     * @param log the log file of findings
     * @param pass 1 for the first time over everything
     * @param resumed a run that was left is taken up again
     * @param dates {@link #ALL_DATES}, or the days of created_on that it is restricted to
     * @param passBegan when the pass was begun: before {@code at} for one that is taken up again
     */
    record Started(
            Instant at,
            String version,
            List<String> command,
            String source,
            String target,
            String log,
            String ledger,
            long pass,
            boolean resumed,
            String runBy,
            String dates,
            Instant passBegan)
            implements AgentEvent {
        /** No restriction to days. */
        public static final String ALL_DATES = "all";

        public Started {
            command = List.copyOf(command);
        }

        @Override
        public String name() {
            return "started";
        }

        @Override
        public Map<String, @Nullable Object> fields() {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("version", version);
            fields.put("command", command);
            fields.put("source", source);
            fields.put("target", target);
            fields.put("log", log);
            fields.put("ledger", ledger);
            fields.put("pass", pass);
            fields.put("resumed", resumed);
            fields.put("run_by", runBy);
            fields.put("dates", dates);
            fields.put("pass_began", passBegan.toString());
            return fields;
        }
    }

    /** How far it is; at most one a second, at least one each ten seconds. */
    record Progressed(Instant at, ProgressSnapshot snapshot) implements AgentEvent {
        @Override
        public String name() {
            return "progress";
        }

        @Override
        public Map<String, @Nullable Object> fields() {
            return EventFields.of(snapshot);
        }
    }

    /** An item that a person has to hear of. */
    record Found(Instant at, Finding finding) implements AgentEvent {
        @Override
        public String name() {
            return "finding";
        }

        @Override
        public Map<String, @Nullable Object> fields() {
            return EventFields.of(finding);
        }
    }

    /** What {@code check_blob_logs} found out about one blob of a log. */
    record Checked(Instant at, String key, CheckedClass what) implements AgentEvent {
        @Override
        public String name() {
            return "checked";
        }

        @Override
        public Map<String, @Nullable Object> fields() {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("key", key);
            fields.put("class", what.word());
            return fields;
        }
    }

    /** Objects of the target that no row names were counted, and listed in a file on the host. */
    record Orphans(Instant at, long count, String file) implements AgentEvent {
        @Override
        public String name() {
            return "orphans";
        }

        @Override
        public Map<String, @Nullable Object> fields() {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("count", count);
            fields.put("file", file);
            return fields;
        }
    }

    /**
     * Changes were carried from one document database to the other, and the place in the feed is recorded on both sides.
     *
     * @param changes read by this process
     * @param sequence the place, as HQ prints it
     * @param caughtUp the end of the feed was reached
     * @param lagChanges changes in the feed that are not accounted for yet; empty if the server does not say
     * @param lagSeconds everything that was written longer ago than this is on the other side
     */
    record Followed(
            Instant at, long changes, String sequence, boolean caughtUp, OptionalLong lagChanges, long lagSeconds)
            implements AgentEvent {
        @Override
        public String name() {
            return "followed";
        }

        @Override
        public Map<String, @Nullable Object> fields() {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("changes", changes);
            fields.put("sequence", sequence);
            fields.put("caught_up", caughtUp);
            fields.put("lag_changes", lagChanges.isPresent() ? (Object) lagChanges.getAsLong() : null);
            fields.put("lag_seconds", lagSeconds);
            return fields;
        }
    }

    /**
     * A part of the metadata migration came to its end, or the verification or its way back to theirs.
     *
     * @param part a CouchDB database or an SQL model
     * @param counts each of {@link #COUNTED}, over all runs
     */
    record Rows(Instant at, String part, Map<String, Long> counts) implements AgentEvent {
        /** What is counted: documents, entries of theirs that should have a row, and what became of these. */
        public static final List<String> COUNTED = List.of(
                "documents",
                "entries",
                "inserted",
                "present",
                "referenced",
                "unknown_domain",
                "ignored_attachments",
                "refused",
                "removed");

        public Rows {
            counts = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(counts));
        }

        @Override
        public String name() {
            return "rows";
        }

        @Override
        public Map<String, @Nullable Object> fields() {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("part", part);
            fields.putAll(counts);
            return fields;
        }
    }

    /** Something an operator may have to act on, while the run goes on. */
    record Warned(Instant at, String message) implements AgentEvent {
        @Override
        public String name() {
            return "warning";
        }

        @Override
        public Map<String, @Nullable Object> fields() {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("message", message);
            return fields;
        }
    }

    /**
     * The last event.
     *
     * @param result {@code complete}, {@code incomplete}, {@code stopped} or {@code failed}
     * @param exit the exit status that follows
     * @param message why, if it failed or was stopped
     * @param counts of the whole pass
     * @param session of this process
     * @param next the next command to type, "" if there is nothing to do
     */
    record Ended(
            Instant at, String result, int exit, String message, Counts counts, Counts session, String log, String next)
            implements AgentEvent {
        @Override
        public String name() {
            return "ended";
        }

        @Override
        public Map<String, @Nullable Object> fields() {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("result", result);
            fields.put("exit", exit);
            fields.put("message", message);
            fields.put("counts", EventFields.of(counts));
            fields.put("session", EventFields.of(session));
            fields.put("log", log);
            fields.put("next", next);
            return fields;
        }
    }
}
