package org.cchq.migrate.migration;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/** The fields of one event, from and to JSON. */
final class EventFields {
    private final Map<?, ?> fields;

    private EventFields(Map<?, ?> fields) {
        this.fields = fields;
    }

    static EventFields of(String line) throws UserException {
        return new EventFields(Json.readObject(line, "event"));
    }

    static Map<String, @Nullable Object> of(Counts counts) {
        Map<String, @Nullable Object> out = new LinkedHashMap<>();
        out.put("enumerated", counts.enumerated());
        for (Outcome outcome : Outcome.values()) {
            out.put(outcome.name().toLowerCase(Locale.ROOT), counts.of(outcome));
        }
        out.put("bytes", counts.bytes());
        out.put("orphans_removed", counts.orphansRemoved());
        return out;
    }

    static Map<String, @Nullable Object> of(ProgressSnapshot snapshot) {
        Map<String, @Nullable Object> out = new LinkedHashMap<>();
        out.put(
                "total",
                snapshot.total().isPresent() ? (Object) snapshot.total().getAsLong() : null);
        out.put("pass", of(snapshot.pass()));
        out.put("session", of(snapshot.session()));
        out.put("elapsed_ms", snapshot.elapsed().toMillis());
        out.put("in_flight", snapshot.inFlight());
        out.put("items_per_second", Math.round(snapshot.itemsPerSecond() * 10) / 10.0);
        out.put("bytes_per_second", Math.round(snapshot.bytesPerSecond()));
        out.put("waiting", snapshot.waiting());
        return out;
    }

    static Map<String, @Nullable Object> of(Finding finding) {
        Map<String, @Nullable Object> out = new LinkedHashMap<>();
        out.put("partition", finding.partition());
        out.put("id", finding.id());
        out.put("key", finding.key());
        out.put("outcome", finding.outcome().name().toLowerCase(Locale.ROOT));
        out.put("record", finding.record());
        out.put("detail", finding.detail());
        return out;
    }

    String text(String name) {
        return fields.get(name) instanceof String text ? text : "";
    }

    List<String> texts(String name) {
        return fields.get(name) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }

    boolean flag(String name) {
        return Boolean.TRUE.equals(fields.get(name));
    }

    long number(String name) {
        return fields.get(name) instanceof Number number ? number.longValue() : 0;
    }

    OptionalLong optionalNumber(String name) {
        return fields.get(name) instanceof Number number ? OptionalLong.of(number.longValue()) : OptionalLong.empty();
    }

    private double fraction(String name) {
        return fields.get(name) instanceof Number number ? number.doubleValue() : 0;
    }

    Instant instant(String name) throws UserException {
        try {
            return Instant.parse(text(name));
        } catch (DateTimeParseException e) {
            throw new UserException("event: '" + name + "' is not a time: '" + text(name) + "'", e);
        }
    }

    Finding finding() throws UserException {
        return new Finding(
                text("partition"), number("id"), text("key"), outcome(text("outcome")), text("record"), text("detail"));
    }

    Counts counts(String name) {
        EventFields inner = inner(name);
        EnumMap<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
        for (Outcome outcome : Outcome.values()) {
            long count = inner.number(outcome.name().toLowerCase(Locale.ROOT));
            if (count != 0) {
                outcomes.put(outcome, count);
            }
        }
        return new Counts(inner.number("enumerated"), outcomes, inner.number("bytes"), inner.number("orphans_removed"));
    }

    ProgressSnapshot snapshot() {
        return new ProgressSnapshot(
                optionalNumber("total"),
                counts("pass"),
                counts("session"),
                Duration.ofMillis(number("elapsed_ms")),
                (int) number("in_flight"),
                fraction("items_per_second"),
                fraction("bytes_per_second"),
                text("waiting"));
    }

    private EventFields inner(String name) {
        return fields.get(name) instanceof Map<?, ?> map ? new EventFields(map) : new EventFields(Map.of());
    }

    private static Outcome outcome(String name) throws UserException {
        for (Outcome outcome : Outcome.values()) {
            if (outcome.name().toLowerCase(Locale.ROOT).equals(name)) {
                return outcome;
            }
        }
        throw new UserException("event: unknown outcome '" + name + "'");
    }
}
