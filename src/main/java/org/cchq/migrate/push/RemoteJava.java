package org.cchq.migrate.push;

import java.util.Optional;

/**
 * A java program on a host.
 *
 * @param version its feature release: 8, 17, 21
 * @param path absolute path
 */
public record RemoteJava(int version, String path) {
    /** The oldest that runs the agent. */
    static final int OLDEST = 17;

    /** Reads {@code 1.8<TAB>/usr/bin/java}; empty if it says no version. */
    static Optional<RemoteJava> parse(String line) {
        int tab = line.indexOf('\t');
        String version = tab < 0 ? "" : line.substring(0, tab).replaceFirst("^1\\.", "");
        if (!version.matches("[0-9]{1,4}")) {
            return Optional.empty();
        }
        return Optional.of(new RemoteJava(Integer.parseInt(version), line.substring(tab + 1)));
    }

    boolean usable() {
        return version >= OLDEST;
    }
}
