package org.cchq.migrate.cli;

import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.console.Console;
import org.cchq.migrate.run.HostSession;
import org.cchq.migrate.run.JobDirectory;
import org.cchq.migrate.ssh.CommandOutput;
import org.cchq.migrate.ssh.ShellWords;
import org.cchq.migrate.ssh.SshConnection;
import org.cchq.migrate.ssh.SshTarget;

/** A window in the login user's tmux on the host. */
final class TmuxWindow {
    private static final String JOB = "migration";

    private final SshConnection connection;
    private final String serviceUser;

    TmuxWindow(HostSession session, String serviceUser) {
        this(session.connection(), serviceUser);
    }

    TmuxWindow(SshConnection connection, String serviceUser) {
        this.connection = connection;
        this.serviceUser = serviceUser;
    }

    /** Opens a window that shows a job's output. A window that cannot be opened is a warning: the job goes on. */
    void open(JobDirectory directory, Console console) throws EndpointException, InterruptedException {
        String show = "cd " + ShellWords.quote(directory.path())
                + " && tail -n +1 -F --pid=\"$(cat pid)\" output.txt; sleep 1; echo \"exit status $(cat exit)\"; exec sh";
        String problem = open(JOB, asServiceUser(show));
        if (!problem.isEmpty()) {
            console.warn("no tmux window: " + problem + "; the agent runs all the same");
            return;
        }
        console.say("The window '" + JOB + "' of tmux on the host shows it too: " + attach());
    }

    /** Opens a window with a command line; returns what went wrong, "" if nothing did. */
    String open(String name, String command) throws EndpointException, InterruptedException {
        String window = "-n " + ShellWords.quote(name) + " " + ShellWords.quote(command);
        CommandOutput output =
                connection.exec("tmux new-window -d " + window + " 2>/dev/null || tmux new-session -d " + window);
        return output.ok() ? "" : output.complaint();
    }

    /** What to type to see it. */
    String attach() {
        SshTarget target = connection.target();
        return "ssh -t " + (target.port() == 22 ? "" : "-p " + target.port() + " ") + target.user() + "@"
                + target.address() + " tmux attach";
    }

    private String asServiceUser(String script) {
        String shell = "sh -c " + ShellWords.quote(script);
        return serviceUser.equals(connection.target().user())
                ? shell
                : "sudo -u " + ShellWords.quote(serviceUser) + " -H -- " + shell;
    }
}
