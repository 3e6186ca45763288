package org.cchq.migrate.stage;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.YamlLayout;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * {@code migrations/blobs.yml}: what the other files of an environment alone would forget. Written by advance and back;
 * belongs into version control.
 *
 * <pre>
 * profile: cluster
 * old: {riakcs: [riak1], stanchion: []}
 * new: {riakcs: [riak21], stanchion: []}
 * edits:
 *   - name: flip-hosts
 *     file: inventory.ini
 *     changed:
 *       - was: ["[riakcs]\n", "riak1\n"]
 *         is: ["[riakcs]\n", "riak21\n"]
 * accepted: []
 * </pre>
 *
 * @param oldHosts of the old cluster by group, riakcs and stanchion; empty for a store that is named
 * @param newHosts of the new cluster likewise
 * @param oldStore the old store where public.yml names it
 * @param newStore the new store where public.yml names it
 * @param proven the stage that every host was last read back and proven at; empty while a way is under way
 * @param dualSince since when every process of the site has written to the new store, by the clock of whoever advanced
 * @param edits the newest of each name
 */
record MigrationRecord(
        Profile profile,
        Map<String, List<String>> oldHosts,
        Map<String, List<String>> newHosts,
        Optional<StoreAddress> oldStore,
        Optional<StoreAddress> newStore,
        Optional<Stage> proven,
        Optional<Instant> dualSince,
        List<MadeEdit> edits,
        List<Acceptance> accepted) {
    /** Within the environment's directory. */
    static final String FILE = "migrations/blobs.yml";

    private static final String HEADER =
            "# Written by cchq-migrate advance and back: what the other files alone would forget. Keep it in version control.\n";

    MigrationRecord {
        oldHosts = new LinkedHashMap<>(oldHosts);
        newHosts = new LinkedHashMap<>(newHosts);
        edits = List.copyOf(edits);
        accepted = List.copyOf(accepted);
    }

    static MigrationRecord of(Profile profile) {
        return new MigrationRecord(
                profile,
                Map.of(),
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of());
    }

    /** The same with an edit; one of that name gives way. */
    MigrationRecord with(MadeEdit edit) {
        List<MadeEdit> all = new ArrayList<>(edits);
        all.removeIf(made -> made.name().equals(edit.name()));
        all.add(edit);
        return new MigrationRecord(profile, oldHosts, newHosts, oldStore, newStore, proven, dualSince, all, accepted);
    }

    /** The same on its way: nothing is proven. */
    MigrationRecord underWay() {
        return new MigrationRecord(
                profile, oldHosts, newHosts, oldStore, newStore, Optional.empty(), dualSince, edits, accepted);
    }

    /** The same, every host read back at a stage. */
    MigrationRecord provenAt(Stage stage, Instant now) {
        Optional<Instant> since = stage == Stage.BEFORE
                ? Optional.empty()
                : dualSince.or(() -> stage == Stage.DUAL ? Optional.of(now) : Optional.empty());
        return new MigrationRecord(
                profile, oldHosts, newHosts, oldStore, newStore, Optional.of(stage), since, edits, accepted);
    }

    MigrationRecord withHosts(Map<String, List<String>> old, Map<String, List<String>> coming) {
        return new MigrationRecord(profile, old, coming, oldStore, newStore, proven, dualSince, edits, accepted);
    }

    MigrationRecord withStores(StoreAddress old, StoreAddress coming) {
        return new MigrationRecord(
                profile, oldHosts, newHosts, Optional.of(old), Optional.of(coming), proven, dualSince, edits, accepted);
    }

    MigrationRecord with(Acceptance acceptance) {
        List<Acceptance> all = new ArrayList<>(accepted);
        all.add(acceptance);
        return new MigrationRecord(profile, oldHosts, newHosts, oldStore, newStore, proven, dualSince, edits, all);
    }

    Optional<MadeEdit> edit(String name) {
        return edits.stream().filter(edit -> edit.name().equals(name)).findFirst();
    }

    /** The file's text. */
    String write() {
        StringBuilder text = new StringBuilder(HEADER);
        text.append("profile: ").append(profile.word()).append('\n');
        text.append("old: ").append(Json.write(end(oldHosts, oldStore))).append('\n');
        text.append("new: ").append(Json.write(end(newHosts, newStore))).append('\n');
        proven.ifPresent(stage -> text.append("proven: ").append(stage.word()).append('\n'));
        dualSince.ifPresent(time ->
                text.append("dual_since: ").append(Json.write(time.toString())).append('\n'));
        text.append("edits:").append(edits.isEmpty() ? " []\n" : "\n");
        for (MadeEdit edit : edits) {
            text.append("  - name: ").append(Json.write(edit.name())).append('\n');
            text.append("    file: ").append(Json.write(edit.file())).append('\n');
            text.append("    changed:").append(edit.hunks().isEmpty() ? " []\n" : "\n");
            for (Hunk hunk : edit.hunks()) {
                text.append("      - was:").append(lines(hunk.was()));
                text.append("        is:").append(lines(hunk.is()));
            }
        }
        text.append("accepted:").append(accepted.isEmpty() ? " []\n" : "\n");
        for (Acceptance one : accepted) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("at", one.at());
            fields.put("by", one.by());
            fields.put("blobs", one.blobs());
            fields.put("sha256", one.sha256());
            fields.put("file", one.file());
            text.append("  - ").append(Json.write(fields)).append('\n');
        }
        return text.toString();
    }

    private static Map<String, @Nullable Object> end(Map<String, List<String>> hosts, Optional<StoreAddress> store) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>(hosts);
        store.ifPresent(address -> {
            fields.put("url", address.url());
            fields.put("bucket", address.bucket());
        });
        return fields;
    }

    private static String lines(String text) {
        if (text.isEmpty()) {
            return " []\n";
        }
        StringBuilder lines = new StringBuilder("\n");
        Lines.of(text)
                .forEach(line ->
                        lines.append("          - ").append(Json.write(line)).append('\n'));
        return lines.toString();
    }

    /**
     * Reads the file.
     *
     * @param place the file as shown in messages
     * @throws UserException with every problem of it
     */
    static MigrationRecord read(String text, String place) throws UserException {
        Reader reader = new Reader(place);
        Map<String, @Nullable Object> top = YamlLayout.values(text, place);
        MigrationRecord record = reader.record(top);
        reader.problems.throwIfAny();
        return record;
    }

    /** Reads strictly: unknown keys and wrong types are problems. */
    private static final class Reader {
        private final String place;
        private final Problems problems = new Problems();

        private Reader(String place) {
            this.place = place;
        }

        private MigrationRecord record(Map<String, @Nullable Object> top) {
            known(top, "", Set.of("profile", "old", "new", "proven", "dual_since", "edits", "accepted"));
            String word = text(top, "profile");
            Profile profile = Arrays.stream(Profile.values())
                    .filter(value -> value.word().equals(word))
                    .findFirst()
                    .orElse(Profile.CLUSTER);
            if (!profile.word().equals(word)) {
                problems.add(place, "'profile' must be cluster or external");
            }
            Map<String, @Nullable Object> old = map(top.get("old"), "old");
            Map<String, @Nullable Object> coming = map(top.get("new"), "new");
            List<MadeEdit> edits = new ArrayList<>();
            list(top.get("edits"), "edits").forEach(item -> edits.add(edit(map(item, "edits"))));
            List<Acceptance> accepted = new ArrayList<>();
            list(top.get("accepted"), "accepted").forEach(item -> accepted.add(acceptance(map(item, "accepted"))));
            return new MigrationRecord(
                    profile,
                    hosts(old, "old"),
                    hosts(coming, "new"),
                    store(old),
                    store(coming),
                    stage(top),
                    time(top),
                    edits,
                    accepted);
        }

        private Optional<Stage> stage(Map<String, @Nullable Object> top) {
            if (!top.containsKey("proven")) {
                return Optional.empty();
            }
            String word = text(top, "proven");
            Optional<Stage> found = Arrays.stream(Stage.values())
                    .filter(stage -> stage.word().equals(word))
                    .findFirst();
            if (found.isEmpty()) {
                problems.add(place, "'proven' must be a stage: before, dual, temp-flip or final");
            }
            return found;
        }

        private Optional<Instant> time(Map<String, @Nullable Object> top) {
            if (!top.containsKey("dual_since")) {
                return Optional.empty();
            }
            try {
                return Optional.of(Instant.parse(text(top, "dual_since")));
            } catch (DateTimeParseException e) {
                problems.add(place, "'dual_since' must be a time such as \"2026-01-02T03:04:05Z\"");
                return Optional.empty();
            }
        }

        private Map<String, List<String>> hosts(Map<String, @Nullable Object> end, String name) {
            known(end, name + ".", Set.of("riakcs", "stanchion", "url", "bucket"));
            Map<String, List<String>> hosts = new LinkedHashMap<>();
            for (String group : List.of("riakcs", "stanchion")) {
                if (end.containsKey(group)) {
                    hosts.put(group, texts(end.get(group), name + "." + group));
                }
            }
            return hosts;
        }

        private Optional<StoreAddress> store(Map<String, @Nullable Object> end) {
            return end.containsKey("url")
                    ? Optional.of(new StoreAddress(text(end, "url"), text(end, "bucket")))
                    : Optional.empty();
        }

        private MadeEdit edit(Map<String, @Nullable Object> fields) {
            known(fields, "edits.", Set.of("name", "file", "changed"));
            List<Hunk> hunks = new ArrayList<>();
            for (Object item : list(fields.get("changed"), "edits.changed")) {
                Map<String, @Nullable Object> hunk = map(item, "edits.changed");
                known(hunk, "edits.changed.", Set.of("was", "is"));
                hunks.add(new Hunk(
                        String.join("", texts(hunk.get("was"), "edits.changed.was")),
                        String.join("", texts(hunk.get("is"), "edits.changed.is"))));
            }
            return new MadeEdit(text(fields, "name"), text(fields, "file"), hunks);
        }

        private Acceptance acceptance(Map<String, @Nullable Object> fields) {
            known(fields, "accepted.", Set.of("at", "by", "blobs", "sha256", "file"));
            long blobs = fields.get("blobs") instanceof Number number ? number.longValue() : -1;
            if (blobs < 0) {
                problems.add(place, "'accepted.blobs' must be a number");
            }
            return new Acceptance(
                    text(fields, "at"), text(fields, "by"), blobs, text(fields, "sha256"), text(fields, "file"));
        }

        private void known(Map<String, @Nullable Object> map, String prefix, Set<String> names) {
            for (String key : map.keySet()) {
                if (!names.contains(key)) {
                    problems.add(place, "unknown key '" + prefix + key + "'" + NearestName.hint(key, names));
                }
            }
        }

        private String text(Map<String, @Nullable Object> map, String key) {
            if (map.get(key) instanceof String text) {
                return text;
            }
            problems.add(place, "'" + key + "' must be text");
            return "";
        }

        @SuppressWarnings("unchecked")
        private Map<String, @Nullable Object> map(@Nullable Object value, String name) {
            if (value instanceof Map<?, ?> map) {
                return (Map<String, @Nullable Object>) map;
            }
            if (value != null) {
                problems.add(place, "'" + name + "' must be a mapping");
            }
            return Map.of();
        }

        private List<?> list(@Nullable Object value, String name) {
            if (value instanceof List<?> list) {
                return list;
            }
            if (value != null) {
                problems.add(place, "'" + name + "' must be a list");
            }
            return List.of();
        }

        private List<String> texts(@Nullable Object value, String name) {
            List<?> items = list(value, name);
            if (!items.stream().allMatch(String.class::isInstance)) {
                problems.add(place, "'" + name + "' must be a list of texts");
                return List.of();
            }
            return items.stream().map(String.class::cast).toList();
        }
    }
}
