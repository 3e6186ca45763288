package org.cchq.migrate.store.row;

import java.sql.ResultSet;
import java.sql.SQLException;

/** Makes a value of the row at the cursor. */
@FunctionalInterface
public interface RowMapper<T> {
    T map(ResultSet row) throws SQLException;
}
