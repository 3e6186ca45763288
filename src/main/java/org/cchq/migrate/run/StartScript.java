package org.cchq.migrate.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.push.InstalledAgent;
import org.cchq.migrate.ssh.ShellWords;

/**
 * The shell script that starts an agent on a host, detached. The settings go from this shell's stdin to the agent's as
 * descriptor 3, past everything else. The inner shell keeps the exit status: it is a process of its own session, so that
 * neither the end of the connection nor a hang-up reaches it or the agent. The outer one stays until the agent has read
 * its settings, because they come through its connection.
 *
 * <p>A Java starts in half the time with an archive of the classes that it will need (class data sharing, JEP 310). The
 * first agent that ends well leaves the names of its classes behind, and the inner shell has an archive made of them
 * then: next to the jar, for this jar and this Java. Java leaves an archive that does not fit aside, and a failure to make
 * one changes nothing.
 */
final class StartScript {
    /** How long an agent may take to read its settings and to reach both ends. */
    private static final int START_SECONDS = 300;

    /** What is wrong with the Java itself belongs to the agent's stderr; its stdout is what HQ's command would print. */
    static final List<String> JAVA_LOG = List.of("-Xlog:disable", "-Xlog:all=warning:stderr");

    private final String directory;
    private final Job job;
    private final AgentStart start;

    /** @param directory of the job, absolute, not there yet */
    StartScript(String directory, Job job, AgentStart start) {
        this.directory = directory;
        this.job = job;
        this.start = start;
    }

    String text() {
        return "umask 077\n"
                + "mkdir " + ShellWords.quote(directory) + " && cd " + ShellWords.quote(directory) + " || exit 1\n"
                + "printf '%s\\n' " + ShellWords.quote(job.toJson()) + " > job.json || exit 1\n"
                + ": > events.jsonl; : > output.txt; : > agent.log; : > control\n"
                + "exec 3<&0\n"
                + "setsid sh -c " + ShellWords.quote(inner()) + " </dev/null >/dev/null 2>&1 &\n"
                + "exec 3<&- </dev/null\n"
                + "i=0\n"
                + "while [ ! -e exit ] && ! grep -q '^{\"event\":\"started\"' events.jsonl; do\n"
                + "  sleep 0.1; i=$((i+1)); [ $i -lt " + (START_SECONDS * 10) + " ] || break\n"
                + "done\n";
    }

    private String inner() {
        InstalledAgent agent = start.agent();
        List<String> options = new ArrayList<>(start.javaOptions());
        options.addAll(JAVA_LOG);
        List<String> arguments = new ArrayList<>(List.of("-jar", agent.jar()));
        arguments.addAll(start.arguments());
        arguments.addAll(List.of("--settings", "-"));
        arguments.addAll(List.of("--events", directory + "/events.jsonl"));
        arguments.addAll(List.of("--control", directory + "/control"));
        arguments.addAll(List.of("--run-by", job.by()));
        String java = ShellWords.quote(agent.java()) + " " + ShellWords.join(options);
        return archiveName(agent)
                + "if [ -e \"$a\" ]; then o=\"-XX:SharedArchiveFile=$a\"; else o=-XX:DumpLoadedClassList=classes; fi\n"
                + java + " \"$o\" " + ShellWords.join(arguments) + " <&3 3<&- >output.txt 2>agent.log & p=$!\n"
                + "exec 3<&-\n"
                + "echo $p > pid.tmp && mv pid.tmp pid\n"
                + "wait $p; s=$?; echo $s > exit.tmp; mv exit.tmp exit\n"
                + "if [ -s classes ] && { [ $s = 0 ] || [ $s = " + ExitCode.INCOMPLETE.code() + " ]; }; then\n"
                + "  nice -n 19 " + java + " -Xshare:dump -XX:SharedClassListFile=classes"
                + " \"-XX:SharedArchiveFile=$a.$p\" -cp " + ShellWords.quote(agent.jar())
                + " </dev/null >/dev/null 2>&1 && mv \"$a.$p\" \"$a\"\n"
                + "  rm -f \"$a.$p\"\n"
                + "fi\n"
                + "rm -f classes\n";
    }

    /** Sets {@code $a}. An upgrade of the host's Java changes the date of its classes, and so the name. */
    static String archiveName(InstalledAgent agent) {
        String base = agent.jar().toLowerCase(Locale.ROOT).endsWith(".jar")
                ? agent.jar().substring(0, agent.jar().length() - ".jar".length())
                : agent.jar();
        return "j=$(readlink -f " + ShellWords.quote(agent.java()) + ")\n"
                + "k=$(printf %s \"$j\" \"$(stat -Lc %Y-%s \"${j%/bin/java}/lib/modules\")\" | cksum | cut -d' ' -f1)\n"
                + "a=" + ShellWords.quote(base) + "-$k.jsa\n";
    }
}
