package org.cchq.migrate.run;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.push.HostBase;
import org.cchq.migrate.push.InstalledAgent;
import org.cchq.migrate.ssh.ShellWords;

/**
 * The command {@code cchq-agent} of a host, {@code bin/cchq-agent} of its {@link HostBase}: a bash script that runs the agent
 * in the foreground of a terminal there, with the settings that HQ's own Python tells. Sourced, it makes
 * {@code ./manage.py} of that one shell the agent, for the commands that the agent has. Nothing of HQ is changed.
 */
public final class TerminalCommand {
    private static final String SCRIPT = "cchq-agent.sh";

    /**
     * A management command that it runs.
     *
     * @param migration as {@code job.json} has it
     * @param phase likewise
     * @param words what tells it: the command's name, then words of its command line
     */
    public record Served(String migration, String phase, List<String> words) {
        public Served {
            words = List.copyOf(words);
        }
    }

    private final HostBase base;
    private final String text;

    /**
     * @param code the directory of HQ's manage.py, where the working directory is none
     * @param version of the controller and the agent
     */
    public TerminalCommand(HostBase base, InstalledAgent agent, String code, String version, List<Served> served) {
        this.base = base;
        this.text = text(base, agent, code, version, served);
    }

    private static String text(HostBase base, InstalledAgent agent, String code, String version, List<Served> served) {
        List<String> options = new ArrayList<>(AgentStart.JAVA_OPTIONS);
        options.addAll(StartScript.JAVA_LOG);
        List<String> lines = served.stream()
                .sorted((one, other) -> other.words().size() - one.words().size())
                .map(one -> one.migration() + " " + one.phase() + " " + String.join(" ", one.words()))
                .toList();
        return "#!/bin/bash\n"
                + "version=" + ShellWords.quote(version) + "\n"
                + "java=" + ShellWords.quote(agent.java()) + "\n"
                + "jar=" + ShellWords.quote(agent.jar()) + "\n"
                + "options=(" + ShellWords.join(options) + ")\n"
                + "code=" + ShellWords.quote(code) + "\n"
                + "jobs=" + ShellWords.quote(base.jobs()) + "\n"
                + "served=" + ShellWords.quote(String.join("\n", lines)) + "\n"
                + "archive() {\n" + StartScript.archiveName(agent) + "printf %s \"$a\"\n}\n"
                + script();
    }

    private static String script() {
        try (InputStream in = Objects.requireNonNull(TerminalCommand.class.getResourceAsStream(SCRIPT), SCRIPT)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Absolute path on the host. */
    public String path() {
        return base.directory() + "/bin/cchq-agent";
    }

    /**
     * Puts it in place, unless that very text is there.
     *
     * @return whether it was put there now
     */
    public boolean install() throws EndpointException, InterruptedException {
        String directory = ShellWords.quote(base.directory() + "/bin");
        String script = "umask 077; mkdir -p " + directory + " && cd " + directory + " || exit 1\n"
                + "n=.cchq-agent.$$; cat > $n || { rm -f $n; exit 1; }\n"
                + "if cmp -s $n cchq-agent; then rm -f $n; else chmod 0500 $n && mv -f $n cchq-agent && echo new; fi\n";
        return base.shell()
                .require("put " + path(), script, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))
                .strip()
                .equals("new");
    }
}
