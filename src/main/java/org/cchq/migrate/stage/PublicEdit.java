package org.cchq.migrate.stage;

import java.util.List;
import java.util.Optional;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.YamlLayout;
import org.cchq.migrate.environment.YamlLayout.Entry;
import org.cchq.migrate.environment.YamlLayout.Mapping;

/**
 * Puts keys into public.yml and takes them out; comments, order, indentation, line ends and every other byte stay. A key is
 * top-level, or one of the mapping {@code localsettings}:
 *
 * <pre>
 * localsettings:
 *   BANK_NAME: "RBS"
 *   BLOB_DB_MIGRATING_FROM_S3_TO_S3: True
 * </pre>
 *
 * A new key goes where it is in alphabetical order with most of the others. Only the text is looked at: the caller reads
 * the result again and compares.
 */
final class PublicEdit {
    private static final String LOCALSETTINGS = "localsettings";
    private static final int INDENT = 2;

    private final String place;
    private String text;

    /** @param place the file as shown in messages */
    PublicEdit(String text, String place) {
        this.text = text;
        this.place = place;
    }

    /** The text as edited so far. */
    String text() {
        return text;
    }

    /** {@code localsettings.FLAG: True}. */
    PublicEdit putFlag(String flag) throws UserException {
        Optional<Entry> settings = root().flatMap(map -> map.entry(LOCALSETTINGS));
        if (settings.isEmpty()) {
            appendLine(LOCALSETTINGS + ":");
            appendLine(" ".repeat(INDENT) + flag + ": True");
            return this;
        }
        Entry entry = settings.get();
        if (entry.mapping().isEmpty()) {
            if (!isNull(entry)) {
                throw cannot(entry, "'localsettings' is no mapping that is written out here");
            }
            text = text.substring(0, entry.end()) + newline() + " ".repeat(INDENT) + flag + ": True"
                    + text.substring(entry.end());
            text = withoutNullWord(entry);
            return this;
        }
        put(entry.mapping().get(), entry, flag, "True");
        return this;
    }

    /** Takes a flag of {@code localsettings} out; nothing if it is not there. */
    PublicEdit removeFlag(String flag) throws UserException {
        Optional<Entry> settings = root().flatMap(map -> map.entry(LOCALSETTINGS));
        Optional<Mapping> map = settings.flatMap(Entry::mapping);
        if (map.isPresent() && map.get().entry(flag).isPresent()) {
            remove(map.get(), settings, map.get().entry(flag).get());
        }
        return this;
    }

    /**
     * Sets a top-level key to a text as YAML has it; replaces only the value if the key is there.
     *
     * @param value one line of YAML: {@code yes}, {@code "https://s3.eu-west-1.amazonaws.com"}
     */
    PublicEdit putTop(String key, String value) throws UserException {
        Optional<Mapping> map = root();
        Optional<Entry> there = map.flatMap(found -> found.entry(key));
        if (there.isPresent()) {
            Entry entry = there.get();
            if (!entry.scalar()) {
                throw cannot(entry, "the value of '" + key + "' is not on one line");
            }
            boolean empty = entry.valueStart() == entry.end() && text.charAt(entry.end() - 1) == ':';
            text = text.substring(0, empty ? entry.end() : entry.valueStart())
                    + (empty ? " " : "")
                    + value
                    + text.substring(entry.end());
        } else if (map.isEmpty() || map.get().flow()) {
            appendLine(key + ": " + value);
        } else {
            putAfterItsKind(map.get(), key, value);
        }
        return this;
    }

    /** Takes a top-level key out; nothing if it is not there. */
    PublicEdit removeTop(String key) throws UserException {
        Optional<Mapping> map = root();
        if (map.isPresent() && map.get().entry(key).isPresent()) {
            remove(map.get(), Optional.empty(), map.get().entry(key).get());
        }
        return this;
    }

    /** The value of a top-level key as it is written, if it is written on one line. */
    Optional<String> written(String key) throws UserException {
        return root().flatMap(map -> map.entry(key))
                .filter(Entry::scalar)
                .map(entry -> text.substring(entry.valueStart(), entry.end()))
                .filter(value -> !value.isEmpty());
    }

    private Optional<Mapping> root() throws UserException {
        Optional<Mapping> map = YamlLayout.of(text, place);
        if (map.isPresent() && map.get().flow()) {
            throw new UserException(place + ": the whole file is one mapping in braces; write one key a line");
        }
        return map;
    }

    /** Beside the other keys of the blob store, else before {@code localsettings}, else last. */
    private void putAfterItsKind(Mapping map, String key, String value) {
        int after = map.entries().size() - 1;
        boolean found = false;
        for (int i = 0; i < map.entries().size(); i++) {
            if (map.entries().get(i).key().matches("(old_)?s3_.*")) {
                after = i;
                found = true;
            }
        }
        for (int i = 0; i < map.entries().size() && !found; i++) {
            if (map.entries().get(i).key().equals(LOCALSETTINGS)) {
                after = i - 1;
                found = true;
            }
        }
        insertLine(map, after, indentation(map), key + ": " + value);
    }

    private void put(Mapping map, Entry parent, String key, String value) throws UserException {
        if (map.entry(key).isPresent()) {
            Entry entry = map.entry(key).get();
            if (!entry.scalar() || entry.valueStart() == entry.end()) {
                throw cannot(entry, "'" + key + "' has another value than True");
            }
            text = text.substring(0, entry.valueStart()) + value + text.substring(entry.end());
        } else if (!map.flow()) {
            insertLine(map, position(map, key), indentation(map), key + ": " + value);
        } else if (map.entries().isEmpty()) {
            int from = text.indexOf(':', parent.keyEnd()) + 1;
            text = text.substring(0, from) + newline() + " ".repeat(INDENT) + key + ": " + value
                    + text.substring(map.end());
        } else {
            int at = map.entries().get(map.entries().size() - 1).end();
            text = text.substring(0, at) + ", " + key + ": " + value + text.substring(at);
        }
    }

    private void remove(Mapping map, Optional<Entry> parent, Entry entry) throws UserException {
        int index = map.entries().indexOf(entry);
        if (map.flow()) {
            boolean last = index + 1 == map.entries().size();
            int from = last && index > 0 ? map.entries().get(index - 1).end() : entry.start();
            int to = last ? entry.end() : map.entries().get(index + 1).start();
            text = text.substring(0, from) + text.substring(to);
            return;
        }
        int from = lineStart(entry.start());
        if (!text.substring(from, entry.start()).isBlank()) {
            throw cannot(entry, "'" + entry.key() + "' does not stand at the beginning of its line");
        }
        int to = lineEnd(entry.end());
        if (to == text.length() && !text.endsWith("\n") && from > 0) {
            from = text.charAt(from - 1) == '\n' ? from - 1 : from;
            from = from > 0 && text.charAt(from - 1) == '\r' ? from - 1 : from;
        }
        text = text.substring(0, from) + text.substring(to);
        if (map.entries().size() == 1 && parent.isPresent()) {
            int colon = text.indexOf(':', parent.get().keyEnd()) + 1;
            text = text.substring(0, colon) + " {}" + text.substring(colon);
        }
    }

    /** After how many entries the fewest are out of alphabetical order; the last such place. */
    private static int position(Mapping map, String key) {
        List<Entry> entries = map.entries();
        int best = 0;
        int fewest = Integer.MAX_VALUE;
        for (int at = 0; at <= entries.size(); at++) {
            int wrong = 0;
            for (int i = 0; i < entries.size(); i++) {
                boolean before = entries.get(i).key().compareTo(key) < 0;
                wrong += before == (i < at) ? 0 : 1;
            }
            if (wrong <= fewest) {
                fewest = wrong;
                best = at;
            }
        }
        return best - 1;
    }

    /** @param after index of the entry that the line follows; -1 for the first */
    private void insertLine(Mapping map, int after, String indent, String line) {
        int at = after < 0
                ? lineStart(map.entries().get(0).start())
                : lineEnd(map.entries().get(after).end());
        if (at == text.length() && !text.endsWith("\n")) {
            text = text + newline() + indent + line;
        } else {
            text = text.substring(0, at) + indent + line + newline() + text.substring(at);
        }
    }

    private void appendLine(String line) {
        if (text.isEmpty() || text.endsWith("\n")) {
            text = text + line + newline();
        } else {
            text = text + newline() + line;
        }
    }

    private String indentation(Mapping map) {
        int start = map.entries().get(0).start();
        return text.substring(lineStart(start), start).replaceAll("\\S", " ");
    }

    private boolean isNull(Entry entry) {
        return entry.scalar() && List.of("", "~", "null", "Null", "NULL").contains(written(entry));
    }

    private String written(Entry entry) {
        return text.substring(entry.valueStart(), entry.end());
    }

    /** An explicit null before what was put below it would make two values of it. */
    private String withoutNullWord(Entry entry) {
        return written(entry).length() < 2 && !written(entry).equals("~")
                ? text
                : text.substring(0, text.indexOf(':', entry.keyEnd()) + 1) + text.substring(entry.end());
    }

    private int lineStart(int offset) {
        return text.lastIndexOf('\n', offset - 1) + 1;
    }

    private int lineEnd(int offset) {
        int newline = text.indexOf('\n', Math.max(0, offset));
        return newline < 0 ? text.length() : newline + 1;
    }

    private String newline() {
        return Lines.end(text);
    }

    private UserException cannot(Entry entry, String why) {
        long line =
                text.substring(0, entry.start()).chars().filter(c -> c == '\n').count() + 1;
        return new UserException(place + ":" + line + ": cannot be edited: " + why + "; edit it by hand");
    }
}
