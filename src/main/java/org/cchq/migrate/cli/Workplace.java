package org.cchq.migrate.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.push.Artifact;

/**
 * The operator's machine.
 *
 * @param variables environment variables; {@code CCHQ_MIGRATE_AGENT_JAR} names the agent's jar, the launcher sets it
 * @param directory of the checkout: holds environments/ unless COMMCARE_CLOUD_ENVIRONMENTS names another directory
 * @param input what is piped into this program; empty if a person types
 */
record Workplace(Map<String, String> variables, Path directory, InputStream input) {
    static final String AGENT_JAR = "CCHQ_MIGRATE_AGENT_JAR";

    Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
    }

    Path home() {
        return Path.of(variable("HOME").orElse(System.getProperty("user.home")));
    }

    Path cacheDirectory() {
        return variable("XDG_CACHE_HOME")
                .map(Path::of)
                .orElse(home().resolve(".cache"))
                .resolve("cchq-migrate");
    }

    Path stateDirectory(String environment) {
        return variable("XDG_STATE_HOME")
                .map(Path::of)
                .orElse(home().resolve(".local/state"))
                .resolve("cchq-migrate")
                .resolve(environment);
    }

    /** The machine's name. */
    String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /** This program's version; {@code development} outside a jar. */
    static String version() {
        return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    /** The agent's jar, of the same version as this program. */
    Artifact agentJar() throws UserException {
        Path jar = Path.of(variable(AGENT_JAR)
                .orElseThrow(() -> new UserException(
                        "the agent's jar is not known: start this program with bin/cchq-migrate, or set "
                                + AGENT_JAR)));
        if (!Files.isRegularFile(jar)) {
            throw new UserException(jar + ": the agent's jar is not there; build it with bin/build");
        }
        try (JarFile file = new JarFile(jar.toFile())) {
            Attributes attributes = file.getManifest() == null
                    ? new Attributes()
                    : file.getManifest().getMainAttributes();
            String version = String.valueOf(attributes.getValue("Implementation-Version"));
            if (!version().equals("development") && !version.equals(version())) {
                throw new UserException(jar + ": the agent is of version " + version + ", this controller of "
                        + version() + "; build both with bin/build");
            }
        } catch (IOException e) {
            throw new UserException(jar + ": is not a jar: " + e.getMessage(), e);
        }
        return Artifact.of(jar);
    }
}
