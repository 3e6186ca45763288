package org.cchq.migrate.push;

import java.util.Optional;

/**
 * Which Java runs the agent, as {@code cchq_migrate_java} in public.yml says: absent, any Java 17 or newer of the host,
 * and a pushed one where there is none; {@code push}, always a pushed one; otherwise the path of a java program of the
 * hosts.
 */
public record JavaChoice(boolean lookOnHost, Optional<String> path) {
    /** A Java of the host if it has one, otherwise a pushed one. */
    public static final JavaChoice ANY = new JavaChoice(true, Optional.empty());

    /** Always a pushed one. */
    public static final JavaChoice PUSHED = new JavaChoice(false, Optional.empty());

    /** The value as the environment has it. */
    public static JavaChoice of(Optional<String> configured) {
        if (configured.isEmpty()) {
            return ANY;
        }
        return configured.get().equals("push") ? PUSHED : new JavaChoice(true, configured);
    }
}
