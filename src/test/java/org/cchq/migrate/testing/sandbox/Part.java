package org.cchq.migrate.testing.sandbox;

/**
 * One running part of the sandbox, for {@code bin/sandbox status}.
 *
 * @param name what it stands for
 * @param address {@code host:port} where it answers, or what is missing
 * @param pid its process; 0 for a part that was left out
 */
public record Part(String name, String address, long pid) {
    /** One line of at most 80 columns. */
    public String line() {
        return "%-22s %-22s %s".formatted(name, address, pid == 0 ? "-" : "pid " + pid);
    }
}
