package org.cchq.migrate.push;

import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.ssh.RemoteShell;
import org.cchq.migrate.ssh.ShellWords;

/**
 * This tool's directory on a host, the service user's own: {@code agent/SHA256.jar}, {@code runtime/SHA256/},
 * {@code jobs/}. Old versions stay until someone deletes them. Looking changes nothing.
 */
public final class HostBase {
    private static final String DEFAULT = ".cchq-migrate";

    private final RemoteShell shell;
    private final String directory;

    private HostBase(RemoteShell shell, String directory) {
        this.shell = shell;
        this.directory = directory;
    }

    /**
     * @param shell as the service user
     * @param configured an absolute path; empty for {@code .cchq-migrate} in the service user's home
     */
    public static HostBase of(RemoteShell shell, Optional<String> configured)
            throws EndpointException, InterruptedException {
        if (configured.isPresent()) {
            return new HostBase(shell, configured.get());
        }
        String home = shell.require("find the home of " + shell.user(), "printf %s \"$HOME\"");
        return new HostBase(shell, (home.isEmpty() ? "" : home) + "/" + DEFAULT);
    }

    /** The same directory, over a new connection. */
    public HostBase over(RemoteShell other) {
        return new HostBase(other, directory);
    }

    public RemoteShell shell() {
        return shell;
    }

    /** Absolute path on the host. */
    public String directory() {
        return directory;
    }

    public String jobs() {
        return directory + "/jobs";
    }

    String agent(Artifact jar) {
        return directory + "/agent/" + jar.sha256() + ".jar";
    }

    String runtime(Artifact image) {
        return directory + "/runtime/" + image.sha256();
    }

    /** Makes the directories, closed to everyone else. */
    public void make() throws EndpointException, InterruptedException {
        String base = ShellWords.quote(directory);
        String script = "umask 077; mkdir -p " + base + "/agent " + base + "/runtime " + base + "/jobs";
        var output = shell.run(script);
        if (!output.ok()) {
            throw shell.refused(
                    "make " + directory,
                    output.complaint() + "; name a directory that " + shell.user()
                            + " can write to with cchq_migrate_home in public.yml or as a host variable");
        }
    }

    boolean has(String path) throws EndpointException, InterruptedException {
        return shell.run("[ -e " + ShellWords.quote(path) + " ]").ok();
    }

    /** True if this agent is on the host already. */
    public boolean hasAgent(Artifact jar) throws EndpointException, InterruptedException {
        return has(agent(jar));
    }

    /** {@code uname -sm} of the host: "Linux x86_64". */
    String platform() throws EndpointException, InterruptedException {
        return shell.require("ask for the platform", "uname -sm").strip();
    }

    /** Java 17 or newer on the host: on the PATH, or among those that the distribution's packages install. */
    Optional<RemoteJava> findJava() throws EndpointException, InterruptedException {
        String script = "for j in \"$(command -v java)\" /usr/lib/jvm/*/bin/java; do [ -x \"$j\" ] || continue; "
                + "v=$(\"$j\" -XshowSettings:properties -version 2>&1 "
                + "| sed -n 's/^ *java.specification.version = //p'); "
                + "[ \"${v#1.}\" -ge " + RemoteJava.OLDEST + " ] 2>/dev/null || continue; "
                + "printf '%s\\t%s\\n' \"$v\" \"$j\"; break; done";
        return RemoteJava.parse(shell.run(script).stdout().strip()).filter(RemoteJava::usable);
    }

    /** Starts a Java that the environment names, to see whether it can be used. */
    RemoteJava tryJava(String path) throws EndpointException, InterruptedException {
        String quoted = ShellWords.quote(path);
        var output = shell.run(quoted + " -XshowSettings:properties -version 2>&1 && echo");
        Optional<String> version = output.stdout()
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("java.specification.version = "))
                .map(line -> line.substring(line.indexOf('=') + 1).strip())
                .findFirst();
        Optional<RemoteJava> java =
                output.ok() ? version.flatMap(found -> RemoteJava.parse(found + "\t" + path)) : Optional.empty();
        if (java.isEmpty()) {
            throw shell.refused("start " + path + " (cchq_migrate_java)", output.complaint());
        }
        if (!java.get().usable()) {
            throw shell.refused(
                    "use " + path + " (cchq_migrate_java)",
                    "it is Java " + java.get().version() + ", and the agent needs 17 or newer");
        }
        return java.get();
    }
}
