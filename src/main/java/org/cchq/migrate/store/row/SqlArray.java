package org.cchq.migrate.store.row;

import java.util.Collection;
import java.util.List;

/**
 * An array as a statement's parameter, for {@code = ANY(?)}.
 *
 * @param type PostgreSQL's name of the element type
 */
public record SqlArray(String type, List<?> values) {
    public SqlArray {
        values = List.copyOf(values);
    }

    public static SqlArray ofText(Collection<String> values) {
        return new SqlArray("text", List.copyOf(values));
    }

    public static SqlArray ofBigint(Collection<Long> values) {
        return new SqlArray("bigint", List.copyOf(values));
    }
}
