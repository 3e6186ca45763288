package org.cchq.migrate.cli;

import java.util.List;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.ssh.RemoteShell;
import org.cchq.migrate.ssh.ShellWords;

/** Where the agent writes its log, summary and ledger: on the host, the service user's. */
record LogDirectory(String environment, String user, String path) {
    private static final String OF_BLOBS = "blobdb-migration-logs";
    private static final String OF_METADATA = "blobmeta-migration-logs";

    /** The one that the arguments name with {@code --log-dir}; path is "" if they name none. */
    static LogDirectory of(Site site, TargetHost host, List<String> arguments) {
        String path = "";
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i).startsWith("--log-dir=")) {
                path = arguments.get(i).substring("--log-dir=".length());
            } else if (arguments.get(i).equals("--log-dir") && i + 1 < arguments.size()) {
                path = arguments.get(i + 1);
            }
        }
        return new LogDirectory(site.environment().name(), site.environment().cchqUser(), path);
    }

    /** The usual one of the blob migration. */
    static String usual(TargetHost host) {
        return host.encryptedRoot() + "/" + OF_BLOBS;
    }

    /** The usual one of the migration of blob metadata. */
    static String ofMetadata(TargetHost host) {
        return host.encryptedRoot() + "/" + OF_METADATA;
    }

    /** Refuses a directory that is not there or that the service user cannot write to, and says how to make it. */
    void require(RemoteShell shell) throws EndpointException, InterruptedException, UserException {
        if (path.isEmpty()) {
            return;
        }
        String problem = problem(shell);
        if (!problem.isEmpty()) {
            throw new UserException(
                    path + " on " + shell.target().name() + " " + problem + ". Make it with:\n  " + remedy());
        }
    }

    /** What is wrong with it; "" if nothing is. */
    String problem(RemoteShell shell) throws EndpointException, InterruptedException {
        String quoted = ShellWords.quote(path);
        String found = shell.require(
                        "look at " + path,
                        "[ -d " + quoted + " ] || { echo missing; exit 0; }; stat -c %U " + quoted + "; [ -w " + quoted
                                + " ] && [ -x " + quoted + " ] && echo writable || :")
                .strip();
        if (found.equals("missing")) {
            return "is not there";
        }
        if (!found.startsWith(user + "\n") || !found.endsWith("writable")) {
            return "belongs to " + found.lines().findFirst().orElse("?") + ", and " + user + " has to own it";
        }
        return "";
    }

    /** The line of the procedure; {@code USER:} is the user with the group of its login, whatever that is called. */
    String remedy() {
        String quoted = ShellWords.quote(path);
        String command = "mkdir -p " + quoted + "; chown " + user + ": " + quoted;
        return "cchq " + environment + " run-shell-command django_manage " + ShellWords.quote(command) + " -b";
    }
}
