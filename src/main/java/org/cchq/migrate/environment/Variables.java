package org.cchq.migrate.environment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.jinja.Evaluation;
import org.cchq.migrate.jinja.JinjaException;
import org.jspecify.annotations.Nullable;

/**
 * The variables of an environment, or of one of its hosts, with Ansible's precedence. Weakest first: the inventory (with a
 * host), public.yml, what commcare-cloud generates from meta.yml, proxy.yml and the known secrets, vault.yml. Values that are
 * asked for are evaluated and checked for their type. Not thread-safe.
 */
final class Variables {
    private final EnvironmentFiles files;
    private final List<YamlMap> layers;
    private final HostNames names;
    private final Evaluation evaluation;

    private Variables(EnvironmentFiles files, List<YamlMap> layers, Map<String, Object> magic) {
        this.files = files;
        this.layers = layers;
        this.names = names(files, layers, magic);
        this.evaluation = new Evaluation(names);
    }

    /** Those that are the same on all hosts. */
    static Variables of(EnvironmentFiles files) {
        return new Variables(files, everywhere(files), magic(files));
    }

    /** Those of one host. */
    static Variables of(EnvironmentFiles files, String host) {
        return new Variables(files, layers(files, host), magic(files, host));
    }

    /** Those of one host, above a file of defaults. */
    static HostVariables of(EnvironmentFiles files, String host, YamlMap defaults) {
        List<YamlMap> layers = layers(files, host);
        layers.add(defaults);
        return new HostVariables(names(files, layers, magic(files, host)));
    }

    /** To evaluate texts with the variables of a host, or with those that are the same on all. */
    static Evaluation evaluation(EnvironmentFiles files, Optional<String> host) {
        return new Evaluation(
                host.isPresent()
                        ? names(files, layers(files, host.get()), magic(files, host.get()))
                        : names(files, everywhere(files), magic(files)));
    }

    private static List<YamlMap> everywhere(EnvironmentFiles files) {
        return new ArrayList<>(List.of(files.vault(), files.generated(), files.publicFile()));
    }

    /** The layers and the known secrets: those that the vault has above public.yml, null for the others below all. */
    private static HostNames names(EnvironmentFiles files, List<YamlMap> layers, Map<String, Object> magic) {
        Map<String, YamlValue> set = Secrets.variables(files.vault(), new Problems());
        Map<String, YamlValue> absent = new LinkedHashMap<>();
        set.forEach((name, value) ->
                absent.put(name, new YamlValue.Scalar(files.vault().place(), null, false)));
        set.values().removeIf(YamlValue::isNull);
        List<YamlMap> all = new ArrayList<>(layers);
        all.add(2, new YamlMap(files.vault().place(), set));
        all.add(new YamlMap(files.vault().place(), absent));
        return new HostNames(all, magic);
    }

    private static List<YamlMap> layers(EnvironmentFiles files, String host) {
        List<YamlMap> layers = everywhere(files);
        Map<String, YamlValue> own = new LinkedHashMap<>();
        String place = files.shown() + ": host '" + host + "'";
        files.inventory().variables(host).forEach((name, value) -> own.put(name, yaml(value, place)));
        layers.add(new YamlMap(place, own));
        return layers;
    }

    private static YamlValue yaml(@Nullable Object value, String place) {
        if (value instanceof List<?> list) {
            return new YamlValue.Sequence(
                    place, list.stream().map(item -> yaml(item, place)).toList());
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, YamlValue> entries = new LinkedHashMap<>();
            Map<String, Object> typed = new LinkedHashMap<>();
            map.forEach((key, item) -> {
                entries.put(String.valueOf(key), yaml(item, place));
                if (key != null && !(key instanceof String)) {
                    typed.put(String.valueOf(key), key);
                }
            });
            return new YamlMap(place, entries, typed);
        }
        return new YamlValue.Scalar(place, value, false);
    }

    private static Map<String, Object> magic(EnvironmentFiles files) {
        Map<String, Object> magic = new LinkedHashMap<>();
        magic.put("groups", new GroupsValue(files.inventory()));
        magic.put(
                "hostvars",
                new HostVarsValue(files.inventory(), host -> names(files, layers(files, host), magic(files, host))));
        return magic;
    }

    private static Map<String, Object> magic(EnvironmentFiles files, String host) {
        Map<String, Object> magic = magic(files);
        magic.put("inventory_hostname", host);
        magic.put("inventory_hostname_short", host.replaceFirst("\\..*", ""));
        magic.put("group_names", List.copyOf(files.inventory().groupsOf(host)));
        return magic;
    }

    YamlMap vault() {
        return files.vault();
    }

    /** The value that Ansible would take for a top-level name; present-but-null counts as found. */
    Optional<YamlValue> find(String name) {
        return layers.stream().flatMap(layer -> layer.get(name).stream()).findFirst();
    }

    /** Where the name is set; public.yml if nowhere. */
    String placeOf(String name) {
        return find(name).map(YamlValue::place).orElse(files.publicFile().place());
    }

    /** The mapping of that name; empty if absent. */
    YamlMap map(String name, Problems problems) {
        Optional<YamlValue> value = find(name).filter(found -> !found.isNull());
        if (value.isPresent() && value.get() instanceof YamlMap map) {
            return map;
        }
        value.ifPresent(found -> problems.add(found.place(), "'" + name + "' must be a mapping"));
        return YamlMap.empty(placeOf(name));
    }

    Optional<String> text(String name, Problems problems) {
        return find(name).flatMap(value -> text(name, value, problems));
    }

    Optional<Boolean> flag(String name, Problems problems) {
        return find(name).flatMap(value -> flag(name, value, problems));
    }

    Optional<Integer> number(String name, int least, int most, Problems problems) {
        return find(name).flatMap(value -> number(name, value, least, most, problems));
    }

    /** A non-empty string, or a number as its text; empty if null. */
    Optional<String> text(String name, YamlValue value, Problems problems) {
        @Nullable Object resolved = resolve(name, value, problems);
        if (resolved == null) {
            return Optional.empty();
        }
        if (resolved instanceof String || resolved instanceof Number) {
            String text = resolved.toString();
            if (text.isBlank()) {
                problems.add(value.place(), "'" + name + "' is empty; give it a value or remove the key");
                return Optional.empty();
            }
            return Optional.of(text);
        }
        problems.add(value.place(), "'" + name + "' must be text");
        return Optional.empty();
    }

    /** A YAML boolean; the strings "True," and "yes" are not. */
    Optional<Boolean> flag(String name, YamlValue value, Problems problems) {
        @Nullable Object resolved = resolve(name, value, problems);
        if (resolved instanceof Boolean flag) {
            return Optional.of(flag);
        }
        if (resolved != null) {
            problems.add(value.place(), "'" + name + "' must be a plain yes or no, without quotes or comma");
        }
        return Optional.empty();
    }

    /** A whole number, or a string of digits, within bounds. */
    Optional<Integer> number(String name, YamlValue value, int least, int most, Problems problems) {
        @Nullable Object resolved = resolve(name, value, problems);
        if (resolved == null) {
            return Optional.empty();
        }
        String text = resolved.toString();
        boolean digits = (resolved instanceof Integer || resolved instanceof String) && text.matches("\\d{1,9}");
        if (digits && Integer.parseInt(text) >= least && Integer.parseInt(text) <= most) {
            return Optional.of(Integer.valueOf(text));
        }
        problems.add(value.place(), "'" + name + "' must be a whole number from " + least + " to " + most);
        return Optional.empty();
    }

    /** Plain maps, lists and scalars with expressions evaluated; null where that failed, which is then a problem. */
    @Nullable
    Object resolve(String name, YamlValue value, Problems problems) {
        if (value instanceof YamlMap map) {
            Map<String, @Nullable Object> plain = new LinkedHashMap<>();
            map.keys()
                    .forEach(key -> plain.put(
                            key, resolve(name + "." + key, map.get(key).orElseThrow(), problems)));
            return plain;
        }
        if (value instanceof YamlValue.Sequence list) {
            List<@Nullable Object> plain = new ArrayList<>();
            list.items().forEach(item -> plain.add(resolve(name, item, problems)));
            return plain;
        }
        YamlValue.Scalar scalar = (YamlValue.Scalar) value;
        try {
            return evaluation.evaluate(HostNames.raw(scalar));
        } catch (JinjaException e) {
            boolean elsewhere = !e.place().isEmpty() && !e.place().equals(scalar.place());
            String reason = elsewhere ? ": " + e.getMessage() : joint(e.reason()) + e.reason();
            problems.add(scalar.place(), "'" + name + "'" + reason);
            return null;
        }
    }

    /** Most reasons are sentences of their own; some go on from the key. */
    private static String joint(String reason) {
        return reason.startsWith("refers to ") ? " " : ": ";
    }
}
