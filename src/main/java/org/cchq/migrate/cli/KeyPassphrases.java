package org.cchq.migrate.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.ssh.Passphrases;
import org.cchq.migrate.vault.SecretPrompt;

/** Asks for each locked key once in a run, however many hosts it is for. */
final class KeyPassphrases implements Passphrases {
    private record Known(int attempt, Optional<Secret> passphrase) {}

    private final SecretPrompt prompt;
    private final Map<Path, Known> known = new HashMap<>();

    KeyPassphrases(SecretPrompt prompt) {
        this.prompt = prompt;
    }

    @Override
    public synchronized Optional<Secret> of(Path key, int attempt) {
        Known before = known.get(key);
        if (before != null && attempt <= before.attempt()) {
            return before.passphrase();
        }
        String again = attempt == 1 ? "" : "incorrect passphrase\n";
        Known asked = new Known(attempt, prompt.ask(again + "Enter passphrase for key '" + key + "': "));
        known.put(key, asked);
        return asked.passphrase();
    }
}
