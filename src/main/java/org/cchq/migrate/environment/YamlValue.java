package org.cchq.migrate.environment;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value of a YAML file and where it stands. Never shows its content: it may be a secret. */
sealed interface YamlValue permits YamlMap, YamlValue.Sequence, YamlValue.Scalar {
    /** File and line, for messages. */
    String place();

    /** A list. */
    record Sequence(String place, List<YamlValue> items) implements YamlValue {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String toString() {
            return "list at " + place;
        }
    }

    /**
     * A string, Boolean, Integer, Long, BigInteger, Double or null.
     *
     * @param literal tagged {@code !unsafe}: no expression is looked for in it
     */
    record Scalar(String place, @Nullable Object value, boolean literal) implements YamlValue {
        @Override
        public String toString() {
            return "value at " + place;
        }
    }

    /** True for an explicit or empty null. */
    default boolean isNull() {
        return this instanceof Scalar scalar && scalar.value() == null;
    }
}
