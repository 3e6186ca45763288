package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;
import static org.cchq.migrate.cli.Arguments.valued;

import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.ssh.RemoteShell;
import org.cchq.migrate.ssh.ShellWords;
import org.cchq.migrate.ssh.SshConnection;

/**
 * {@code django-manage}: a management command. Those that the agent has run in the agent, with HQ's output; any other in
 * HQ's manage.py on the host.
 */
final class DjangoManageCommand implements Command {
    private static final String YES = "--yes";

    @Override
    public String name() {
        return "django-manage";
    }

    @Override
    public String arguments() {
        return "[options] COMMAND [arguments of the command]";
    }

    @Override
    public String summary() {
        return "Runs a management command: in the agent if it has it, else in HQ's manage.py on the host.";
    }

    @Override
    public boolean passesOptionsOn() {
        return true;
    }

    @Override
    public Options options() {
        Options options = new Options();
        options.addOption(flag("tmux", "in a tmux window of your own on the host, too"));
        options.addOption(valued("server", "HOST", "host to run on; default django_manage[0]"));
        options.addOption(valued("release", "NAME", "release of HQ, in place of the current one"));
        options.addOption(
                valued("tee", "FILE", "also write the output to this file on the host, which must not exist"));
        options.addOption(flag("quiet", "ask nothing"));
        return options;
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException, EndpointException, InterruptedException {
        List<String> words = line.getArgList();
        if (words.isEmpty()) {
            throw new UsageException("django-manage: which management command?");
        }
        TargetHost host = site.manageHost(Optional.ofNullable(line.getOptionValue("server")));
        Optional<String> tee = Optional.ofNullable(line.getOptionValue("tee"));
        Optional<Phase> phase = Phase.ofManagementCommand(words);
        try (SshConnection connection = site.connect(host)) {
            RemoteShell service = site.shell(connection, site.environment().cchqUser());
            if (tee.isPresent()
                    && service.run("[ -e " + ShellWords.quote(tee.get()) + " ]").ok()) {
                throw new UserException(tee.get() + " on " + host.name() + ": is there already; name another file");
            }
            if (phase.isEmpty() && !line.hasOption("tmux")) {
                return hq(site, connection, line, words, tee);
            }
        }
        if (phase.isEmpty()) {
            return new WindowRun(site, host).run(words, user -> shape(site.environment(), user, line, words, tee));
        }
        if (tee.isPresent()) {
            throw new UserException("--tee: the output of this command is kept on the host anyway, as output.txt of its"
                    + " job (see 'status'), and in the summary beside its log");
        }
        return new AgentRun(site, host)
                .start(
                        phase.get(),
                        consented(site, host, phase.get(), words, line.hasOption("quiet")),
                        FollowView.Show.OUTPUT,
                        false,
                        line.hasOption("tmux"));
    }

    /** The agent runs on its own, where nobody can answer it: what it would ask is asked here. */
    private static List<String> consented(Site site, TargetHost host, Phase phase, List<String> words, boolean quiet)
            throws UserException, EndpointException, InterruptedException {
        if (phase.word().equals(DoctypePhase.CLEANUP.word())) {
            return cleanup(site, host, phase, words);
        }
        return phase.word().equals(MetadataPhase.FORM_ATTACHMENTS.word()) ? move(site, words, quiet) : words;
    }

    private static List<String> move(Site site, List<String> words, boolean quiet) throws UserException {
        if (words.contains(YES)) {
            return words;
        }
        if (!quiet && !site.console().confirm("Move all form attachments to blobs_blobmeta? There is no way back.")) {
            throw new UserException("Nothing was moved; answer y, or give " + YES);
        }
        return AgentRun.words(words, List.of(YES));
    }

    private static List<String> cleanup(Site site, TargetHost host, Phase phase, List<String> words)
            throws UserException, EndpointException, InterruptedException {
        String slug = phase.migration().substring(phase.migration().indexOf(':') + 1);
        boolean alone = words.stream().noneMatch(List.of("--stats", "--initial", "--continuous")::contains);
        return alone && phase.migration().startsWith(DoctypePhase.PREFIX)
                ? new CleanupConsent(new DoctypeSite(site, host, slug)).with(words)
                : words; // refused by the agent, in HQ's words
    }

    private static int hq(
            Site site, SshConnection connection, CommandLine line, List<String> words, Optional<String> tee)
            throws EndpointException, InterruptedException, UserException {
        String command = shape(site.environment(), connection.target().user(), line, words, tee);
        site.console()
                .command("ssh " + connection.target().user() + "@"
                        + connection.target().address() + " " + ShellWords.quote(command));
        String at = site.clock().instant().toString();
        String what = "django-manage " + ShellWords.join(words);
        String name = connection.target().name();
        try {
            int exit = connection
                    .exec(
                            command,
                            site.workplace().input(),
                            site.console().resultStream(),
                            site.console().conversationStream())
                    .code();
            site.history().add(at, site.operator(), what, name, "exit " + exit);
            return exit;
        } catch (EndpointException e) {
            site.history().add(at, site.operator(), what, name, "connection lost");
            String environment = site.environment().name();
            site.console()
                    .say("Nobody knows whether it goes on. To look:  cchq " + environment + " run-shell-command " + name
                            + " 'ps -ef | grep [m]anage.py'");
            site.console()
                    .say("A command in its own window goes on by itself:  cchq " + environment
                            + " django-manage --tmux " + ShellWords.join(words));
            throw e;
        }
    }

    /** {@code sudo -iu cchq bash -c '...'}: every argument quoted once, then the whole once. */
    static String shape(
            Environment environment, String login, CommandLine line, List<String> words, Optional<String> tee) {
        String code = line.hasOption("release")
                ? environment.codeDirectory().replaceFirst("/current$", "") + "/releases/"
                        + line.getOptionValue("release")
                : environment.codeDirectory();
        String manage = "cd " + ShellWords.quote(code) + "; python_env/bin/python manage.py " + ShellWords.join(words)
                + tee.map(file -> " | tee " + ShellWords.quote(file)).orElse("");
        String bash = "bash " + (tee.isPresent() ? "-o pipefail " : "") + "-c " + ShellWords.quote(manage);
        return asServiceUser(environment, login, bash);
    }

    /** As the service user, with the environment of a login of its own. */
    static String asServiceUser(Environment environment, String login, String command) {
        String user = environment.cchqUser();
        return login.equals(user) ? command : "sudo -iu " + ShellWords.quote(user) + " " + command;
    }
}
