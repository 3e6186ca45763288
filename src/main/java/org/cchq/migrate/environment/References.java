package org.cchq.migrate.environment;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.inventory.Inventory;
import org.jspecify.annotations.Nullable;

/**
 * Looks up plain references: {@code {{ name }}}, {@code {{ a.b.c }}}, {@code {{ groups.redis.0 }}},
 * {@code {{ groups['redis'][0] }}}. Any other Jinja expression (filters, hostvars, statements) is refused with its key and
 * place: a half-evaluated setting must never reach an agent.
 */
final class References {
    private static final String PATH = "[A-Za-z_]\\w*(?:\\.\\w+|\\[\\s*(?:\\d+|'\\w+'|\"\\w+\")\\s*\\])*";
    private static final Pattern REFERENCE = Pattern.compile("\\{\\{-?\\s*(" + PATH + ")\\s*-?\\}\\}");
    private static final Pattern STEP = Pattern.compile("\\w+");
    private static final Pattern JINJA = Pattern.compile("\\{[{%#]");

    private final Variables variables;
    private final Inventory inventory;
    private final Set<String> open = new LinkedHashSet<>();

    References(Variables variables, Inventory inventory) {
        this.variables = variables;
        this.inventory = inventory;
    }

    /**
     * The text with its references looked up; a text that is one reference becomes that value with its type.
     *
     * @param key what the text is the value of, for messages
     */
    @Nullable
    Object resolve(String key, String text, String place, Problems problems) {
        if (!JINJA.matcher(text).find()) {
            return text;
        }
        Matcher reference = REFERENCE.matcher(text);
        if (JINJA.matcher(reference.replaceAll("")).find()) {
            problems.add(
                    place,
                    "'" + key + "' has a Jinja expression that is not evaluated here (only plain references such as"
                            + " {{ secrets.NAME }} and {{ groups.GROUP.0 }} are); write its value instead");
            return null;
        }
        if (reference.reset().matches()) {
            return lookUp(key, reference.group(1), place, problems);
        }
        StringBuilder result = new StringBuilder();
        reference.reset();
        while (reference.find()) {
            @Nullable Object part = lookUp(key, reference.group(1), place, problems);
            reference.appendReplacement(result, Matcher.quoteReplacement(String.valueOf(part)));
        }
        return reference.appendTail(result).toString();
    }

    private @Nullable Object lookUp(String key, String path, String place, Problems problems) {
        if (!open.add(path)) {
            problems.add(place, "'" + key + "' refers to itself: " + String.join(" -> ", open));
            return null;
        }
        try {
            List<String> steps = new ArrayList<>();
            Matcher step = STEP.matcher(path);
            while (step.find()) {
                steps.add(step.group());
            }
            return steps.get(0).equals("groups")
                    ? group(key, path, steps, place, problems)
                    : variable(key, path, steps, place, problems);
        } finally {
            open.remove(path);
        }
    }

    private @Nullable Object group(String key, String path, List<String> steps, String place, Problems problems) {
        if (steps.size() != 3 || !steps.get(2).matches("\\d{1,6}")) {
            problems.add(place, "'" + key + "': {{ " + path + " }} must name a group and an index: groups.GROUP.0");
            return null;
        }
        String group = steps.get(1);
        List<String> hosts = inventory.groupHosts(group);
        int index = Integer.parseInt(steps.get(2));
        if (index >= hosts.size()) {
            problems.add(
                    place,
                    "'" + key + "': {{ " + path + " }}: "
                            + (inventory.groups().containsKey(group)
                                    ? "group '" + group + "' has only " + hosts.size() + " hosts"
                                    : "there is no group '" + group + "' in the inventory"
                                            + NearestName.hint(
                                                    group, inventory.groups().keySet())));
            return null;
        }
        if (inventory.orderIsArbitrary(group)) {
            problems.add(
                    place,
                    "'" + key + "': {{ " + path + " }}: group '" + group + "' has no defined order (its children have"
                            + " children), so an index means another host on each run; name the host");
            return null;
        }
        return hosts.get(index);
    }

    private @Nullable Object variable(String key, String path, List<String> steps, String place, Problems problems) {
        Optional<YamlValue> found = variables.find(steps.get(0));
        if (found.isEmpty()) {
            found = Secrets.findVariable(variables.vault(), steps.get(0), problems);
        }
        for (String step : steps.subList(1, steps.size())) {
            found = found.flatMap(value -> step(value, step));
        }
        if (found.isEmpty()) {
            problems.add(
                    place,
                    "'" + key + "' refers to {{ " + path + " }}, which is set nowhere; add it to "
                            + (steps.get(0).startsWith("secrets")
                                            || steps.get(0).startsWith("localsettings_private")
                                    ? "vault.yml"
                                    : "public.yml"));
            return null;
        }
        return variables.resolve(path, found.get(), problems);
    }

    private static Optional<YamlValue> step(YamlValue value, String step) {
        if (value instanceof YamlMap map) {
            return map.get(step);
        }
        if (value instanceof YamlValue.Sequence list && step.matches("\\d{1,6}")) {
            int index = Integer.parseInt(step);
            return index < list.items().size() ? Optional.of(list.items().get(index)) : Optional.empty();
        }
        return Optional.empty();
    }
}
