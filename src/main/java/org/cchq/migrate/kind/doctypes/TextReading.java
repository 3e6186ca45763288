package org.cchq.migrate.kind.doctypes;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.cchq.migrate.javascript.FunctionReading;
import org.cchq.migrate.javascript.FunctionReading.Role;
import org.cchq.migrate.javascript.Truth;

/**
 * What the text of a function says about the types of a migration.
 *
 * @param types those that it may act on
 * @param others it may act on documents of other types
 * @param follows it acts on what another function gives it, or is a part of others
 * @param why in a few words
 */
record TextReading(Concern concern, List<String> types, boolean others, boolean follows, String why) {
    /** A type that no program knows. */
    private static final String STRANGER = "Some Other Type";

    private static final int MOST_OTHERS = 200;

    TextReading {
        types = List.copyOf(types);
    }

    static TextReading of(DesignFunction function, Migrator migrator) {
        FunctionReading reading = new FunctionReading(function.text());
        Set<String> literals = reading.literals();
        List<String> named =
                migrator.docTypes().stream().filter(literals::contains).toList();
        if (!function.language().equals("javascript") || function.kind() == DesignFunction.Kind.INDEX) {
            return unread(function, named);
        }
        return switch (function.kind()) {
            case VIEW -> read(reading, Role.MAP, migrator, literals, named);
            case FILTER, SHOW, UPDATE -> read(reading, Role.ANSWER, migrator, literals, named);
            case VALIDATION -> read(reading, Role.VALIDATION, migrator, literals, named);
            case REDUCE, LIST, LIBRARY, INDEX -> following(function, reading, named);
        };
    }

    private static TextReading unread(DesignFunction function, List<String> named) {
        String why = function.kind() == DesignFunction.Kind.INDEX
                ? "an index of fields, of any document"
                : "written in " + function.language() + ", which is not read here";
        return named.isEmpty()
                ? new TextReading(Concern.POSSIBLE, List.of(), true, false, why)
                : new TextReading(Concern.NAMES, named, true, false, "names " + String.join(", ", named) + "; " + why);
    }

    private static TextReading following(DesignFunction function, FunctionReading reading, List<String> named) {
        String what = function.kind() == DesignFunction.Kind.LIBRARY
                ? "goes with the functions that require it"
                : "sees rows of a view, no documents";
        return named.isEmpty()
                ? new TextReading(Concern.NONE, List.of(), false, true, what)
                : new TextReading(Concern.NAMES, named, false, true, naming(reading, named) + "; " + what);
    }

    private static TextReading read(
            FunctionReading reading, Role role, Migrator migrator, Set<String> literals, List<String> named) {
        List<String> acts = new ArrayList<>();
        boolean always = true;
        for (String type : migrator.docTypes()) {
            Truth truth = reading.concerns(type, role);
            if (truth != Truth.NO) {
                acts.add(type);
            }
            always &= truth == Truth.YES;
        }
        boolean others = others(reading, role, migrator, literals);
        if (acts.isEmpty()) {
            String why = named.isEmpty()
                    ? "only for other types"
                    : "names " + String.join(", ", named) + ", but does nothing for them";
            return new TextReading(Concern.NONE, List.of(), others, false, why);
        }
        List<String> namedAndDone = named.stream().filter(acts::contains).toList();
        if (!namedAndDone.isEmpty()) {
            return new TextReading(Concern.NAMES, acts, others, false, naming(reading, namedAndDone));
        }
        return new TextReading(Concern.POSSIBLE, acts, others, false, possible(reading, literals, named, always));
    }

    private static boolean others(FunctionReading reading, Role role, Migrator migrator, Set<String> literals) {
        if (reading.concerns(STRANGER, role) != Truth.NO) {
            return true;
        }
        return literals.stream()
                .filter(literal -> !migrator.moves(literal))
                .limit(MOST_OTHERS)
                .anyMatch(literal -> reading.concerns(literal, role) != Truth.NO);
    }

    private static String naming(FunctionReading reading, List<String> named) {
        int line = reading.lineOf(named.get(0));
        return "names " + String.join(", ", named) + (line > 1 ? " (line " + line + ")" : "");
    }

    private static String possible(FunctionReading reading, Set<String> literals, List<String> named, boolean always) {
        if (reading.unreadable().isPresent()) {
            return "cannot be read: " + reading.unreadable().get();
        }
        if (!named.isEmpty()) {
            return "leaves out " + String.join(", ", named) + ", not the others";
        }
        if (reading.names("base_doc")) {
            return "looks at base_doc";
        }
        if (reading.names("require")) {
            return "asks a library";
        }
        if (literals.stream().anyMatch(literal -> literal.contains(Migrator.DELETED))) {
            return "looks for '" + Migrator.DELETED + "'";
        }
        if (always) {
            return reading.names("doc_type") ? "any type" : "any document";
        }
        return reading.names("doc_type") ? "tests doc_type, but names none" : "goes by fields, not by type";
    }
}
