package org.cchq.migrate.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's {@code json.dumps}: ASCII only, a space after comma and colon unless indented. */
final class PythonJson {
    private final int indent;
    private final boolean sortKeys;
    private final StringBuilder json = new StringBuilder();

    private PythonJson(int indent, boolean sortKeys) {
        this.indent = indent;
        this.sortKeys = sortKeys;
    }

    /** @param indent spaces a level; negative: all on one line */
    static String dumps(@Nullable Object value, int indent, boolean sortKeys) throws JinjaException {
        PythonJson writer = new PythonJson(indent, sortKeys);
        writer.write(value, 0);
        return writer.json.toString();
    }

    private void write(@Nullable Object raw, int level) throws JinjaException {
        Object value = Values.used(raw);
        if (value == null) {
            json.append("null");
        } else if (value instanceof String text) {
            string(text);
        } else if (value instanceof Boolean) {
            json.append(value);
        } else if (value instanceof Double number) {
            json.append(real(number));
        } else if (value instanceof Number) {
            json.append(value);
        } else if (value instanceof List<?> list && !(value instanceof View)) {
            list(list, level);
        } else if (value instanceof Map<?, ?> map) {
            map(map, level);
        } else {
            throw new JinjaException("a " + Values.kind(value) + " cannot be written as JSON here");
        }
    }

    private static String real(double number) {
        if (Double.isNaN(number)) {
            return "NaN";
        }
        return Double.isInfinite(number) ? (number > 0 ? "Infinity" : "-Infinity") : PythonText.real(number);
    }

    private void list(List<?> list, int level) throws JinjaException {
        json.append('[');
        boolean first = true;
        for (Object item : list) {
            separate(first, level + 1);
            first = false;
            write(item, level + 1);
        }
        end(list.isEmpty(), level);
        json.append(']');
    }

    private void map(Map<?, ?> map, int level) throws JinjaException {
        List<Object> keys = new ArrayList<>();
        for (Object key : map.keySet()) {
            keys.add(key);
        }
        if (sortKeys) {
            Sorting.sort(keys, false);
        }
        json.append('{');
        boolean first = true;
        for (Object key : keys) {
            separate(first, level + 1);
            first = false;
            string(key(key));
            json.append(": ");
            write(map.get(key), level + 1);
        }
        end(keys.isEmpty(), level);
        json.append('}');
    }

    private static String key(Object key) throws JinjaException {
        if (key instanceof String text) {
            return text;
        }
        if (key instanceof Boolean || (key instanceof Number && !(key instanceof Double))) {
            return key.toString();
        }
        if (key instanceof Double number) {
            return real(number);
        }
        throw new JinjaException("a " + Values.kind(key) + " cannot be a key in JSON");
    }

    private void separate(boolean first, int level) {
        if (!first) {
            json.append(indent < 0 ? ", " : ",");
        }
        if (indent >= 0) {
            json.append('\n').append(" ".repeat(indent * level));
        }
    }

    private void end(boolean empty, int level) {
        if (!empty && indent >= 0) {
            json.append('\n').append(" ".repeat(indent * level));
        }
    }

    private void string(String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                case '\f' -> json.append("\\f");
                case '\b' -> json.append("\\b");
                default -> {
                    if (c >= ' ' && c < 0x7f) {
                        json.append(c);
                    } else {
                        json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    }
                }
            }
        }
        json.append('"');
    }
}
