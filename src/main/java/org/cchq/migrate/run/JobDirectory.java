package org.cchq.migrate.run;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
    /** How long an agent may take to read its settings and to reach both ends. */
    private static final int START_SECONDS = 300;

    private final HostBase base;
    private final String id;

    public JobDirectory(HostBase base, String id) {
        this.base = base;
        this.id = id;
    }

    /** Absolute path on the host. */
    public String path() {
        return base.jobs() + "/" + id;
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
                        startScript(job, start),
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

    /**
     * The settings go from this shell's stdin to the agent's as descriptor 3, past everything else. The inner shell
     * keeps the exit status: it is a process of its own session, so that neither the end of the connection nor a
     * hang-up reaches it or the agent. The outer one stays until the agent has read its settings, because they come
     * through its connection.
     */
    private String startScript(Job job, AgentStart start) {
        List<String> words = new ArrayList<>();
        words.add(start.agent().java());
        words.addAll(start.javaOptions());
        words.add("-jar");
        words.add(start.agent().jar());
        words.addAll(start.arguments());
        words.addAll(List.of("--settings", "-"));
        words.addAll(List.of("--events", path() + "/events.jsonl"));
        words.addAll(List.of("--control", path() + "/control"));
        words.addAll(List.of("--run-by", job.by()));
        String inner = ShellWords.join(words) + " <&3 3<&- >output.txt 2>agent.log & p=$!\n"
                + "exec 3<&-\n"
                + "echo $p > pid.tmp && mv pid.tmp pid\n"
                + "wait $p; echo $? > exit.tmp; mv exit.tmp exit\n";
        return "umask 077\n"
                + "mkdir " + quotedPath() + " && cd " + quotedPath() + " || exit 1\n"
                + "printf '%s\\n' " + ShellWords.quote(job.toJson()) + " > job.json || exit 1\n"
                + ": > events.jsonl; : > output.txt; : > agent.log; : > control\n"
                + "exec 3<&0\n"
                + "setsid sh -c " + ShellWords.quote(inner) + " </dev/null >/dev/null 2>&1 &\n"
                + "exec 3<&- </dev/null\n"
                + "i=0\n"
                + "while [ ! -e exit ] && ! grep -q '^{\"event\":\"started\"' events.jsonl; do\n"
                + "  sleep 0.1; i=$((i+1)); [ $i -lt " + (START_SECONDS * 10) + " ] || break\n"
                + "done\n";
    }
}
