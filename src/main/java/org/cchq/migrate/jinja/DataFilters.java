package org.cchq.migrate.jinja;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Filters over mappings, JSON, digests, and the choice between two values. */
final class DataFilters {
    private static final Map<String, String> DIGESTS = Map.of(
            "md5", "MD5", "sha1", "SHA-1", "sha224", "SHA-224", "sha256", "SHA-256", "sha384", "SHA-384", "sha512",
            "SHA-512");

    static final Map<String, Filters.Filter> ALL = Map.ofEntries(
            Map.entry("to_json", (value, given) -> {
                Given options = given.with("sort_keys");
                return PythonJson.dumps(value, -1, options.flag("sort_keys", false));
            }),
            Map.entry("to_nice_json", (value, given) -> {
                Given options = given.with("indent", "sort_keys");
                return PythonJson.dumps(value, options.number("indent", 4), options.flag("sort_keys", true));
            }),
            Map.entry("ternary", DataFilters::ternary),
            Map.entry("combine", DataFilters::combine),
            Map.entry("items", (value, given) -> {
                given.most(0);
                return pairs(mapping(value, "items"));
            }),
            Map.entry("dictsort", DataFilters::dictSort),
            Map.entry("dict2items", DataFilters::toItems),
            Map.entry("items2dict", DataFilters::fromItems),
            Map.entry("extract", DataFilters::extract),
            Map.entry("hash", (value, given) -> {
                Given options = given.with("hashtype");
                return digest(value, options.text("hashtype", "sha1"));
            }),
            Map.entry("md5", (value, given) -> {
                given.most(0);
                return digest(value, "md5");
            }),
            Map.entry("sha1", (value, given) -> {
                given.most(0);
                return digest(value, "sha1");
            }));

    private DataFilters() {}

    private static @Nullable Object ternary(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("true_val", "false_val", "none_val");
        Object yes = given.get("true_val");
        Object no = given.get("false_val");
        Object none = given.get("none_val", null);
        if (value == null && none != null) {
            return none;
        }
        return Values.isTrue(value) ? yes : no;
    }

    private static Object combine(@Nullable Object value, Given given) throws JinjaException {
        Map<String, @Nullable Object> options = given.named();
        boolean recursive = options.containsKey("recursive") && Values.isTrue(options.get("recursive"));
        for (Map.Entry<String, @Nullable Object> option : options.entrySet()) {
            boolean known = option.getKey().equals("recursive")
                    || (option.getKey().equals("list_merge") && "replace".equals(Values.used(option.getValue())));
            if (!known) {
                throw new JinjaException("'combine' with '" + option.getKey() + "' is not evaluated here");
            }
        }
        List<@Nullable Object> all = new ArrayList<>();
        all.add(value);
        all.addAll(given.positional());
        List<@Nullable Object> maps = ListFilters.flat(all, 1, true);
        Map<Object, @Nullable Object> combined = new LinkedHashMap<>();
        for (Object map : maps) {
            merge(combined, mapping(map, "combine"), recursive);
        }
        return combined;
    }

    private static void merge(Map<Object, @Nullable Object> into, Map<?, ?> from, boolean recursive)
            throws JinjaException {
        for (Map.Entry<?, ?> entry : from.entrySet()) {
            Object value = Values.used(entry.getValue());
            Object key = Values.key(into, entry.getKey()).orElse(entry.getKey());
            if (recursive && value instanceof Map<?, ?> deeper && into.get(key) instanceof Map<?, ?> there) {
                Map<Object, @Nullable Object> both = new LinkedHashMap<>(there);
                merge(both, deeper, true);
                into.put(key, both);
            } else {
                into.put(key, value);
            }
        }
    }

    private static Map<?, ?> mapping(@Nullable Object value, String filter) throws JinjaException {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new JinjaException("'" + filter + "' needs a mapping, not a " + Values.kind(value));
    }

    private static List<@Nullable Object> pairs(Map<?, ?> map) {
        List<@Nullable Object> pairs = new ArrayList<>();
        map.forEach((key, value) -> pairs.add(Tuple.of(key, value)));
        return pairs;
    }

    private static Object dictSort(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("case_sensitive", "by", "reverse");
        String by = given.text("by", "key");
        if (!by.equals("key") && !by.equals("value")) {
            throw new JinjaException("'dictsort' sorts by key or by value");
        }
        List<@Nullable Object> pairs = pairs(mapping(value, "dictsort"));
        List<@Nullable Object> keys = new ArrayList<>();
        for (Object pair : pairs) {
            Object key = pair instanceof Tuple tuple ? tuple.get(by.equals("key") ? 0 : 1) : null;
            keys.add(given.flag("case_sensitive", false) ? Values.used(key) : Sorting.caseless(key));
        }
        Sorting.sortBy(pairs, keys, given.flag("reverse", false));
        return pairs;
    }

    private static Object toItems(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("key_name", "value_name");
        String keyName = given.text("key_name", "key");
        String valueName = given.text("value_name", "value");
        List<@Nullable Object> items = new ArrayList<>();
        mapping(value, "dict2items").forEach((key, item) -> {
            Map<Object, @Nullable Object> entry = new LinkedHashMap<>();
            entry.put(keyName, key);
            entry.put(valueName, item);
            items.add(entry);
        });
        return items;
    }

    private static Object fromItems(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("key_name", "value_name");
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        if (!(value instanceof List<?> list)) {
            throw new JinjaException("'items2dict' needs a list, not a " + Values.kind(value));
        }
        for (Object item : list) {
            Map<?, ?> entry = mapping(item, "items2dict");
            String keyName = given.text("key_name", "key");
            String valueName = given.text("value_name", "value");
            Object key = Values.used(entry.get(keyName));
            if (key == null || !entry.containsKey(valueName) || !Values.isHashable(key)) {
                throw new JinjaException("'items2dict' needs items with '" + keyName + "' and '" + valueName + "'");
            }
            map.put(Values.key(map, key).orElse(key), entry.get(valueName));
        }
        return map;
    }

    private static @Nullable Object extract(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("container", "morekeys");
        Object found = Items.item(given.get("container"), value, "");
        Object more = Values.used(given.get("morekeys", null));
        if (more != null) {
            List<@Nullable Object> keys = new ArrayList<>();
            if (more instanceof List<?> list && !(more instanceof Tuple)) {
                keys.addAll(list);
            } else {
                keys.add(more);
            }
            for (Object key : keys) {
                found = Items.item(found, key, "");
            }
        }
        return found;
    }

    private static String digest(@Nullable Object value, String name) throws JinjaException {
        String algorithm = DIGESTS.get(name);
        if (algorithm == null) {
            throw new JinjaException("the digest '" + name + "' is not evaluated here");
        }
        try {
            byte[] bytes = PythonText.str(value).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
