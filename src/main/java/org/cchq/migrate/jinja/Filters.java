package org.cchq.migrate.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cchq.migrate.base.NearestName;
import org.jspecify.annotations.Nullable;

/** The filters that are evaluated here, Ansible's before Jinja2's own. */
final class Filters {
    /** A filter whose value is defined, and whose arguments are as given. */
    @FunctionalInterface
    interface Filter {
        @Nullable
        Object apply(@Nullable Object value, Given given) throws JinjaException;
    }

    private static final Set<String> TAKE_UNDEFINED = Set.of("default", "d", "mandatory");
    private static final Set<String> STAY_TEXT = Set.of("string", "to_json", "to_nice_json");
    private static final Map<String, Filter> KNOWN = new HashMap<>();

    static {
        KNOWN.put("default", Filters::otherwise);
        KNOWN.put("d", Filters::otherwise);
        KNOWN.put("mandatory", Filters::mandatory);
        KNOWN.putAll(TextFilters.ALL);
        KNOWN.putAll(NumberFilters.ALL);
        KNOWN.putAll(ListFilters.ALL);
        KNOWN.putAll(SetFilters.ALL);
        KNOWN.putAll(DataFilters.ALL);
        KNOWN.putAll(ConfigurationFilters.ALL);
    }

    private Filters() {}

    static boolean knows(String name) {
        return KNOWN.containsKey(name);
    }

    static String hint(String name) {
        return NearestName.hint(name, KNOWN.keySet());
    }

    static @Nullable Object apply(
            String name, @Nullable Object value, List<@Nullable Object> arguments, Map<String, @Nullable Object> named)
            throws JinjaException {
        Filter filter = KNOWN.get(name);
        if (filter == null) {
            throw new JinjaException("the filter '" + name + "' is not evaluated here" + hint(name));
        }
        Object input = TAKE_UNDEFINED.contains(name) ? Deferred.settled(value) : Values.used(value);
        Object result = filter.apply(input, new Given(name, arguments, named));
        return STAY_TEXT.contains(name) && result instanceof String text ? new NativeText(text) : result;
    }

    private static @Nullable Object otherwise(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("default_value", "boolean");
        boolean absent = value instanceof Undefined || (given.flag("boolean", false) && !Values.isTrue(value));
        return absent ? given.get("default_value", "") : value;
    }

    private static @Nullable Object mandatory(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("msg");
        if (value instanceof Undefined undefined) {
            throw given.has("msg")
                    ? new JinjaException(given.text("msg", ""))
                    : new JinjaException(undefined.place(), undefined.reason());
        }
        return value;
    }
}
