package org.cchq.migrate.javascript;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cchq.migrate.javascript.Token.Kind;
import org.cchq.migrate.javascript.Values.Special;

/** The names that a function gives values to. Only what is assigned once is known. */
final class Names {
    static final Set<String> ASSIGNMENTS = Set.of(
            "=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", ">>>=", "**=", "&&=", "||=", "??=");
    private static final Set<String> CHANGING = Set.of("push", "unshift", "splice", "pop", "shift", "concat");

    private final Map<String, Integer> assigned = new HashMap<>();
    private final Map<String, Object> values = new HashMap<>();

    Names(List<Token> tokens) {
        count(tokens);
    }

    Object get(String name) {
        return values.getOrDefault(name, Special.UNKNOWN);
    }

    void put(String name, Object value) {
        values.put(name, value);
    }

    /** Its value is taken for what it is if it never gets another one. */
    void declare(String name, Object value) {
        put(name, assigned.getOrDefault(name, 0) == 1 ? value : Special.UNKNOWN);
    }

    Map<String, Object> all() {
        return Map.copyOf(values);
    }

    void restore(Map<String, Object> all) {
        values.clear();
        values.putAll(all);
    }

    /** A name is a constant if it is given a value once, and nothing within that value is changed. */
    private void count(List<Token> tokens) {
        for (int i = 0; i + 1 < tokens.size(); i++) {
            Token token = tokens.get(i);
            Token next = tokens.get(i + 1);
            boolean stepped = next.kind() == Kind.NAME && (token.is("++") || token.is("--"));
            if (stepped) {
                assigned.merge(next.text(), 1, Integer::sum);
            }
            if (token.kind() != Kind.NAME) {
                continue;
            }
            int target = new TokenCursor(tokens, i + 1).endOfMembers();
            boolean filled =
                    target > i + 1 && CHANGING.contains(tokens.get(target - 1).text());
            if (filled || (target < tokens.size() && assigns(tokens.get(target)))) {
                assigned.merge(token.text(), 1, Integer::sum);
            }
        }
    }

    private static boolean assigns(Token token) {
        return token.kind() == Kind.PUNCTUATOR
                && (ASSIGNMENTS.contains(token.text()) || token.is("++") || token.is("--"));
    }
}
