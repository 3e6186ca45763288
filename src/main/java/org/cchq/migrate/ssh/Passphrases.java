package org.cchq.migrate.ssh;

import java.nio.file.Path;
import java.util.Optional;
import org.cchq.migrate.base.Secret;

/** Knows, or asks a person for, the passphrases of private key files. Threads share it. */
@FunctionalInterface
public interface Passphrases {
    /** For a run without a terminal. */
    Passphrases NONE = (key, attempt) -> Optional.empty();

    /**
     * The passphrase of a key file.
     *
     * @param attempt 1 for the first; more if those before it were wrong
     * @return empty if nobody answers
     */
    Optional<Secret> of(Path key, int attempt);
}
