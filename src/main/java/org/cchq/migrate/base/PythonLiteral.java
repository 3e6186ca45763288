package org.cchq.migrate.base;

import java.math.BigInteger;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads text as Python's {@code ast.literal_eval} does: a number, string, True, False, None, list, tuple, set or dict, with
 * an optional trailing comment; what is none of these stays the text that it is. Tuples and sets are lists of the type {@link
 * Collection}. Complex numbers and bytes stay text.
 */
public final class PythonLiteral {
    private static final int DEEPEST = 100;
    private static final Pattern NUMBER =
            Pattern.compile("(?<radix>0[xX](_?[0-9a-fA-F])+|0[oO](_?[0-7])+|0[bB](_?[01])+)"
                    + "|(?<real>(\\d(_?\\d)*)?\\.\\d(_?\\d)*([eE][+-]?\\d(_?\\d)*)?|\\d(_?\\d)*\\.([eE][+-]?\\d(_?\\d)*)?"
                    + "|\\d(_?\\d)*[eE][+-]?\\d(_?\\d)*)"
                    + "|(?<whole>0(_?0)*|[1-9](_?\\d)*)");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*");

    private final String text;
    private final boolean display;
    private int at;
    private int depth;

    private PythonLiteral(String text, boolean display) {
        this.text = text;
        this.display = display;
    }

    /** One value, on one line. */
    public static @Nullable Object read(String text) {
        return read(text, false);
    }

    /** The same, and inside brackets there may be line ends, and JSON's true, false and null are values too. */
    public static @Nullable Object readDisplay(String text) {
        return read(text, true);
    }

    private static @Nullable Object read(String text, boolean display) {
        try {
            return new PythonLiteral(text, display).document();
        } catch (NotALiteralException e) {
            return text;
        }
    }

    /** A tuple or set. */
    public static final class Collection extends AbstractList<@Nullable Object> {
        private final List<@Nullable Object> items;
        private final boolean set;

        private Collection(List<@Nullable Object> items, boolean set) {
            this.items = Collections.unmodifiableList(items);
            this.set = set;
        }

        /** True for a set, whose order means nothing. */
        public boolean set() {
            return set;
        }

        @Override
        public @Nullable Object get(int index) {
            return items.get(index);
        }

        @Override
        public int size() {
            return items.size();
        }
    }

    private @Nullable Object document() throws NotALiteralException {
        @Nullable Object value = value();
        skipBlank();
        if (peek() == ',') {
            List<@Nullable Object> tuple = new ArrayList<>();
            tuple.add(value);
            value = restOfTuple(tuple);
        }
        skipBlank();
        if (at < text.length() && peek() != '#') {
            throw new NotALiteralException();
        }
        return value;
    }

    private List<@Nullable Object> restOfTuple(List<@Nullable Object> tuple) throws NotALiteralException {
        while (peek() == ',') {
            at++;
            skipBlank();
            if (at == text.length() || peek() == '#') {
                break;
            }
            tuple.add(value());
            skipBlank();
        }
        return new Collection(tuple, false);
    }

    private @Nullable Object value() throws NotALiteralException {
        skipBlank();
        if (++depth > DEEPEST) {
            throw new NotALiteralException();
        }
        try {
            return switch (peek()) {
                case '[' -> sequence(']');
                case '(' -> parenthesised();
                case '{' -> braces();
                case '\'', '"' -> strings();
                case '+', '-' -> signed();
                default -> word();
            };
        } finally {
            depth--;
        }
    }

    private Object signed() throws NotALiteralException {
        boolean negative = text.charAt(at++) == '-';
        skipBlank();
        Object number = number();
        if (!negative && number instanceof Number) {
            return number;
        }
        if (number instanceof Integer small) {
            return -small;
        }
        if (number instanceof Double real) {
            return -real;
        }
        if (number instanceof BigInteger || number instanceof Long) {
            return shrink(new BigInteger(number.toString()).negate());
        }
        throw new NotALiteralException();
    }

    private @Nullable Object word() throws NotALiteralException {
        Matcher name = NAME.matcher(text).region(at, text.length());
        if (name.lookingAt()) {
            if (name.end() < text.length() && isQuote(text.charAt(name.end()))) {
                return prefixed(name.group().toLowerCase(Locale.ROOT), name.end());
            }
            at = name.end();
            return switch (name.group()) {
                case "True" -> true;
                case "False" -> false;
                case "None" -> null;
                case "true", "false", "null" -> json(name.group());
                default -> throw new NotALiteralException();
            };
        }
        return number();
    }

    private @Nullable Object json(String name) throws NotALiteralException {
        if (!display) {
            throw new NotALiteralException();
        }
        return name.equals("null") ? null : name.equals("true");
    }

    private Object prefixed(String prefix, int quoteAt) throws NotALiteralException {
        if (!prefix.equals("u") && !prefix.equals("r")) {
            throw new NotALiteralException();
        }
        at = quoteAt;
        return prefix.equals("r") ? string(true) : strings();
    }

    private Object number() throws NotALiteralException {
        Matcher number = NUMBER.matcher(text).region(at, text.length());
        if (!number.lookingAt()) {
            throw new NotALiteralException();
        }
        at = number.end();
        if (at < text.length() && (Character.isLetterOrDigit(peek()) || peek() == '_' || peek() == '.')) {
            throw new NotALiteralException();
        }
        String digits = number.group().replace("_", "");
        if (number.group("real") != null) {
            return Double.valueOf(digits);
        }
        if (number.group("radix") == null) {
            return shrink(new BigInteger(digits));
        }
        int radix = switch (Character.toLowerCase(digits.charAt(1))) {
            case 'x' -> 16;
            case 'o' -> 8;
            default -> 2;
        };
        return shrink(new BigInteger(digits.substring(2), radix));
    }

    private static Object shrink(BigInteger number) {
        if (number.bitLength() < 32) {
            return number.intValue();
        }
        return number.bitLength() < 64 ? (Object) number.longValue() : number;
    }

    private String strings() throws NotALiteralException {
        StringBuilder all = new StringBuilder(string(false));
        skipBlank();
        while (isQuote(peek())) {
            all.append(string(false));
            skipBlank();
        }
        return all.toString();
    }

    private String string(boolean raw) throws NotALiteralException {
        char quote = text.charAt(at);
        String mark = text.startsWith(String.valueOf(quote).repeat(3), at)
                ? String.valueOf(quote).repeat(3)
                : String.valueOf(quote);
        at += mark.length();
        StringBuilder value = new StringBuilder();
        while (!text.startsWith(mark, at)) {
            if (at >= text.length()) {
                throw new NotALiteralException();
            }
            char c = text.charAt(at++);
            if (c == '\\') {
                escape(value, raw);
            } else {
                value.append(c);
            }
        }
        at += mark.length();
        return value.toString();
    }

    private void escape(StringBuilder value, boolean raw) throws NotALiteralException {
        if (at >= text.length()) {
            throw new NotALiteralException();
        }
        char c = text.charAt(at++);
        if (raw) {
            value.append('\\').append(c);
            return;
        }
        switch (c) {
            case '\\', '\'', '"' -> value.append(c);
            case 'a' -> value.append('\u0007');
            case 'b' -> value.append('\b');
            case 'f' -> value.append('\f');
            case 'n' -> value.append('\n');
            case 'r' -> value.append('\r');
            case 't' -> value.append('\t');
            case 'v' -> value.append('\u000b');
            case 'x' -> value.appendCodePoint(codePoint(2));
            case 'u' -> value.appendCodePoint(codePoint(4));
            case 'U' -> value.appendCodePoint(codePoint(8));
            case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                int octal = Character.digit(c, 8);
                for (int i = 0; i < 2 && Character.digit(peek(), 8) >= 0; i++) {
                    octal = octal * 8 + Character.digit(text.charAt(at++), 8);
                }
                value.append((char) octal);
            }
            case 'N' -> throw new NotALiteralException();
            default -> value.append('\\').append(c);
        }
    }

    private int codePoint(int digits) throws NotALiteralException {
        if (at + digits > text.length()) {
            throw new NotALiteralException();
        }
        int point = 0;
        for (int i = 0; i < digits; i++) {
            int digit = Character.digit(text.charAt(at++), 16);
            if (digit < 0 || point > Character.MAX_CODE_POINT) {
                throw new NotALiteralException();
            }
            point = point * 16 + digit;
        }
        if (!Character.isValidCodePoint(point)) {
            throw new NotALiteralException();
        }
        return point;
    }

    private List<@Nullable Object> sequence(char close) throws NotALiteralException {
        at++;
        List<@Nullable Object> values = new ArrayList<>();
        skipBlank();
        while (peek() != close) {
            values.add(value());
            afterItem(close);
        }
        at++;
        return Collections.unmodifiableList(values);
    }

    private @Nullable Object parenthesised() throws NotALiteralException {
        int start = at;
        List<@Nullable Object> values = sequence(')');
        boolean tuple = values.size() != 1
                || text.substring(start, at - 1).stripTrailing().endsWith(",");
        return tuple ? new Collection(values, false) : values.get(0);
    }

    private Object braces() throws NotALiteralException {
        int start = at++;
        skipBlank();
        if (peek() == '}') {
            at++;
            return Map.of();
        }
        @Nullable Object first = value();
        skipBlank();
        if (peek() != ':') {
            at = start;
            return new Collection(sequence('}'), true);
        }
        Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
        @Nullable Object key = first;
        while (true) {
            expect(':');
            map.put(key, value());
            afterItem('}');
            if (peek() == '}') {
                at++;
                return Collections.unmodifiableMap(map);
            }
            key = value();
            skipBlank();
        }
    }

    private void afterItem(char close) throws NotALiteralException {
        skipBlank();
        if (peek() != close) {
            expect(',');
            skipBlank();
        }
    }

    private void expect(char wanted) throws NotALiteralException {
        if (peek() != wanted) {
            throw new NotALiteralException();
        }
        at++;
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private void skipBlank() {
        while (peek() == ' ' || peek() == '\t' || (display && depth > 0 && (peek() == '\n' || peek() == '#'))) {
            if (peek() == '#') {
                at = text.indexOf('\n', at) < 0 ? text.length() : text.indexOf('\n', at);
            } else {
                at++;
            }
        }
    }

    private static boolean isQuote(char c) {
        return c == '\'' || c == '"';
    }

    /** The text is not a Python literal: then it stands for itself. Never leaves this class. */
    private static final class NotALiteralException extends Exception {
        private NotALiteralException() {
            super("not a literal", null, false, false);
        }
    }
}
