package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;

import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;

/** {@code attach blobs}: follows the running job, or shows how the last one went. */
final class AttachCommand implements Command {
    @Override
    public String name() {
        return "attach";
    }

    @Override
    public String arguments() {
        return Migration.WORDS + " [PHASE] [options]";
    }

    @Override
    public String summary() {
        return "Follows the running job from its beginning to its end; its exit status becomes this command's.";
    }

    @Override
    public Options options() {
        Options options = new Options();
        options.addOption(flag("output", "the agent's own lines, in HQ's format, in place of progress and summary"));
        options.addOption(flag("json", "one JSON object as the result"));
        return options;
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException, EndpointException, InterruptedException {
        Migration migration = Migration.of(site, line, name(), 1);
        JobsOfHosts.Found found = JobsOfHosts.requireCurrent(site, migration, Migration.phase(line));
        FollowView.Show show = line.hasOption("json")
                ? FollowView.Show.JSON
                : line.hasOption("output") ? FollowView.Show.OUTPUT : FollowView.Show.SUMMARY;
        return new FollowedJob(site, found.host(), site.access(found.host()), migration.word())
                .toItsEnd(
                        found.status().job().id(),
                        new FollowView(site.console(), found.status().job().id(), show));
    }
}
