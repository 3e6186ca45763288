package org.cchq.migrate.kind.blobs;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.hq.PythonRepr;

/**
 * Days of {@code created_on}, UTC, both ends included; an empty end is open. As {@code --date-range} says it: {@code
 * YYYYMMDD} is an end with an open start, {@code YYYYMMDD-YYYYMMDD} has both, and either side may be left out.
 */
public record DateRange(Optional<LocalDate> start, Optional<LocalDate> end) {
    /** All days. */
    public static final DateRange ALL = new DateRange(Optional.empty(), Optional.empty());

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("uuuuMMdd").withResolverStyle(ResolverStyle.STRICT);

    /** One day. */
    public static DateRange of(LocalDate day) {
        return new DateRange(Optional.of(day), Optional.of(day));
    }

    /** Reads the option's value; complains in HQ's words. */
    public static DateRange parse(String text) throws UserException {
        List<String> sides = Arrays.asList(text.split("-", -1));
        if (sides.size() == 1) {
            return new DateRange(Optional.empty(), date(text));
        }
        if (sides.size() != 2) {
            throw new UserException("bad date range: " + PythonRepr.of(sides));
        }
        DateRange range = new DateRange(date(sides.get(0)), date(sides.get(1)));
        if (range.start.isPresent()
                && range.end.isPresent()
                && range.start.get().isAfter(range.end.get())) {
            throw new UserException("bad date range: " + text + " ends before it begins; the earlier day goes first");
        }
        return range;
    }

    public boolean isAll() {
        return start.isEmpty() && end.isEmpty();
    }

    /** The first instant, included; empty if the start is open. */
    public Optional<Instant> from() {
        return start.map(day -> day.atStartOfDay(ZoneOffset.UTC).toInstant());
    }

    /** The instant after the last day, excluded; empty if the end is open. */
    public Optional<Instant> until() {
        return end.map(day -> day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
    }

    /** As HQ writes it behind an iteration key: {@code 2018-01-09-None}. */
    @Override
    public String toString() {
        return start.map(LocalDate::toString).orElse("None") + "-"
                + end.map(LocalDate::toString).orElse("None");
    }

    private static Optional<LocalDate> date(String value) throws UserException {
        if (value.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(LocalDate.parse(value, DATE));
        } catch (DateTimeException e) {
            throw new UserException("bad date value: " + value, e);
        }
    }
}
