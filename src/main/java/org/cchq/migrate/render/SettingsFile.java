package org.cchq.migrate.render;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.PythonLiteral;
import org.cchq.migrate.base.UserException;
import org.jspecify.annotations.Nullable;

/**
 * A localsettings.py as text: what it sets with literals at the start of a line, and how the settings of the blob stores
 * are replaced in one that another tool made. Anything else in it stays as it is, byte for byte.
 */
public final class SettingsFile {
    /** The first words of each file that this tool makes whole. */
    public static final String MARK = "# Made by cchq-migrate";

    /** The settings that this tool sets in a file that another one made, in the order in which they are added. */
    public static final List<String> OWNED = List.of(
            "S3_BLOB_DB_SETTINGS",
            "OLD_S3_BLOB_DB_SETTINGS",
            "BLOB_DB_MIGRATING_FROM_S3_TO_S3",
            "BLOB_DB_MIGRATING_FROM_FS_TO_S3");

    private final String text;
    private final List<PythonStatement> statements;

    private SettingsFile(String text, List<PythonStatement> statements) {
        this.text = text;
        this.statements = statements;
    }

    /**
     * Reads a file.
     *
     * @throws UserException if a bracket or a text in quotes is never closed
     */
    public static SettingsFile parse(String text) throws UserException {
        return new SettingsFile(text, PythonStatement.of(text));
    }

    /** True if this tool made the file, so that it may be replaced as a whole. */
    public boolean made() {
        return text.startsWith(MARK);
    }

    /**
     * What it sets at the start of a line with a literal, the last one of a name. Tuples and sets are lists, numbers are
     * Integer, Long, BigInteger or Double. A name whose last value is no literal is left out.
     */
    public Map<String, @Nullable Object> values() {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (PythonStatement statement : statements) {
            Optional<String> name = statement.name();
            if (name.isPresent()) {
                String written = statement.value();
                @Nullable Object value = PythonLiteral.readDisplay(written);
                values.remove(name.get());
                if (!written.equals(value)) {
                    values.put(name.get(), value);
                }
            }
        }
        return Collections.unmodifiableMap(values);
    }

    /**
     * The text that a host shall have.
     *
     * @param there what it has; one that this tool made is replaced as a whole
     * @param wanted what was rendered
     * @throws UserException if the file there sets one of {@link #OWNED} in a way that cannot be replaced line for line
     */
    public static String merge(String there, String wanted) throws UserException {
        SettingsFile old = parse(there);
        return old.made() ? wanted : old.with(parse(wanted));
    }

    private String with(SettingsFile wanted) throws UserException {
        refuseWhatCannotBeReplaced();
        Map<String, PythonStatement> had = lastOf();
        Map<String, PythonStatement> now = wanted.lastOf();
        Map<String, @Nullable Object> oldValues = values();
        Map<String, @Nullable Object> newValues = wanted.values();
        StringBuilder merged = new StringBuilder();
        int addAt = -1;
        for (PythonStatement statement : statements) {
            Optional<String> name = statement.name().filter(OWNED::contains);
            if (name.isEmpty()) {
                merged.append(statement.text());
                continue;
            }
            boolean last = statement.equals(had.get(name.get()));
            PythonStatement replacement = now.get(name.get());
            if (last && replacement != null) {
                boolean same = oldValues.containsKey(name.get())
                        && Objects.equals(oldValues.get(name.get()), newValues.get(name.get()));
                append(merged, same ? statement.text() : replacement.text());
            }
            addAt = merged.length();
        }
        StringBuilder added = new StringBuilder();
        for (String name : OWNED) {
            if (now.containsKey(name) && !had.containsKey(name)) {
                append(added, Objects.requireNonNull(now.get(name)).text());
            }
        }
        if (!added.isEmpty()) {
            int at = addAt < 0 ? merged.length() : addAt;
            boolean glued = at > 0 && merged.charAt(at - 1) != '\n';
            merged.insert(at, (glued ? "\n" : "") + added);
        }
        return merged.toString();
    }

    private static void append(StringBuilder to, String statement) {
        if (!to.isEmpty() && to.charAt(to.length() - 1) != '\n') {
            to.append('\n');
        }
        to.append(statement);
    }

    private Map<String, PythonStatement> lastOf() {
        Map<String, PythonStatement> last = new LinkedHashMap<>();
        for (PythonStatement statement : statements) {
            statement.name().filter(OWNED::contains).ifPresent(name -> last.put(name, statement));
        }
        return last;
    }

    private void refuseWhatCannotBeReplaced() throws UserException {
        Problems problems = new Problems();
        for (PythonStatement statement : statements) {
            for (String name : OWNED) {
                if (statement.mentions(name) && !statement.name().equals(Optional.of(name))) {
                    problems.add(
                            "line " + statement.line(),
                            name + " is used here in another way than '" + name + " = ...' at the start of a line, and"
                                    + " cannot be replaced safely; write it so, or let this tool make the whole file"
                                    + " (move this one away)");
                }
            }
        }
        problems.throwIfAny();
    }
}
