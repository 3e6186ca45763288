package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.valued;

import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;

/** {@code update-config}: localsettings.py on every host of the site. Restarts nothing, and says what is to be restarted. */
final class UpdateConfigCommand implements Command {
    @Override
    public String name() {
        return "update-config";
    }

    @Override
    public String arguments() {
        return "[options]";
    }

    @Override
    public String summary() {
        return "Shows, asks and puts localsettings.py in place on the hosts of the site; restarts nothing.";
    }

    @Override
    public Options options() {
        Options options = new Options();
        CheckAskApply.addOptions(options);
        options.addOption(limit());
        options.addOption(valued("branch", "BRANCH", "the environment's checkout must be on this branch"));
        return options;
    }

    static Option limit() {
        return Option.builder("l")
                .longOpt("limit")
                .hasArg()
                .argName("SUBSET")
                .desc("only hosts that match this pattern, too")
                .get();
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException, EndpointException, InterruptedException {
        if (!line.getArgList().isEmpty()) {
            throw new UsageException("update-config: too many words: " + String.join(" ", line.getArgList()));
        }
        return deploy(site, line, Deployable.LOCALSETTINGS);
    }

    /** Check, ask, apply, of one deployable. */
    static int deploy(Site site, CommandLine line, Deployable what)
            throws UserException, EndpointException, InterruptedException {
        Optional<String> branch = Optional.ofNullable(line.getOptionValue("branch"));
        if (branch.isPresent()) {
            String problem = BranchCheck.problem(site.environment().directory(), branch.get());
            if (!problem.isEmpty()) {
                site.console().error(problem);
                return BranchCheck.WRONG;
            }
        }
        Deployment deployment = Deployment.of(site, what, Optional.ofNullable(line.getOptionValue("limit")));
        return new CheckAskApply(site.console(), line).run(deployment::check, () -> {
            int status = deployment.apply();
            if (what == Deployable.LOCALSETTINGS) {
                new RestartNotice(site).say(deployment.hosts());
            }
            return status;
        });
    }
}
