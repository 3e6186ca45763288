package org.cchq.migrate.cli;

import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;

/** One command of {@code cchq-migrate <env> <command>}. */
interface Command {
    String name();

    /** Other names that it is typed by. */
    default List<String> aliases() {
        return List.of();
    }

    /** What follows the name: {@code blobs [options]}. */
    String arguments();

    /** One sentence. */
    String summary();

    Options options();

    /** True if what is not an option of this command belongs to the command that it runs. */
    default boolean passesOptionsOn() {
        return false;
    }

    /** @return the exit status */
    int run(Site site, CommandLine line) throws UserException, EndpointException, InterruptedException;
}
