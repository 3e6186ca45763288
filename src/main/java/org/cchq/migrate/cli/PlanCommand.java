package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;
import static org.cchq.migrate.cli.Arguments.valued;

import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.TargetHost;

/** {@code plan MIGRATION}: what would be done; writes nothing anywhere. */
final class PlanCommand implements Command {
    @Override
    public String name() {
        return "plan";
    }

    @Override
    public String arguments() {
        return Migration.WORDS + " [options]";
    }

    @Override
    public String summary() {
        return "The exact steps of the next advance and of a back-fill, with a forecast; writes nothing anywhere.";
    }

    @Override
    public Options options() {
        Options options = new Options();
        options.addOption(valued("server", "HOST", "host to run on; default django_manage[0]"));
        options.addOption(flag("json", "one JSON object"));
        return options;
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException, EndpointException, InterruptedException {
        Migration migration = Migration.of(site, line, name(), 0);
        TargetHost host = site.manageHost(Optional.ofNullable(line.getOptionValue("server")));
        return migration.plan(host, line.hasOption("json"));
    }
}
