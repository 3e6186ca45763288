package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.DjangoSettings;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * {@code check}: reads everything that running the agent needs from the environment's files; every problem is told with
 * file and line by the readers. Touches no host.
 */
final class CheckCommand implements Command {
    @Override
    public String name() {
        return "check";
    }

    @Override
    public String arguments() {
        return "[options]";
    }

    @Override
    public String summary() {
        return "Every problem in the environment's files that stands in the way of a run, with file and line.";
    }

    @Override
    public Options options() {
        Options options = new Options();
        options.addOption(flag("json", "one JSON object"));
        return options;
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException {
        if (!line.getArgList().isEmpty()) {
            throw new UsageException("check: too many words: " + String.join(" ", line.getArgList()));
        }
        Map<String, @Nullable Object> hosts = new LinkedHashMap<>();
        for (TargetHost host : site.environment().hosts("django_manage")) {
            hosts.put(
                    host.name(),
                    DjangoSettings.of(site.environment(), host).masked().keySet());
        }
        if (hosts.isEmpty()) {
            throw new UserException(site.environment().name() + ": the group django_manage has no host");
        }
        if (line.hasOption("json")) {
            site.console()
                    .result(Json.write(Map.of("environment", site.environment().name(), "hosts", hosts)));
        } else {
            site.console()
                    .result(site.environment().name() + ": no problem found; settings for "
                            + String.join(", ", hosts.keySet()));
        }
        return ExitCode.SUCCESS.code();
    }
}
