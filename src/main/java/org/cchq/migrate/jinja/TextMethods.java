package org.cchq.migrate.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.cchq.migrate.base.PythonSpace;
import org.jspecify.annotations.Nullable;

/** Methods of a Python text. */
final class TextMethods {
    private static final Set<String> KNOWN = Set.of(
            "capitalize",
            "count",
            "endswith",
            "find",
            "isdigit",
            "join",
            "lower",
            "lstrip",
            "partition",
            "replace",
            "rpartition",
            "rsplit",
            "rstrip",
            "split",
            "splitlines",
            "startswith",
            "strip",
            "title",
            "upper",
            "zfill");
    private static final Set<String> OTHERS = Set.of(
            "casefold",
            "center",
            "encode",
            "expandtabs",
            "format",
            "format_map",
            "index",
            "isalnum",
            "isalpha",
            "isascii",
            "isdecimal",
            "isidentifier",
            "islower",
            "isnumeric",
            "isprintable",
            "isspace",
            "istitle",
            "isupper",
            "ljust",
            "maketrans",
            "removeprefix",
            "removesuffix",
            "rfind",
            "rindex",
            "rjust",
            "swapcase",
            "translate");

    private TextMethods() {}

    static Optional<Object> find(String text, String name) throws JinjaException {
        if (OTHERS.contains(name)) {
            throw new JinjaException("'." + name + "' of a text is not evaluated here");
        }
        return KNOWN.contains(name)
                ? Optional.of((Callable) (arguments, named) -> call(text, name, new Given(name, arguments, named)))
                : Optional.empty();
    }

    private static @Nullable Object call(String text, String name, Given given) throws JinjaException {
        switch (name) {
            case "lower", "upper", "capitalize", "title", "isdigit", "splitlines" -> {
                given.most(0);
                return plain(text, name);
            }
            case "strip", "lstrip", "rstrip" -> {
                given.most(1);
                return strip(text, name, Values.used(given.at(0, null)));
            }
            case "startswith", "endswith", "count", "find" -> {
                given.most(1);
                return search(text, name, Values.text(given.at(0), "what ." + name + " looks for"));
            }
            case "partition", "rpartition" -> {
                given.most(1);
                return partition(text, Values.text(given.at(0), "the separator"), name.startsWith("r"));
            }
            case "split", "rsplit" -> {
                Given by = given.with("sep", "maxsplit");
                Object separator = Values.used(by.get("sep", null));
                int most = by.number("maxsplit", -1);
                return separator == null
                        ? splitAtSpace(text, most)
                        : split(text, Values.text(separator, "the separator"), most, name.startsWith("r"));
            }
            case "replace" -> {
                given.most(3);
                String old = Values.text(given.at(0), "what is replaced");
                String with = Values.text(given.at(1), "what it is replaced with");
                return replace(text, old, with, Values.index(Values.used(given.at(2, -1)), "the count"));
            }
            case "zfill" -> {
                given.most(1);
                return zfill(text, Values.index(Values.used(given.at(0)), "the width"));
            }
            default -> {
                given.most(1);
                StringBuilder joined = new StringBuilder();
                List<@Nullable Object> items = Values.items(given.at(0));
                for (int i = 0; i < items.size(); i++) {
                    joined.append(i == 0 ? "" : text).append(Values.text(items.get(i), "what .join joins"));
                }
                return joined.toString();
            }
        }
    }

    private static Object plain(String text, String name) {
        return switch (name) {
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "capitalize" -> PythonStrings.capitalize(text);
            case "title" -> title(text);
            case "isdigit" -> !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
            default -> PythonStrings.lines(text);
        };
    }

    private static String title(String text) {
        StringBuilder title = new StringBuilder();
        boolean inside = false;
        for (int i = 0; i < text.length(); i++) {
            String c = text.substring(i, i + 1);
            title.append(inside ? c.toLowerCase(Locale.ROOT) : c.toUpperCase(Locale.ROOT));
            inside = Character.isLetter(text.charAt(i));
        }
        return title.toString();
    }

    private static String strip(String text, String name, @Nullable Object chars) throws JinjaException {
        String stripped = text;
        if (!name.startsWith("r")) {
            stripped = chars == null
                    ? PythonSpace.stripStart(stripped)
                    : PythonStrings.lstrip(stripped, Values.text(chars, "what is stripped"));
        }
        if (!name.startsWith("l")) {
            stripped = chars == null
                    ? PythonSpace.stripEnd(stripped)
                    : PythonStrings.rstrip(stripped, Values.text(chars, "what is stripped"));
        }
        return stripped;
    }

    private static Object search(String text, String name, String wanted) {
        return switch (name) {
            case "startswith" -> text.startsWith(wanted);
            case "endswith" -> text.endsWith(wanted);
            case "find" -> {
                int at = text.indexOf(wanted);
                yield at < 0 ? -1 : text.codePointCount(0, at);
            }
            default ->
                wanted.isEmpty()
                        ? text.codePointCount(0, text.length()) + 1
                        : text.split(Pattern.quote(wanted), -1).length - 1;
        };
    }

    private static Tuple partition(String text, String separator, boolean last) throws JinjaException {
        if (separator.isEmpty()) {
            throw new JinjaException("the separator is empty");
        }
        int at = last ? text.lastIndexOf(separator) : text.indexOf(separator);
        if (at < 0) {
            return new Tuple(last ? List.of("", "", text) : List.of(text, "", ""));
        }
        return new Tuple(List.of(text.substring(0, at), separator, text.substring(at + separator.length())));
    }

    private static List<String> splitAtSpace(String text, int most) throws JinjaException {
        if (most >= 0) {
            throw new JinjaException("'split' at white space with a limit is not done here");
        }
        return PythonStrings.words(text);
    }

    static List<String> split(String text, String separator, int most, boolean fromTheEnd) throws JinjaException {
        if (separator.isEmpty()) {
            throw new JinjaException("the separator is empty");
        }
        List<String> parts = new ArrayList<>();
        String rest = text;
        while (most < 0 || parts.size() < most) {
            int at = fromTheEnd ? rest.lastIndexOf(separator) : rest.indexOf(separator);
            if (at < 0) {
                break;
            }
            String after = rest.substring(at + separator.length());
            if (fromTheEnd) {
                parts.add(0, after);
                rest = rest.substring(0, at);
            } else {
                parts.add(rest.substring(0, at));
                rest = after;
            }
        }
        parts.add(fromTheEnd ? 0 : parts.size(), rest);
        return parts;
    }

    static String replace(String text, String old, String with, int most) throws JinjaException {
        if (old.isEmpty()) {
            throw new JinjaException("what is replaced is empty");
        }
        return String.join(with, split(text, old, most, false));
    }

    private static String zfill(String text, int width) {
        int missing = width - text.codePointCount(0, text.length());
        if (missing <= 0) {
            return text;
        }
        boolean signed = text.startsWith("-") || text.startsWith("+");
        return signed ? text.charAt(0) + "0".repeat(missing) + text.substring(1) : "0".repeat(missing) + text;
    }
}
