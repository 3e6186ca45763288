package org.cchq.migrate.cli;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.cchq.migrate.apply.HostProcesses;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.HostVariables;
import org.cchq.migrate.environment.TargetHost;

/** Which processes still have the old localsettings.py in memory, and how they get the new one. */
final class RestartNotice {
    private static final Duration CLOCK = Duration.ofSeconds(5);

    private final Site site;

    RestartNotice(Site site) {
        this.site = site;
    }

    /** Looks at the hosts and says what is to be restarted. */
    void say(List<String> hosts) throws UserException, InterruptedException {
        Environment environment = site.environment();
        List<HostProcesses.Question> questions = new ArrayList<>();
        boolean restarts = false;
        for (String name : hosts) {
            TargetHost host = environment.host(name);
            HostVariables variables = environment.variables(host, site.defaults());
            restarts |= !text(variables, "cchq_migrate_restart_command").isEmpty();
            questions.add(new HostProcesses.Question(
                    name,
                    environment.cchqUser(),
                    pattern(text(variables, "cchq_migrate_process_pattern")),
                    text(variables, "code_home") + "/localsettings.py"));
        }
        boolean older = false;
        for (HostProcesses.Answer answer : new HostProcesses(site.shells(), site.clock()).look(questions)) {
            if (answer.trouble().isPresent()) {
                site.console()
                        .warn(answer.host() + ": " + answer.trouble().get().message());
                continue;
            }
            if (answer.clockAhead().abs().compareTo(CLOCK) > 0) {
                site.console()
                        .warn(answer.host() + ": its clock is "
                                + answer.clockAhead().abs().toSeconds() + " s "
                                + (answer.clockAhead().isNegative() ? "behind" : "ahead of") + " this machine's");
            }
            if (!answer.older().isEmpty()) {
                older = true;
                site.console()
                        .say(answer.host() + ": " + answer.older().size() + " of "
                                + answer.processes().size() + " processes began before the file changed, the oldest "
                                + answer.older().get(0).started().truncatedTo(ChronoUnit.SECONDS) + ": "
                                + site.masking().masked(answer.older().get(0).firstWords()));
            }
        }
        if (older) {
            site.console()
                    .say("Processes read localsettings.py when they start: these keep the old values until they are"
                            + " restarted.");
            site.console()
                    .say("  to restart them:  commcare-cloud " + environment.name() + " service commcare restart"
                            + (restarts ? "" : "   (needs cchq_migrate_restart_command in public.yml)"));
        } else {
            site.console()
                    .say("No process of the site is older than its localsettings.py: nothing is to be restarted.");
        }
    }

    private static String text(HostVariables variables, String name) throws UserException {
        Optional<Object> value = variables.find(name);
        return value.map(Object::toString).orElse("");
    }

    private static Pattern pattern(String text) throws UserException {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new UserException("cchq_migrate_process_pattern: is no regular expression: " + e.getDescription(), e);
        }
    }
}
