package org.cchq.migrate.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * How far a migration of document types is, as the agent's {@code doctype_status SLUG --output json} says.
 *
 * @param marks what was reached or decided, and when: {@code initial_complete}, {@code flip_ready}, {@code flipped} ...
 * @param lag how far the target is behind the source
 * @param reverseLag how far the source is behind the target
 * @param doubt why the newest checkpoint is not to be trusted; "" if it is
 * @param runner who carries changes to the target now, in words; "" if nobody does
 * @param reverseRunner likewise, back to the source
 * @param failed documents that could not be copied
 * @param fields all that the agent said
 */
record DoctypeStanding(
        Stage stage,
        String source,
        String target,
        Map<String, Instant> marks,
        Lag lag,
        Lag reverseLag,
        String doubt,
        String runner,
        String reverseRunner,
        long failed,
        Map<String, @Nullable Object> fields) {
    /** As the agent names them. */
    enum Stage {
        BEFORE("before", "nothing was copied yet"),
        INITIAL("initial", "the first copy was begun and is not complete"),
        CONTINUOUS("continuous", "the first copy is complete; changes have to be carried on"),
        FLIP_READY("flip-ready", "all that the flip needs is there"),
        FLIPPED("flipped", "the site uses the target"),
        CLEANED("cleaned", "the source is clean of the types");

        private final String word;
        private final String text;

        Stage(String word, String text) {
            this.word = word;
            this.text = text;
        }

        String word() {
            return word;
        }

        String text() {
            return text;
        }

        static Optional<Stage> of(String word) {
            for (Stage stage : values()) {
                if (stage.word.equals(word)) {
                    return Optional.of(stage);
                }
            }
            return Optional.empty();
        }
    }

    /**
     * How far one database is behind the other.
     *
     * @param changes in the feed that are not accounted for; empty if nobody can say
     * @param behind everything older than this is there; empty if nobody can say
     */
    record Lag(OptionalLong changes, Optional<Duration> behind) {
        private static Lag of(@Nullable Object value) {
            if (!(value instanceof Map<?, ?> fields)) {
                return new Lag(OptionalLong.empty(), Optional.empty());
            }
            return new Lag(
                    fields.get("changes") instanceof Number number
                            ? OptionalLong.of(number.longValue())
                            : OptionalLong.empty(),
                    fields.get("seconds") instanceof Number number
                            ? Optional.of(Duration.ofSeconds(number.longValue()))
                            : Optional.empty());
        }

        boolean within(long most) {
            return changes.isPresent() && changes.getAsLong() <= most;
        }

        String text() {
            return (changes.isEmpty() ? "an unknown number of" : Long.toString(changes.getAsLong())) + " changes"
                    + behind.map(time -> ", " + time.toSeconds() + " s").orElse("") + " behind";
        }
    }

    /** Reads the agent's answer. */
    static DoctypeStanding parse(String json) throws UserException {
        String last = json.strip().lines().reduce((a, b) -> b).orElse("{}");
        Map<String, @Nullable Object> fields = Json.readObject(last, "the agent's doctype_status");
        String stage = text(fields, "stage");
        Map<String, Instant> marks = new LinkedHashMap<>();
        if (fields.get("marks") instanceof Map<?, ?> found) {
            found.forEach((name, at) -> instant(at).ifPresent(time -> marks.put(String.valueOf(name), time)));
        }
        return new DoctypeStanding(
                Stage.of(stage)
                        .orElseThrow(
                                () -> new UserException("the agent's doctype_status: unknown stage '" + stage + "'")),
                text(fields, "source"),
                text(fields, "target"),
                marks,
                Lag.of(fields.get("lag")),
                Lag.of(fields.get("reverse_lag")),
                text(fields, "doubt"),
                text(fields, "runner"),
                text(fields, "reverse_runner"),
                fields.get("failed") instanceof Number number ? number.longValue() : 0,
                fields);
    }

    /** When it was reached. */
    Optional<Instant> mark(String name) {
        return Optional.ofNullable(marks.get(name));
    }

    private static Optional<Instant> instant(@Nullable Object value) {
        try {
            return value instanceof String text ? Optional.of(Instant.parse(text)) : Optional.empty();
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static String text(Map<String, @Nullable Object> fields, String name) {
        return fields.get(name) instanceof String text ? text : "";
    }
}
