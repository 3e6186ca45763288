package org.cchq.migrate.ssh;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import net.schmizz.sshj.common.Buffer;
import net.schmizz.sshj.common.KeyType;
import net.schmizz.sshj.transport.verification.HostKeyVerifier;
import net.schmizz.sshj.transport.verification.OpenSSHKnownHosts;

/**
 * Decides whether a host is the one it should be, by a known_hosts file (plain or hashed; also the old form of
 * commcare-cloud's files, in which a line holds several pairs of type and key). Used for one connection.
 */
final class HostKeys implements HostKeyVerifier {
    private final SshTarget target;
    private final SshSettings settings;
    private final OpenSSHKnownHosts known;
    private Optional<String> refusal = Optional.empty();

    HostKeys(SshTarget target, SshSettings settings) throws IOException {
        this.target = target;
        this.settings = settings;
        this.known = new OpenSSHKnownHosts(new StringReader(onePairALine(settings.knownHosts())));
    }

    /** Why the host was refused; empty if it was not. */
    Optional<String> refusal() {
        return refusal;
    }

    @Override
    public boolean verify(String hostname, int port, PublicKey key) {
        if (known.verify(hostname, port, key)) {
            return true;
        }
        KeyType type = KeyType.fromKey(key);
        String fingerprint = fingerprint(key);
        if (namesTheHost(hostname, port, type)) {
            refusal = Optional.of("its " + type + " host key has changed: it is now " + fingerprint
                    + ", and another one stands in " + settings.knownHosts()
                    + ". Either the host was rebuilt, or another machine answers in its place."
                    + " If you know that it was rebuilt, replace the line of " + target.knownHostsName()
                    + " in that file");
            return false;
        }
        if (!settings.strict()) {
            settings.warnings()
                    .accept("the host key of " + target.name() + " (" + type + " " + fingerprint + ") is not in "
                            + settings.knownHosts()
                            + "; accepted, because the environment turns strict host key checking off");
            return true;
        }
        refusal = Optional.of("its " + type + " host key " + fingerprint + " is not known. If it is the right one"
                + " (ask the host itself: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), add this line to "
                + settings.knownHosts() + ": " + target.knownHostsName() + " " + type + " " + encoded(key));
        return false;
    }

    @Override
    public List<String> findExistingAlgorithms(String hostname, int port) {
        return known.findExistingAlgorithms(hostname, port);
    }

    private boolean namesTheHost(String hostname, int port, KeyType type) {
        String name = port == 22 ? hostname : "[" + hostname + "]:" + port;
        for (OpenSSHKnownHosts.KnownHostEntry entry : known.entries()) {
            try {
                if (entry.appliesTo(type, name)) {
                    return true;
                }
            } catch (IOException e) {
                throw new IllegalStateException("cannot compare with a line of " + settings.knownHosts(), e);
            }
        }
        return false;
    }

    /** As ssh-keygen -l prints it: {@code SHA256:} and unpadded base64. */
    static String fingerprint(PublicKey key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(blob(key));
            return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(PublicKey key) {
        return Base64.getEncoder().encodeToString(blob(key));
    }

    private static byte[] blob(PublicKey key) {
        return new Buffer.PlainBuffer().putPublicKey(key).getCompactData();
    }

    private static String onePairALine(Path file) throws IOException {
        if (!Files.exists(file)) {
            return "";
        }
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            String[] words = line.strip().split("\\s+", -1);
            if (line.startsWith("#") || line.startsWith("@") || words.length < 5 || !isKeyType(words[3])) {
                lines.add(line);
                continue;
            }
            for (int i = 1; i + 1 < words.length && isKeyType(words[i]); i += 2) {
                lines.add(words[0] + " " + words[i] + " " + words[i + 1]);
            }
        }
        return String.join("\n", lines) + "\n";
    }

    private static boolean isKeyType(String word) {
        return word.startsWith("ssh-") || word.startsWith("ecdsa-sha2-");
    }
}
