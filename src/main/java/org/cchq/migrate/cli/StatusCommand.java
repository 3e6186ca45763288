package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;

import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;

/** {@code status}: which jobs there are, and how far they are. */
final class StatusCommand implements Command {
    @Override
    public String name() {
        return "status";
    }

    @Override
    public String arguments() {
        return "[" + Migration.WORDS + "] [options]";
    }

    @Override
    public String summary() {
        return "Stage by files and host by host, where ports lead, gates, jobs, and what to type next.";
    }

    @Override
    public Options options() {
        Options options = new Options();
        options.addOption(flag("watch", "again every 2 seconds, until no job is running"));
        options.addOption(flag("json", "one JSON object a look"));
        return options;
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException, EndpointException, InterruptedException {
        boolean watch = line.hasOption("watch");
        boolean json = line.hasOption("json");
        return line.getArgList().isEmpty()
                ? new BlobStatus(site).show(false, watch, json)
                : Migration.of(site, line, name(), 0).status(watch, json);
    }
}
