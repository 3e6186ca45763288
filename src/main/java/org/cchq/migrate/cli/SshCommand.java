package org.cchq.migrate.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.ssh.ShellWords;

/** {@code ssh}: a login to a server by the machine's own ssh, on the terminal of who types. */
final class SshCommand implements Command {
    @Override
    public String name() {
        return "ssh";
    }

    @Override
    public String arguments() {
        return "[user@]GROUP[INDEX]|- [options of ssh] [COMMAND]";
    }

    @Override
    public String summary() {
        return "Logs in to a server with the machine's own ssh, or runs a command there on a terminal.";
    }

    @Override
    public boolean passesOptionsOn() {
        return true;
    }

    @Override
    public Options options() {
        return new Options();
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException, InterruptedException {
        List<String> words = line.getArgList();
        if (words.isEmpty()) {
            throw new UsageException("ssh: which server? [user@]group[index], or - for the first of django_manage");
        }
        ServerName server = ServerName.parse(words.get(0));
        Optional<TargetHost> host = server.host(site.environment());
        List<String> command = SshLine.of(site.environment(), server, host, words.subList(1, words.size()));
        site.console().command(ShellWords.join(command));
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new UserException("ssh cannot be started: " + e.getMessage() + "; install openssh-client", e);
        }
    }
}
