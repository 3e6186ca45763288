package org.cchq.migrate.inventory;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Expands {@code web[01:12]}, {@code db[a:f]} and {@code es[1:9:2]}; several ranges multiply. */
final class HostRange {
    /** Far above any environment; keeps a slip such as {@code [1:99999999]} from filling the memory. */
    private static final int MOST_HOSTS = 100_000;

    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final Pattern COLON = Pattern.compile(":");
    private static final Pattern DIGITS = Pattern.compile("\\d{1,9}");

    private HostRange() {}

    /** @throws IllegalArgumentException with what is wrong, for a person */
    static List<String> expand(String pattern) {
        int open = pattern.indexOf('[');
        if (open < 0) {
            return List.of(pattern);
        }
        int close = pattern.indexOf(']', open);
        if (close < 0) {
            throw new IllegalArgumentException("host range '" + pattern + "' has no closing bracket");
        }
        String head = pattern.substring(0, open);
        List<String> tails = expand(pattern.substring(close + 1));
        List<String> names = new ArrayList<>();
        for (String middle : values(pattern.substring(open + 1, close))) {
            for (String tail : tails) {
                names.add(head + middle + tail);
                if (names.size() > MOST_HOSTS) {
                    throw new IllegalArgumentException(
                            "host range '" + pattern + "' makes more than " + MOST_HOSTS + " hosts");
                }
            }
        }
        return names;
    }

    private static List<String> values(String range) {
        List<String> bounds = List.of(COLON.split(range, -1));
        if (bounds.size() < 2 || bounds.size() > 3) {
            throw wrong(range, "must be begin:end or begin:end:step");
        }
        String begin = bounds.get(0).isEmpty() ? "0" : bounds.get(0);
        String end = bounds.get(1);
        if (end.isEmpty()) {
            throw wrong(range, "must name its end");
        }
        int step = bounds.size() == 2 ? 1 : number(bounds.get(2), range);
        if (step < 1) {
            throw wrong(range, "must have a step of 1 or more");
        }
        return isLetter(begin) && isLetter(end) ? letters(begin, end, step, range) : numbers(begin, end, step, range);
    }

    private static List<String> letters(String begin, String end, int step, String range) {
        int first = LETTERS.indexOf(begin);
        int last = LETTERS.indexOf(end);
        if (first > last) {
            throw wrong(range, "must not begin after its end");
        }
        List<String> names = new ArrayList<>();
        for (int i = first; i <= last; i += step) {
            names.add(LETTERS.substring(i, i + 1));
        }
        return names;
    }

    private static List<String> numbers(String begin, String end, int step, String range) {
        boolean padded = begin.length() > 1 && begin.startsWith("0");
        if (padded && begin.length() != end.length()) {
            throw wrong(range, "must have begin and end of equal length when begin is padded with zeros");
        }
        int last = number(end, range);
        List<String> names = new ArrayList<>();
        for (long i = number(begin, range); i <= last; i += step) {
            String name = Long.toString(i);
            names.add(padded ? "0".repeat(begin.length() - name.length()) + name : name);
            if (names.size() > MOST_HOSTS) {
                throw wrong(range, "makes more than " + MOST_HOSTS + " hosts");
            }
        }
        if (names.isEmpty()) {
            throw wrong(range, "is empty: it begins after its end");
        }
        return names;
    }

    private static boolean isLetter(String bound) {
        return bound.length() == 1 && LETTERS.contains(bound);
    }

    private static int number(String text, String range) {
        if (!DIGITS.matcher(text).matches()) {
            throw wrong(range, "must be of numbers or of single letters");
        }
        return Integer.parseInt(text);
    }

    private static IllegalArgumentException wrong(String range, String what) {
        return new IllegalArgumentException("host range [" + range + "] " + what);
    }
}
