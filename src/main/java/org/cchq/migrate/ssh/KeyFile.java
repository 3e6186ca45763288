package org.cchq.migrate.ssh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.userauth.keyprovider.KeyProvider;
import net.schmizz.sshj.userauth.password.PasswordUtils;
import org.cchq.migrate.base.Secret;

/** A private key file, open or locked by a passphrase. */
record KeyFile(Path path, Optional<KeyProvider> key) {
    private static final int ATTEMPTS = 3;

    /** Reads it; empty if it is not there. A file that cannot be read without a passphrase has no key yet. */
    static Optional<KeyFile> of(Path path, SSHClient client) {
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        try {
            KeyProvider key = client.loadKeys(path.toString());
            key.getPrivate();
            return Optional.of(new KeyFile(path, Optional.of(key)));
        } catch (IOException e) {
            return Optional.of(new KeyFile(path, Optional.empty()));
        }
    }

    /** The key, with a passphrase that is asked for; empty if nobody gives the right one. */
    Optional<KeyProvider> unlocked(SSHClient client, Passphrases passphrases) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Optional<Secret> passphrase = passphrases.of(path, attempt);
            if (passphrase.isEmpty() || passphrase.get().isEmpty()) {
                return Optional.empty();
            }
            try {
                KeyProvider key = client.loadKeys(
                        path.toString(),
                        PasswordUtils.createOneOff(passphrase.get().reveal().toCharArray()));
                key.getPrivate();
                return Optional.of(key);
            } catch (IOException e) {
                // A wrong passphrase, in most cases: it is asked for again.
            }
        }
        return Optional.empty();
    }

    /** The public key that lies beside a private key file, or is that file; empty if there is none. */
    static Optional<byte[]> publicKey(Path path) {
        Path file = path.toString().endsWith(".pub") ? path : Path.of(path + ".pub");
        try {
            String[] words = Files.readString(file).strip().split("\\s+", 3);
            return words.length < 2
                    ? Optional.empty()
                    : Optional.of(Base64.getDecoder().decode(words[1]));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
