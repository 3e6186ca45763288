package org.cchq.migrate.testing.sandbox;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;

/**
 * What check_blob_logs said of each key, read from its output as a script of the field would, and whether that is what
 * was planted.
 */
final class CheckedClasses {
    private static final String MISSING = "Missing: ";
    private static final String NOT_REFERENCED = "Not referenced: ";
    private static final String IN_OLD = "Found in old db: ";
    private static final String MIGRATED = "Migrated from old db: ";

    private final Map<String, String> classOf = new HashMap<>();
    private final Map<String, String> rest = new HashMap<>();

    static CheckedClasses of(List<String> output) {
        CheckedClasses classes = new CheckedClasses();
        output.forEach(classes::read);
        return classes;
    }

    private void read(String line) {
        for (String start : List.of(MISSING, NOT_REFERENCED)) {
            if (line.startsWith(start + "{")) {
                int end = endOfObject(line, start.length());
                try {
                    String key = String.valueOf(Json.readObject(line.substring(start.length(), end), "line")
                            .get("blob_key"));
                    classOf.put(key, start);
                    rest.put(key, line.substring(end));
                } catch (UserException e) {
                    classOf.put(line, "unreadable: ");
                }
            }
        }
        for (String start : List.of(IN_OLD, MIGRATED)) {
            // "  Found in old db: 7" closes a block; a key's line is not indented.
            if (line.startsWith(start)) {
                classOf.put(line.substring(start.length()), start);
            }
        }
    }

    private static int endOfObject(String line, int from) {
        boolean quoted = false;
        int depth = 0;
        for (int i = from; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && c == '{') {
                depth++;
            } else if (!quoted && c == '}' && --depth == 0) {
                return i + 1;
            }
        }
        return line.length();
    }

    /** Class to the number of keys in it. */
    Map<String, Object> counts() {
        Map<String, Integer> counts = new TreeMap<>();
        classOf.values()
                .forEach(name -> counts.merge(
                        name.replace(":", "").strip().toLowerCase(Locale.ROOT).replace(' ', '_'), 1, Integer::sum));
        return new LinkedHashMap<>(counts);
    }

    /**
     * Planted problems that are not in the class they belong to, and keys in a class though nothing is wrong with them.
     *
     * @param repaired whether this is the pass that copied what could be copied
     * @param couch whether form documents could be looked up
     */
    List<String> findings(Truth truth, boolean repaired, boolean couch) {
        List<String> findings = new ArrayList<>();
        for (Planted problem : truth.planted()) {
            String key = problem.blob().key();
            String said = classOf.getOrDefault(key, "");
            wanted(problem, repaired, couch)
                    .filter(wanted -> !(said + rest.getOrDefault(key, "")).matches("(?s)" + wanted))
                    .ifPresent(wanted -> findings.add(problem.kind() + " " + key + ": check_blob_logs said '"
                            + (said + rest.getOrDefault(key, "")).strip() + "'"));
        }
        for (String key : classOf.keySet()) {
            if (truth.planted(key).isEmpty()
                    && truth.rows().stream().anyMatch(row -> row.key().equals(key))) {
                findings.add("nothing was wrong with " + key + ", but check_blob_logs said '" + classOf.get(key) + "'");
            }
        }
        return findings;
    }

    private static Optional<String> wanted(Planted problem, boolean repaired, boolean couch) {
        return switch (problem.kind()) {
            case LOST -> Optional.of("Missing: .*");
            case LOST_FORM_REFERENCED -> couch ? Optional.of("Missing:  ?blob info: .*") : Optional.empty();
            case LOST_FORM_UNREFERENCED ->
                couch ? Optional.of("Not referenced: (?! doc not found).*") : Optional.empty();
            case LOST_FORM_IN_SQL -> couch ? Optional.of("Not referenced: ? ?doc not found.*") : Optional.empty();
            case DENIED -> repaired ? Optional.of("Migrated from old db: ") : Optional.of("");
            case ON_NEW_ONLY -> Optional.of("");
            // Whether the copier saw them before they went is left to chance; that they stay away is not.
            case DELETED_BEFORE_READ, DELETED_AFTER_READ -> Optional.empty();
        };
    }
}
