package org.cchq.migrate.kind.doctypes;

import java.util.LinkedHashMap;
import java.util.Map;
import org.cchq.migrate.javascript.FunctionReading;
import org.jspecify.annotations.Nullable;

/**
 * A function in a checkout.
 *
 * @param path below the checkout
 */
record CheckoutFinding(String path, DesignFunction function, TextReading text, Standing standing) {
    /** How it stands to the database. */
    enum Standing {
        SAME("as in the database"),
        OTHER("another text than in the database"),
        ABSENT("not in the database");

        private final String words;

        Standing(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    static CheckoutFinding of(
            CheckoutFunctions.InFile file, Map<String, DesignFunction> inDatabase, Migrator migrator) {
        DesignFunction function = file.function();
        DesignFunction there = inDatabase.get(key(function));
        Standing standing = there == null
                ? Standing.ABSENT
                : new FunctionReading(there.text()).sameAs(new FunctionReading(function.text()))
                        ? Standing.SAME
                        : Standing.OTHER;
        return new CheckoutFinding(file.path(), function, TextReading.of(function, migrator), standing);
    }

    static String key(DesignFunction function) {
        return function.design() + " " + function.place();
    }

    Map<String, @Nullable Object> toFields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("file", path);
        fields.put("design", function.design());
        fields.put("kind", function.kind().word());
        fields.put("name", function.name());
        fields.put("text", text.concern().word());
        fields.put("why", text.why());
        fields.put("types", text.types());
        fields.put("database", standing.words());
        return fields;
    }
}
