package org.cchq.migrate.push;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.ssh.CommandOutput;
import org.cchq.migrate.ssh.RemoteShell;
import org.cchq.migrate.ssh.ShellWords;
import org.jspecify.annotations.Nullable;

/** Sees to it that one host has this agent and a Java for it; what is there already is not sent again. */
public final class AgentPush {
    private final Artifact jar;
    private final Path cache;
    private final JavaChoice java;
    private final AtomicReference<@Nullable InstalledAgent> done = new AtomicReference<>();

    /**
     * @param jar the agent
     * @param cache where runtime images are kept on this machine
     * @param java which Java to use
     */
    public AgentPush(Artifact jar, Path cache, JavaChoice java) {
        this.jar = jar;
        this.cache = cache;
        this.java = java;
    }

    public Artifact jar() {
        return jar;
    }

    /** Says what {@link #to} would do, and changes nothing. */
    public List<String> preview(HostBase base) throws EndpointException, InterruptedException, UserException {
        List<String> steps = new ArrayList<>();
        Optional<RemoteJava> found = hostJava(base);
        if (found.isPresent()) {
            steps.add("use Java " + found.get().version() + " of the host, "
                    + found.get().path());
        } else {
            Optional<Artifact> image = RuntimeImage.cached(cache);
            if (image.isPresent() && base.has(base.runtime(image.get()))) {
                steps.add("runtime image: already there");
            } else {
                steps.add("push a runtime image"
                        + image.map(made -> " (" + megabytes(made.bytes()) + ")")
                                .orElse(", made with jlink first"));
            }
        }
        steps.add(base.hasAgent(jar) ? "agent: already there" : "push the agent (" + megabytes(jar.bytes()) + ")");
        return steps;
    }

    /** Pushes what is not there, tries it, and returns what to run. Once that was done, it is not looked at again. */
    public InstalledAgent to(HostBase base) throws EndpointException, InterruptedException, UserException {
        @Nullable InstalledAgent known = done.get();
        if (known == null) {
            known = look(base);
            done.set(new InstalledAgent(known.java(), known.jar(), List.of(), 0));
        }
        return known;
    }

    private InstalledAgent look(HostBase base) throws EndpointException, InterruptedException, UserException {
        base.make();
        List<String> steps = new ArrayList<>();
        long bytes = 0;
        Optional<RemoteJava> found = hostJava(base);
        String program;
        if (found.isPresent()) {
            program = found.get().path();
            steps.add("Java " + found.get().version() + " of the host is used: " + program);
        } else {
            Artifact image = imageFor(base);
            program = base.runtime(image) + "/bin/java";
            if (base.has(program)) {
                steps.add("runtime image: already there");
            } else {
                steps.add(timed("runtime image", image, () -> unpack(base, image)));
                bytes += image.bytes();
            }
        }
        if (base.hasAgent(jar)) {
            steps.add("agent: already there");
        } else {
            steps.add(timed("agent", jar, () -> base.shell().put(jar.file(), jar.sha256(), base.agent(jar), "0400")));
            bytes += jar.bytes();
        }
        return new InstalledAgent(program, base.agent(jar), steps, bytes);
    }

    /** What the host runs the agent with, if all of it is there already; changes nothing. */
    public Optional<InstalledAgent> installed(HostBase base)
            throws EndpointException, InterruptedException, UserException {
        if (!base.hasAgent(jar)) {
            return Optional.empty();
        }
        Optional<String> program = hostJava(base).map(RemoteJava::path);
        Optional<Artifact> image = program.isPresent() ? Optional.empty() : RuntimeImage.cached(cache);
        if (image.isPresent() && base.has(base.runtime(image.get()) + "/bin/java")) {
            program = Optional.of(base.runtime(image.get()) + "/bin/java");
        }
        return program.map(path -> new InstalledAgent(path, base.agent(jar), List.of(), 0));
    }

    private Optional<RemoteJava> hostJava(HostBase base) throws EndpointException, InterruptedException {
        if (java.path().isPresent()) {
            return Optional.of(base.tryJava(java.path().get()));
        }
        return java.lookOnHost() ? base.findJava() : Optional.empty();
    }

    private Artifact imageFor(HostBase base) throws EndpointException, InterruptedException, UserException {
        String platform = base.platform();
        if (!platform.equals(RuntimeImage.platform())) {
            throw base.shell()
                    .refused(
                            "find a Java for the agent",
                            "the host has none of version " + RemoteJava.OLDEST + " or newer, and an image of this"
                                    + " machine's Java (" + RuntimeImage.platform() + ") does not run on " + platform
                                    + ". Install openjdk-17-jre-headless there and name its bin/java with"
                                    + " cchq_migrate_java in public.yml");
        }
        return RuntimeImage.of(cache);
    }

    private static void unpack(HostBase base, Artifact image)
            throws EndpointException, InterruptedException, UserException {
        RemoteShell shell = base.shell();
        String there = base.runtime(image);
        String mark = "." + UUID.randomUUID();
        String archive = there + mark + ".tar.gz";
        String part = there + mark;
        shell.put(image.file(), image.sha256(), archive, "0600");
        try {
            CommandOutput output = shell.run("umask 077; mkdir " + ShellWords.quote(part) + " && tar -xzf "
                    + ShellWords.quote(archive) + " -C " + ShellWords.quote(part));
            if (!output.ok()) {
                throw shell.refused("unpack the runtime image in " + there, output.complaint());
            }
            CommandOutput tried = shell.run(ShellWords.quote(part + "/bin/java") + " -version 2>&1");
            if (!tried.ok()) {
                throw shell.refused("start the runtime image", unusable(tried.stdout()));
            }
            // Another controller may have put the same image there meanwhile; one of the two is as good as the other.
            shell.require(
                    "put the runtime image in place",
                    "mv -T " + ShellWords.quote(part) + " " + ShellWords.quote(there) + " 2>/dev/null || [ -x "
                            + ShellWords.quote(there + "/bin/java") + " ]");
        } finally {
            shell.run("rm -rf " + ShellWords.quote(part) + " " + ShellWords.quote(archive));
        }
    }

    static String unusable(String output) {
        String reason = output.strip().lines().findFirst().orElse("it gave no reason");
        return "it does not run there: " + reason + ". An image of Debian's or Ubuntu's JDK needs glibc 2.34"
                + " (Ubuntu 22.04) and a directory without noexec. Either name a Java 17 or newer of the host with"
                + " cchq_migrate_java in public.yml (commcare-cloud installs one as"
                + " /usr/lib/jvm/java-1.17.0-openjdk-amd64/bin/java where it installs any), or run this controller"
                + " with a Temurin JDK, whose image needs glibc 2.17 only, or name another directory with"
                + " cchq_migrate_home";
    }

    /** A step that may fail as all of them may. */
    private interface Sending {
        void send() throws EndpointException, InterruptedException, UserException;
    }

    private static String timed(String what, Artifact artifact, Sending sending)
            throws EndpointException, InterruptedException, UserException {
        long begin = System.nanoTime();
        sending.send();
        double seconds = (System.nanoTime() - begin) / 1e9;
        return what + ": pushed " + megabytes(artifact.bytes()) + " in "
                + String.format(Locale.ROOT, "%.1f s", seconds);
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
