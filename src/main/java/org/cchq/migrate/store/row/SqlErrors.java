package org.cchq.migrate.store.row;

import java.io.IOException;
import java.sql.SQLException;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;

/** Says of an SQL error whose fault it is and whether to try again; by SQLSTATE, never by the message's text. */
final class SqlErrors {
    private SqlErrors() {}

    /** @param action what was tried, after "Tried to" */
    static EndpointException describe(DatabaseSpec spec, String action, SQLException error) {
        String state = error.getSQLState() == null ? "" : error.getSQLState();
        String message = error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
        return new EndpointException(
                spec.endpoint(),
                kind(state, error),
                "Tried to " + action + " on " + spec.endpoint() + " (database '" + spec.alias() + "', user '"
                        + spec.user() + "') but "
                        + message.strip().replaceAll("\\s*\\R\\s*", " ")
                        + (state.isEmpty() ? "" : " (SQLSTATE " + state + ")"),
                error);
    }

    static Kind kind(String state, SQLException error) {
        if (state.isEmpty()) {
            return causedByConnection(error) ? Kind.UNREACHABLE : Kind.REFUSED;
        }
        return switch (state) {
            case "08004", "25006" -> Kind.UNUSABLE;
            case "42501" -> Kind.DENIED;
            case "53300", "53400" -> Kind.THROTTLED;
            default -> kindOfClass(state.substring(0, Math.min(2, state.length())), error);
        };
    }

    /** Class 57 is an operator's doing: shutdown, restart, a cancelled statement. */
    private static Kind kindOfClass(String stateClass, SQLException error) {
        return switch (stateClass) {
            case "08", "57" -> Kind.UNREACHABLE;
            case "28", "3D", "3F" -> Kind.UNUSABLE;
            case "40", "53", "58", "XX" -> Kind.SERVER_ERROR;
            default -> causedByConnection(error) ? Kind.UNREACHABLE : Kind.REFUSED;
        };
    }

    private static boolean causedByConnection(SQLException error) {
        for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException) {
                return true;
            }
        }
        return false;
    }
}
