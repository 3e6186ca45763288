package org.cchq.migrate.ssh;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.common.DisconnectReason;
import net.schmizz.sshj.transport.TransportException;
import net.schmizz.sshj.userauth.UserAuthException;
import net.schmizz.sshj.userauth.keyprovider.KeyProvider;
import net.schmizz.sshj.userauth.method.AuthMethod;
import net.schmizz.sshj.userauth.method.AuthPublickey;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;

/**
 * Logs in with a public key, tried in the order of ssh(1): the configured keys, from the SSH agent where it holds them; the
 * agent's other keys, unless only the configured ones may be used; and last the configured keys that are locked by a
 * passphrase, which is asked for only then.
 */
final class Login {
    private final SSHClient client;
    private final SshTarget target;
    private final SshSettings settings;
    private final List<String> unusable = new ArrayList<>();
    private int offered;

    Login(SSHClient client, SshTarget target, SshSettings settings) {
        this.client = client;
        this.target = target;
        this.settings = settings;
    }

    void run() throws IOException, EndpointException {
        List<AuthMethod> first = new ArrayList<>();
        List<KeyFile> locked = new ArrayList<>();
        Optional<SshAgent> agent = agent();
        try {
            List<SshAgent.Identity> held = held(agent);
            for (Path path : settings.keys()) {
                Optional<SshAgent.Identity> inAgent = take(held, path);
                if (inAgent.isPresent()) {
                    first.add(new AgentAuth(agent.orElseThrow(), inAgent.get()));
                    continue;
                }
                Optional<KeyFile> file = KeyFile.of(path, client);
                file.flatMap(KeyFile::key).ifPresent(key -> first.add(new AuthPublickey(key)));
                file.filter(it -> it.key().isEmpty()).ifPresent(locked::add);
            }
            if (!settings.identitiesOnly()) {
                held.forEach(key -> first.add(new AgentAuth(agent.orElseThrow(), key)));
            }
            if (accepted(first) || unlockedAccepted(locked)) {
                return;
            }
        } finally {
            if (agent.isPresent()) {
                agent.get().close();
            }
        }
        throw refused();
    }

    private Optional<SshAgent> agent() {
        if (settings.agent().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(SshAgent.connect(settings.agent().get()));
        } catch (IOException | UnsupportedOperationException e) {
            unusable.add("the SSH agent at " + settings.agent().get() + " (it does not answer)");
            return Optional.empty();
        }
    }

    private List<SshAgent.Identity> held(Optional<SshAgent> agent) {
        try {
            return agent.isEmpty()
                    ? new ArrayList<>()
                    : new ArrayList<>(agent.get().identities());
        } catch (IOException e) {
            unusable.add("the SSH agent (" + e.getMessage() + ")");
            return new ArrayList<>();
        }
    }

    /** The agent's key that belongs to a key file; it is not offered twice. */
    private static Optional<SshAgent.Identity> take(List<SshAgent.Identity> held, Path file) {
        Optional<byte[]> blob = KeyFile.publicKey(file);
        if (blob.isEmpty()) {
            return Optional.empty();
        }
        Optional<SshAgent.Identity> found = held.stream()
                .filter(key -> Arrays.equals(key.blob(), blob.get()))
                .findFirst();
        found.ifPresent(held::remove);
        return found;
    }

    /** One key at a time: a server that has had enough says so and closes the connection. */
    private boolean accepted(List<AuthMethod> methods) throws IOException, EndpointException {
        for (AuthMethod method : methods) {
            offered++;
            try {
                client.auth(target.user(), method);
                return true;
            } catch (UserAuthException | TransportException e) {
                if (saysGoodbye(e)) {
                    throw hadEnough(methods.size(), e);
                }
                if (e instanceof TransportException) {
                    throw e;
                }
            }
        }
        return false;
    }

    private static boolean saysGoodbye(IOException why) {
        for (Throwable cause = why; cause != null; cause = cause.getCause()) {
            if (cause instanceof TransportException transport
                    && transport.getDisconnectReason() != DisconnectReason.UNKNOWN) {
                return true;
            }
        }
        return false;
    }

    private EndpointException hadEnough(int keys, IOException why) {
        return new EndpointException(
                target.name(),
                Kind.DENIED,
                "Tried to log in to " + target + " but the server closed the connection after " + offered + " of "
                        + keys
                        + " keys. Name the right one with IdentityFile, and IdentitiesOnly yes, in ~/.ssh/config, or with"
                        + " ansible_ssh_private_key_file",
                why);
    }

    private boolean unlockedAccepted(List<KeyFile> locked) throws IOException, EndpointException {
        for (KeyFile file : locked) {
            Optional<KeyProvider> key = file.unlocked(client, settings.passphrases());
            if (key.isEmpty()) {
                unusable.add(file.path() + " (it needs a passphrase or is not a private key; an SSH agent can hold it:"
                        + " ssh-add " + file.path() + ")");
            } else if (accepted(List.of(new AuthPublickey(key.get())))) {
                return true;
            }
        }
        return false;
    }

    private EndpointException refused() {
        String agent = settings.agent()
                .map(path -> " and from the SSH agent at " + path)
                .orElse("");
        return new EndpointException(
                target.name(),
                Kind.DENIED,
                "Tried to log in to " + target + " but "
                        + (offered == 0 ? "there is no private key to offer" : "none of the keys is accepted")
                        + ". Keys are taken from " + settings.keys() + agent
                        + (unusable.isEmpty() ? "" : ". Not usable: " + String.join(", ", unusable))
                        + ". Name a key file with IdentityFile in ~/.ssh/config or with ansible_ssh_private_key_file, or"
                        + " start an SSH agent, so that SSH_AUTH_SOCK is set");
    }
}
