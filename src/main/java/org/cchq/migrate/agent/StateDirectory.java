package org.cchq.migrate.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.UserException;

/** Where a migration's state is kept when nobody says where. */
final class StateDirectory {
    private StateDirectory() {}

    /**
     * {@code cchq-migrate/SLUG} in the user's state directory; made if it is not there.
     *
     * @param option that names another one, for the message
     */
    static Path ofUser(AgentContext context, String slug, String option) throws UserException {
        Map<String, String> environment = context.environment();
        Path state = Optional.ofNullable(environment.get("XDG_STATE_HOME"))
                .map(Path::of)
                .orElse(Path.of(environment.getOrDefault("HOME", "."), ".local", "state"));
        return made(context.directory().resolve(state).resolve("cchq-migrate").resolve(slug), option);
    }

    /** A directory, made if it is not there. */
    static Path made(Path directory, String option) throws UserException {
        try {
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UserException(directory + ": cannot be made (" + e.getMessage() + "); give " + option, e);
        }
    }
}
