package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;
import static org.cchq.migrate.cli.Arguments.valued;

import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;

/** {@code run MIGRATION PHASE}: starts a phase of the agent, or takes it up where it was left. */
final class RunCommand implements Command {
    @Override
    public String name() {
        return "run";
    }

    @Override
    public String arguments() {
        return "blobs " + String.join("|", BlobPhase.words()) + " [FILE...] [options]\n       or: run metadata "
                + String.join("|", MetadataPhase.words()) + " [options]\n       or: run doctype:SLUG "
                + String.join("|", DoctypePhase.words()) + " [options]";
    }

    @Override
    public String summary() {
        return "Starts a phase of the agent on the host, or resumes it, and follows it to its end.";
    }

    @Override
    public Options options() {
        Options options = new Options();
        BlobStart.AGENT_OPTIONS.forEach(options::addOption);
        MetadataStart.AGENT_OPTIONS.forEach(options::addOption);
        DoctypeStart.AGENT_OPTIONS.forEach(options::addOption);
        options.addOption(valued("server", "HOST", "host to run on; default django_manage[0]"));
        options.addOption(flag("detach", "return once the agent has begun, and print the id of its job"));
        options.addOption(flag("json", "one JSON object as the result"));
        return options;
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException, EndpointException, InterruptedException {
        List<String> words = line.getArgList();
        Migration migration = Migration.of(site, words.isEmpty() ? "" : words.get(0), name());
        if (words.size() < 2) {
            throw new UsageException(
                    "run " + migration.word() + ": which phase? One of " + String.join(", ", migration.phases()));
        }
        return migration.start(line);
    }
}
