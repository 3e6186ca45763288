package org.cchq.migrate.apply;

import java.time.Instant;

/**
 * A process of a host.
 *
 * @param started by the host's clock; never later than it was, and at most a few hundredths of a second earlier
 * @param command its command line, arguments joined by blanks, at most 300 bytes; may hold a secret
 */
public record HostProcess(long pid, Instant started, String command) {
    /** The program and its first arguments, for a person. */
    public String firstWords() {
        String[] words = command.split(" ", 4);
        return String.join(" ", java.util.Arrays.asList(words).subList(0, Math.min(3, words.length)));
    }
}
