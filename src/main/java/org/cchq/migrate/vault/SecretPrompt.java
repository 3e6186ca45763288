package org.cchq.migrate.vault;

import java.util.Optional;
import org.cchq.migrate.base.Secret;

/** Asks a person for a secret, without echo. */
@FunctionalInterface
public interface SecretPrompt {
    /** For a run without a terminal: nobody answers. */
    SecretPrompt NONE = question -> Optional.empty();

    /** What was typed; empty if there is no terminal or the person gave up. */
    Optional<Secret> ask(String question);
}
