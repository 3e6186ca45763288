package org.cchq.migrate.jinja;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cchq.migrate.base.PythonSpace;
import org.jspecify.annotations.Nullable;

/** Filters that give text, and those of Ansible's regular expressions. */
final class TextFilters {
    private static final Pattern SAFE_IN_SHELL = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");
    private static final Pattern WORD_START = Pattern.compile("(?U)(?<=[-\\s({\\[<])(?=[^-\\s({\\[<])");

    static final Map<String, Filters.Filter> ALL = Map.ofEntries(
            Map.entry("string", (value, given) -> {
                given.most(0);
                return PythonText.str(value);
            }),
            Map.entry("lower", (value, given) -> text(value, given).toLowerCase(Locale.ROOT)),
            Map.entry("upper", (value, given) -> text(value, given).toUpperCase(Locale.ROOT)),
            Map.entry("capitalize", (value, given) -> PythonStrings.capitalize(text(value, given))),
            Map.entry("title", (value, given) -> title(text(value, given))),
            Map.entry("trim", TextFilters::trim),
            Map.entry("replace", TextFilters::replace),
            Map.entry("indent", TextFilters::indent),
            Map.entry("format", (value, given) -> {
                Given positional = given;
                positional.most(50);
                return PythonFormat.format(PythonText.str(value), positional.positional());
            }),
            Map.entry("wordcount", (value, given) -> count(text(value, given))),
            Map.entry("urlencode", (value, given) -> percent(text(value, given))),
            Map.entry("quote", (value, given) -> shell(value == null ? "" : text(value, given))),
            Map.entry(
                    "b64encode",
                    (value, given) -> Base64.getEncoder()
                            .encodeToString(text(value, given).getBytes(StandardCharsets.UTF_8))),
            Map.entry("b64decode", (value, given) -> decode(text(value, given))),
            Map.entry("basename", (value, given) -> path(value, given).replaceFirst("(?s)^.*/", "")),
            Map.entry("dirname", (value, given) -> dirname(path(value, given))),
            Map.entry("split", TextFilters::split),
            Map.entry("regex_replace", TextFilters::regexReplace),
            Map.entry("regex_search", TextFilters::regexSearch),
            Map.entry("regex_findall", TextFilters::regexFindAll),
            Map.entry("regex_escape", (value, given) -> escape(text(value, given))));

    private TextFilters() {}

    /** The value as text; the filter takes no arguments. */
    private static String text(@Nullable Object value, Given given) throws JinjaException {
        given.most(0);
        return PythonText.str(value);
    }

    private static String path(@Nullable Object value, Given given) throws JinjaException {
        given.most(0);
        return Values.text(value, "a path");
    }

    private static String dirname(String path) {
        String head = path.substring(0, path.lastIndexOf('/') + 1);
        return head.matches("/*") ? head : head.replaceFirst("/+$", "");
    }

    private static String title(String text) {
        StringBuilder title = new StringBuilder();
        for (String part : WORD_START.split(text, -1)) {
            int start = 0;
            while (start < part.length() && "-({[<".indexOf(part.charAt(start)) >= 0) {
                start++;
            }
            title.append(part, 0, start);
            String word = part.substring(start);
            if (!word.isEmpty()) {
                title.append(word.substring(0, 1).toUpperCase(Locale.ROOT))
                        .append(word.substring(1).toLowerCase(Locale.ROOT));
            }
        }
        return title.toString();
    }

    private static Object trim(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("chars");
        String text = PythonText.str(value);
        if (Values.used(given.get("chars", null)) == null) {
            return PythonSpace.strip(text);
        }
        String chars = given.text("chars", "");
        return PythonStrings.lstrip(PythonStrings.rstrip(text, chars), chars);
    }

    private static Object replace(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("old", "new", "count");
        int most = Values.used(given.get("count", null)) == null ? -1 : given.number("count", -1);
        return TextMethods.replace(
                PythonText.str(value), PythonText.str(given.get("old")), PythonText.str(given.get("new")), most);
    }

    private static Object indent(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("width", "first", "blank");
        String indention = Values.used(given.get("width", 4)) instanceof String text
                ? text
                : " ".repeat(Math.max(0, given.number("width", 4)));
        boolean blank = given.flag("blank", false);
        List<String> lines = PythonStrings.lines(PythonText.str(value) + "\n");
        StringBuilder text = new StringBuilder(given.flag("first", false) ? indention : "");
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (i > 0) {
                text.append('\n').append(blank || !line.isEmpty() ? indention : "");
            }
            text.append(line);
        }
        return text.toString();
    }

    private static int count(String text) {
        Matcher word = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS).matcher(text);
        int count = 0;
        while (word.find()) {
            count++;
        }
        return count;
    }

    private static String percent(String text) {
        StringBuilder quoted = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || "_.-~/".indexOf(c) >= 0)) {
                quoted.append(c);
            } else {
                quoted.append(String.format(Locale.ROOT, "%%%02X", (int) c));
            }
        }
        return quoted.toString();
    }

    private static String shell(String text) {
        if (text.isEmpty()) {
            return "''";
        }
        return SAFE_IN_SHELL.matcher(text).matches() ? text : "'" + text.replace("'", "'\"'\"'") + "'";
    }

    private static String decode(String text) throws JinjaException {
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            String decoded = new String(bytes, StandardCharsets.UTF_8);
            if (decoded.indexOf('\ufffd') < 0) {
                return decoded;
            }
        } catch (IllegalArgumentException e) {
            throw new JinjaException("the text is not Base64");
        }
        throw new JinjaException("what the Base64 text stands for is not UTF-8");
    }

    private static Object split(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("sep", "maxsplit");
        String text = Values.text(value, "what is split");
        Object separator = Values.used(given.get("sep", null));
        int most = given.number("maxsplit", -1);
        if (separator == null && most < 0) {
            return PythonStrings.words(text);
        }
        return TextMethods.split(text, Values.text(separator, "the separator"), most, false);
    }

    private static Object regexReplace(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("pattern", "replacement", "ignorecase", "multiline");
        String replacement = given.text("replacement", "");
        Matcher matcher = pattern(given.text("pattern", ""), given).matcher(PythonText.str(value));
        StringBuilder text = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(text, Matcher.quoteReplacement(PythonRegex.expand(replacement, matcher)));
        }
        return matcher.appendTail(text).toString();
    }

    private static @Nullable Object regexSearch(@Nullable Object value, Given given) throws JinjaException {
        List<@Nullable Object> arguments = given.positional();
        if (arguments.isEmpty()) {
            throw new JinjaException("'regex_search' needs a regular expression");
        }
        Given options = given.with(parameters(arguments.size()));
        Matcher matcher = pattern(options.text("regex", ""), options).matcher(PythonText.str(value));
        if (!matcher.find()) {
            return null;
        }
        if (arguments.size() == 1) {
            return matcher.group();
        }
        List<@Nullable Object> groups = new ArrayList<>();
        for (int i = 1; i < arguments.size(); i++) {
            String name = Values.text(arguments.get(i), "a group");
            if (!name.matches("\\\\(\\d+|g<\\S+>)")) {
                throw new JinjaException("a group of 'regex_search' must be written as \\\\1 or \\\\g<name>");
            }
            groups.add(PythonRegex.groupOrNull(matcher, name.replaceAll("[\\\\g<>]", "")));
        }
        return groups;
    }

    private static String[] parameters(int positional) {
        List<String> names = new ArrayList<>(List.of("regex"));
        for (int i = 1; i < positional; i++) {
            names.add("group " + i);
        }
        names.addAll(List.of("ignorecase", "multiline"));
        return names.toArray(String[]::new);
    }

    private static Object regexFindAll(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("regex", "multiline", "ignorecase");
        Matcher matcher = pattern(given.text("regex", ""), given).matcher(PythonText.str(value));
        List<@Nullable Object> found = new ArrayList<>();
        while (matcher.find()) {
            if (matcher.groupCount() < 2) {
                String only = matcher.group(matcher.groupCount());
                found.add(only == null ? "" : only);
            } else {
                List<@Nullable Object> groups = new ArrayList<>();
                for (int i = 1; i <= matcher.groupCount(); i++) {
                    groups.add(matcher.group(i) == null ? "" : matcher.group(i));
                }
                found.add(new Tuple(groups));
            }
        }
        return found;
    }

    private static Pattern pattern(String regex, Given given) throws JinjaException {
        return PythonRegex.compile(regex, given.flag("ignorecase", false), given.flag("multiline", false));
    }

    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        text.chars().forEach(c -> {
            if ("()[]{}?*+-|^$\\.&~# \t\n\r\u000b\f".indexOf(c) >= 0) {
                escaped.append('\\');
            }
            escaped.append((char) c);
        });
        return escaped.toString();
    }
}
