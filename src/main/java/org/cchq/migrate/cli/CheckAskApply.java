package org.cchq.migrate.cli;

import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.console.Console;

/** How everything that changes hosts goes: it is shown what would change, asked, done. As in cchq, texts and statuses too. */
final class CheckAskApply {
    /** A look at the hosts, or the change itself; both give an exit status as ansible-playbook does. */
    interface Act {
        int run() throws UserException, EndpointException, InterruptedException;
    }

    /** The status of a check that could not even begin. */
    private static final int NOT_BEGUN = 1;

    private final Console console;
    private final CommandLine line;

    CheckAskApply(Console console, CommandLine line) {
        this.console = console;
        this.line = line;
    }

    /** The options that decide on it. */
    static void addOptions(Options options) {
        options.addOption(Option.builder("C")
                .longOpt("check")
                .desc("only show what would change")
                .get());
        options.addOption(Arguments.flag("skip-check", "do not show it first"));
        options.addOption(Arguments.flag("quiet", "ask nothing: every question is answered with yes"));
    }

    /** Those of {@link #addOptions} as they were given. */
    static List<String> names() {
        return List.of("check", "skip-check", "quiet");
    }

    /** @return the status of what was done last; 0 if the answer was no */
    int run(Act check, Act apply) throws UserException, EndpointException, InterruptedException {
        if (line.hasOption("check")) {
            return check.run();
        }
        String question = "Do you want to apply without running the check first?";
        if (!line.hasOption("skip-check")) {
            int status = check.run();
            if (status == NOT_BEGUN) {
                return status;
            }
            if (status == 0) {
                console.say("✓ Check completed with status code 0");
                question = "Do you want to apply these changes?";
            } else {
                console.error("✗ Check failed with status code " + status);
                question = "Do you want to try to apply these changes anyway?";
            }
        }
        if (!line.hasOption("quiet") && !console.confirm(question)) {
            return 0;
        }
        int status = apply.run();
        if (status == 0) {
            console.say("✓ Apply completed with status code 0");
        } else {
            console.error("✗ Apply failed with status code " + status);
        }
        return status;
    }
}
