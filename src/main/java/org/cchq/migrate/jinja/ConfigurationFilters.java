package org.cchq.migrate.jinja;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The project's own filters: values as Python literals and as words of an nginx configuration. What cannot be written
 * safely is refused. Ansible has the same ones in ansible/filter_plugins/cchq_migrate.py; a test compares what both make.
 */
final class ConfigurationFilters {
    static final Map<String, Filters.Filter> ALL = Map.of(
            "python_literal", (value, given) -> literal(alone(value, given)),
            "python_name", (value, given) -> pythonName(alone(value, given)),
            "nginx_host", (value, given) -> nginxHost(alone(value, given)),
            "nginx_name", (value, given) -> matching(Words.SERVER_NAME, alone(value, given), "no name"),
            "nginx_path", (value, given) -> matching(Words.PATH, alone(value, given), "no absolute path"),
            "nginx_size", (value, given) -> matching(Words.SIZE, alone(value, given), "no size"),
            "port_number", (value, given) -> port(alone(value, given)));

    private static final Set<String> KEYWORDS =
            Set.of(("False None True and as assert async await break class continue def"
                            + " del elif else except finally for from global if import in is lambda nonlocal not or pass raise"
                            + " return try while with yield")
                    .split(" "));

    private ConfigurationFilters() {}

    private static final class Words {
        static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?");
        static final Pattern IPV6_ADDRESS = Pattern.compile("[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*");
        static final Pattern SERVER_NAME =
                Pattern.compile("(\\*\\.|\\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?(\\.\\*)?");
        static final Pattern PATH = Pattern.compile("/[A-Za-z0-9_./@+=:,-]*");
        static final Pattern SIZE = Pattern.compile("[0-9]{1,15}[kKmMgG]?");
        static final Pattern PYTHON_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
        static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
    }

    private static @Nullable Object alone(@Nullable Object value, Given given) throws JinjaException {
        given.most(0);
        return value;
    }

    private static String literal(@Nullable Object raw) throws JinjaException {
        Object value = Values.used(raw);
        if (value == null) {
            return "None";
        }
        if (value instanceof Boolean flag) {
            return flag ? "True" : "False";
        }
        if (value instanceof Double number && !Double.isFinite(number)) {
            throw new JinjaException("a number that is not finite cannot be written into localsettings.py");
        }
        if (value instanceof Number) {
            return PythonText.repr(value);
        }
        if (value instanceof String text) {
            return quoted(text);
        }
        if (value instanceof List<?>) {
            StringJoiner items = new StringJoiner(", ", "[", "]");
            for (Object item : Values.items(value)) {
                items.add(literal(item));
            }
            return items.toString();
        }
        if (value instanceof Map<?, ?> map) {
            StringJoiner entries = new StringJoiner(", ", "{", "}");
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                entries.add(literal(entry.getKey()) + ": " + literal(entry.getValue()));
            }
            return entries.toString();
        }
        if (value instanceof LazyMap map) {
            StringJoiner entries = new StringJoiner(", ", "{", "}");
            for (String key : map.keys()) {
                entries.add(literal(key) + ": " + literal(map.get(key)));
            }
            return entries.toString();
        }
        throw new JinjaException(
                "a " + Values.kind(value) + " cannot be written into localsettings.py; put it between quotes");
    }

    private static String quoted(String text) throws JinjaException {
        StringBuilder quoted = new StringBuilder("'");
        for (int point : text.codePoints().toArray()) {
            switch (point) {
                case '\\' -> quoted.append("\\\\");
                case '\'' -> quoted.append("\\'");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case 0x2028, 0x2029, 0xFEFF -> quoted.append("\\u").append(Integer.toHexString(point));
                default -> {
                    if (point < 0x20 || (point >= 0x7F && point < 0xA0)) {
                        quoted.append(point < 0x10 ? "\\x0" : "\\x").append(Integer.toHexString(point));
                    } else if (point >= 0xD800 && point < 0xE000) {
                        throw new JinjaException("half of a surrogate pair cannot be written into localsettings.py");
                    } else {
                        quoted.appendCodePoint(point);
                    }
                }
            }
        }
        return quoted.append('\'').toString();
    }

    private static String pythonName(@Nullable Object raw) throws JinjaException {
        if (Values.used(raw) instanceof String name
                && Words.PYTHON_NAME.matcher(name).matches()
                && !KEYWORDS.contains(name)) {
            return name;
        }
        throw new JinjaException("'" + raw + "' cannot be the name of a setting in localsettings.py");
    }

    private static String nginxHost(@Nullable Object value) throws JinjaException {
        String text = word(value);
        if (Words.HOST_NAME.matcher(text).matches()) {
            return text;
        }
        String bare = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        if (Words.IPV6_ADDRESS.matcher(bare).matches()) {
            return "[" + bare + "]";
        }
        throw new JinjaException("'" + value + "' is no host name or address that can be written into an nginx site");
    }

    private static String port(@Nullable Object value) throws JinjaException {
        String text = word(value);
        int port = Words.PORT.matcher(text).matches() ? Integer.parseInt(text) : 0;
        if (port < 1 || port > 65_535) {
            throw new JinjaException("'" + value + "' is no port: it must be a whole number from 1 to 65535");
        }
        return Integer.toString(port);
    }

    private static String matching(Pattern pattern, @Nullable Object value, String what) throws JinjaException {
        String text = word(value);
        if (!pattern.matcher(text).matches()) {
            throw new JinjaException("'" + value + "' is " + what + " that can be written into an nginx site");
        }
        return text;
    }

    private static String word(@Nullable Object raw) throws JinjaException {
        Object value = Values.used(raw);
        boolean written = value instanceof String || (Values.isWhole(value) && !(value instanceof Boolean));
        return written ? String.valueOf(value) : "";
    }
}
