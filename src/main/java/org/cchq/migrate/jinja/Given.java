package org.cchq.migrate.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments that a filter, test or function was given. What it does not know is refused, never left out quietly. */
final class Given {
    private final String name;
    private final List<@Nullable Object> positional;
    private final Map<String, @Nullable Object> named;

    Given(String name, List<@Nullable Object> positional, Map<String, @Nullable Object> named) {
        this.name = name;
        this.positional = positional;
        this.named = named;
    }

    /** The same with the arguments by the names of the function's parameters. */
    Given with(String... parameters) throws JinjaException {
        if (positional.size() > parameters.length) {
            throw new JinjaException("'" + name + "' has more arguments than it takes");
        }
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        for (int i = 0; i < positional.size(); i++) {
            all.put(parameters[i], positional.get(i));
        }
        for (Map.Entry<String, @Nullable Object> argument : named.entrySet()) {
            if (!List.of(parameters).contains(argument.getKey()) || all.containsKey(argument.getKey())) {
                throw new JinjaException("'" + name + "' does not take '" + argument.getKey() + "' here");
            }
            all.put(argument.getKey(), argument.getValue());
        }
        return new Given(name, new ArrayList<>(), all);
    }

    /** At most so many arguments, none of them named. */
    void most(int count) throws JinjaException {
        if (positional.size() > count || !named.isEmpty()) {
            throw new JinjaException("'" + name + "' has arguments that it does not take here");
        }
    }

    List<@Nullable Object> positional() {
        return positional;
    }

    Map<String, @Nullable Object> named() {
        return named;
    }

    @Nullable
    Object at(int index) throws JinjaException {
        if (index >= positional.size()) {
            throw new JinjaException("'" + name + "' needs an argument more");
        }
        return positional.get(index);
    }

    @Nullable
    Object at(int index, @Nullable Object otherwise) {
        return index < positional.size() ? positional.get(index) : otherwise;
    }

    boolean has(String parameter) {
        return named.containsKey(parameter);
    }

    @Nullable
    Object get(String parameter) throws JinjaException {
        if (!named.containsKey(parameter)) {
            throw new JinjaException("'" + name + "' needs '" + parameter + "'");
        }
        return named.get(parameter);
    }

    @Nullable
    Object get(String parameter, @Nullable Object otherwise) {
        return named.containsKey(parameter) ? named.get(parameter) : otherwise;
    }

    String text(String parameter, String otherwise) throws JinjaException {
        return has(parameter) ? Values.text(get(parameter), "'" + parameter + "' of '" + name + "'") : otherwise;
    }

    boolean flag(String parameter, boolean otherwise) throws JinjaException {
        return has(parameter) ? Values.isTrue(get(parameter)) : otherwise;
    }

    int number(String parameter, int otherwise) throws JinjaException {
        return has(parameter)
                ? Values.index(Values.used(get(parameter)), "'" + parameter + "' of '" + name + "'")
                : otherwise;
    }
}
