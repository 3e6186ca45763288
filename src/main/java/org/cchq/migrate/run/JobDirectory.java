package org.cchq.migrate.run;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.push.HostBase;
import org.cchq.migrate.ssh.CommandOutput;
import org.cchq.migrate.ssh.ShellWords;

/**
 * A job's directory on the host, 0700, the service user's: {@code job.json}, {@code pid}, {@code output.txt} (the agent's
 * stdout), {@code agent.log} (its stderr), {@code events.jsonl}, {@code control} (requests to it), {@code exit} (its
 * exit status, there once it ended).
 */
public final class JobDirectory {
    private final HostBase base;
    private final String parent;
    private final String id;

    public JobDirectory(HostBase base, String id) {
        this(base, base.jobs(), id);
    }

    JobDirectory(HostBase base, String parent, String id) {
        this.base = base;
        this.parent = parent;
        this.id = id;
    }

    /** Absolute path on the host. */
    public String path() {
        return parent + "/" + id;
    }

    String quotedPath() {
        return ShellWords.quote(path());
    }

    /**
     * Starts the agent, detached from this connection, and returns when it has begun its work or has ended. Its exit
     * status and its output are in the directory in either case.
     */
    public void start(Job job, AgentStart start) throws EndpointException, InterruptedException {
        CommandOutput output = base.shell()
                .run(
                        new StartScript(path(), job, start).text(),
                        new ByteArrayInputStream(start.settings().reveal().getBytes(StandardCharsets.UTF_8)));
        if (!output.ok()) {
            throw base.shell().refused("start the agent in " + path(), output.complaint());
        }
    }

    /** Asks the running agent to stop. */
    public void cancel(String who) throws EndpointException, InterruptedException {
        String line = "cancel " + who.replaceAll("[\\r\\n]", " ");
        base.shell()
                .require(
                        "ask the agent to stop",
                        "umask 077; printf '%s\\n' " + ShellWords.quote(line) + " >> " + quotedPath() + "/control");
    }

    /** The last lines of the agent's stderr. */
    public String stderr() throws EndpointException, InterruptedException {
        return base.shell().require("read " + path() + "/agent.log", "tail -n 20 " + quotedPath() + "/agent.log");
    }
}
