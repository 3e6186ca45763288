package org.cchq.migrate.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.PythonLiteral;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates texts of files and templates over the variables of one host, as Ansible 2.14 does with {@code jinja2_native} off.
 * A variable is evaluated when it is first named, all of it; one that holds something undefined is itself undefined. Not
 * thread-safe.
 */
public final class Evaluation {
    private static final Pattern SINGLE_VARIABLE = Pattern.compile("\\{\\{\\s*(\\w*)\\s*\\}\\}\\n?");
    private static final Set<String> NOT_HERE =
            Set.of("lookup", "query", "q", "now", "lipsum", "cycler", "joiner", "vars", "omit", "caller", "varargs");

    private final Names names;
    private final Map<String, @Nullable Object> evaluated = new HashMap<>();
    private final Set<String> open = new LinkedHashSet<>();
    private @Nullable String template;

    public Evaluation(Names names) {
        this.names = names;
    }

    /**
     * A value of a file with every text in it evaluated.
     *
     * @throws JinjaException with the place of the text that cannot be evaluated
     */
    public @Nullable Object evaluate(@Nullable Object value) throws JinjaException {
        Object result = Values.used(templated(value));
        return plain(result);
    }

    /**
     * A template's text, rendered as Ansible's template module does: a block's own line end goes, the last line end stays.
     *
     * @param name of the template, for messages
     */
    public String render(String text, String name) throws JinjaException {
        if (text.startsWith("#jinja2:")) {
            throw new JinjaException(name + ":1", "a '#jinja2:' line is not read here");
        }
        template = name;
        try {
            List<@Nullable Object> output = new ArrayList<>();
            Statement.runAll(TemplateParser.parse(text), new Scope(this), output);
            StringBuilder rendered = new StringBuilder();
            for (Object part : output) {
                rendered.append(PythonText.str(part));
            }
            return withLineEnds(rendered.toString(), text);
        } catch (JinjaException e) {
            throw e.at(name);
        } finally {
            template = null;
        }
    }

    @Nullable
    Object variable(String name) throws JinjaException {
        if (!names.has(name)) {
            return global(name);
        }
        if (evaluated.containsKey(name)) {
            return evaluated.get(name);
        }
        Object raw = names.get(name);
        Object value = raw instanceof Map<?, ?> map && !(raw instanceof Explained)
                ? new Deferred(this, name, map)
                : within(name, raw);
        evaluated.put(name, value);
        return value;
    }

    /** A value, or a part, of a variable; undefined if it cannot be evaluated because something in it is. */
    @Nullable
    Object within(String variable, @Nullable Object raw) throws JinjaException {
        if (!open.add(variable)) {
            List<String> chain = new ArrayList<>(open);
            throw new JinjaException("'" + variable + "' refers to itself: "
                    + String.join(" -> ", chain.subList(chain.indexOf(variable), chain.size())) + " -> " + variable);
        }
        @Nullable String outer = template;
        template = null;
        try {
            return templated(raw);
        } catch (UndefinedException e) {
            return Undefined.because(e);
        } finally {
            open.remove(variable);
            template = outer;
        }
    }

    private @Nullable Object global(String name) throws JinjaException {
        if (NOT_HERE.contains(name)) {
            throw new JinjaException("'" + name + "' is not evaluated here; write the value itself");
        }
        return switch (name) {
            case "range" -> (Callable) Globals::range;
            case "dict" -> (Callable) Globals::dict;
            case "namespace" ->
                (Callable) (arguments, named) -> {
                    new Given(name, arguments, Map.of()).most(0);
                    return new Namespace(named);
                };
            case "undef" -> (Callable) (arguments, named) -> new Undefined("a mandatory variable is not set");
            default ->
                new Undefined(
                        "",
                        "refers to {{ " + name + " }}, which is set nowhere" + NearestName.hint(name, names.all())
                                + "; add it to " + names.home(name),
                        name,
                        false);
        };
    }

    private @Nullable Object templated(@Nullable Object value) throws JinjaException {
        if (value instanceof SourceText text) {
            try {
                return text(text.text());
            } catch (JinjaException e) {
                throw e.at(text.place());
            }
        }
        if (value instanceof List<?> list && !(value instanceof Explained)) {
            List<@Nullable Object> items = new ArrayList<>();
            for (Object item : list) {
                items.add(Values.used(templated(item)));
            }
            return items;
        }
        if (value instanceof Map<?, ?> map && !(value instanceof Explained)) {
            Map<Object, @Nullable Object> entries = new LinkedHashMap<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                entries.put(entry.getKey(), Values.used(templated(entry.getValue())));
            }
            return entries;
        }
        return value;
    }

    private @Nullable Object text(String text) throws JinjaException {
        Matcher single = SINGLE_VARIABLE.matcher(text);
        if (single.matches() && names.has(single.group(1))) {
            Object raw = names.get(single.group(1));
            if (raw == null || raw instanceof Boolean || raw instanceof Number) {
                return raw;
            }
        }
        if (text.startsWith("#jinja2:")) {
            throw new JinjaException("a '#jinja2:' line is not read here");
        }
        String source = text.indexOf('\\') >= 0 && text.contains("{{") ? withBackslashesDoubled(text) : text;
        List<@Nullable Object> output = new ArrayList<>();
        Statement.runAll(TemplateParser.parse(source), new Scope(this), output);
        Object result = readBack(output);
        return result instanceof String string ? withLineEnds(string, text) : result;
    }

    /** Ansible doubles the backslashes of every string in an output, so that a regular expression can be written once. */
    private static String withBackslashesDoubled(String text) throws JinjaException {
        String source = Lexer.normalized(text);
        StringBuilder doubled = new StringBuilder();
        boolean output = false;
        int done = 0;
        for (Token token : Lexer.tokens(text)) {
            switch (token.kind()) {
                case VARIABLE_BEGIN -> output = true;
                case VARIABLE_END -> output = false;
                case STRING -> {
                    if (output) {
                        doubled.append(source, done, token.start());
                        doubled.append(
                                source.substring(token.start(), token.end()).replace("\\", "\\\\"));
                        done = token.end();
                    }
                }
                default -> {}
            }
        }
        return doubled.append(source.substring(done)).toString();
    }

    /** What looks like a list, a mapping or a boolean becomes one. */
    private static @Nullable Object readBack(List<@Nullable Object> output) throws JinjaException {
        if (output.size() == 1 && output.get(0) instanceof NativeText text) {
            return text;
        }
        StringBuilder joined = new StringBuilder();
        for (Object part : output) {
            joined.append(PythonText.str(part));
        }
        String text = joined.toString();
        if (!text.startsWith("{") && !text.startsWith("[") && !text.equals("True") && !text.equals("False")) {
            return text;
        }
        return fromPython(PythonLiteral.readDisplay(text));
    }

    private static @Nullable Object fromPython(@Nullable Object value) throws JinjaException {
        if (value instanceof PythonLiteral.Collection collection) {
            if (collection.set()) {
                throw new JinjaException("the text is a Python set, whose order is arbitrary");
            }
            List<@Nullable Object> items = new ArrayList<>();
            for (Object item : collection) {
                items.add(fromPython(item));
            }
            return new Tuple(items);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> items = new ArrayList<>();
            for (Object item : list) {
                items.add(fromPython(item));
            }
            return items;
        }
        if (value instanceof Map<?, ?> map) {
            Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                entries.put(fromPython(entry.getKey()), fromPython(entry.getValue()));
            }
            return entries;
        }
        return value;
    }

    /** As an output writes it: none is nothing, what can only be walked through is a list, and nothing is undefined. */
    static @Nullable Object written(@Nullable Object value) throws JinjaException {
        if (value == null || (value instanceof Undefined undefined && undefined.lenient())) {
            return "";
        }
        refuseUndefined(value);
        return value instanceof Deferred deferred
                ? deferred.whole()
                : value instanceof View view ? new ArrayList<>(view) : value;
    }

    private static void refuseUndefined(@Nullable Object value) throws JinjaException {
        if (value instanceof Map<?, ?> map) {
            for (Object item : map.values()) {
                refuseUndefined(item);
            }
        } else if (value instanceof List<?> list) {
            for (Object item : list) {
                refuseUndefined(item);
            }
        } else {
            Values.used(value);
        }
    }

    Object macroResult(List<@Nullable Object> output) throws JinjaException {
        StringBuilder text = new StringBuilder();
        for (Object part : output) {
            text.append(PythonText.str(part));
        }
        if (template == null) {
            throw new JinjaException("a macro in a value is not evaluated here");
        }
        return text.toString();
    }

    /** The exception with the line of the template, where a template is being rendered. */
    JinjaException at(int line, JinjaException e) {
        return template == null ? e : e.at(template + ":" + line);
    }

    private static String withLineEnds(String result, String source) {
        int missing = lineEnds(source) - lineEnds(result);
        return missing > 0 ? result + "\n".repeat(missing) : result;
    }

    private static int lineEnds(String text) {
        int count = 0;
        while (count < text.length() && text.charAt(text.length() - 1 - count) == '\n') {
            count++;
        }
        return count;
    }

    /** Without the types of this package. */
    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof NativeText text) {
            return text.text();
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> items = new ArrayList<>();
            list.forEach(item -> items.add(plain(item)));
            return items;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> entries = new LinkedHashMap<>();
            map.forEach((key, item) -> entries.put(key, plain(item)));
            return entries;
        }
        return value;
    }
}
