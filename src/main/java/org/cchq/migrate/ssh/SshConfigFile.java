package org.cchq.migrate.ssh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The simple part of ~/.ssh/config: {@code User}, {@code IdentityFile}, {@code IdentitiesOnly} and {@code IdentityAgent} of the {@code Host} blocks that match, first
 * value wins as in ssh(1). {@code Match}, {@code Include} and {@code ProxyJump} are not followed.
 */
public final class SshConfigFile {
    private final Path home;
    private final List<String> lines;

    private SshConfigFile(Path home, List<String> lines) {
        this.home = home;
        this.lines = lines;
    }

    /** Reads {@code home/.ssh/config}; empty if there is none or it cannot be read. */
    public static SshConfigFile of(Path home) {
        Path file = home.resolve(".ssh/config");
        try {
            return new SshConfigFile(home, Files.isReadable(file) ? Files.readAllLines(file) : List.of());
        } catch (IOException e) {
            return new SshConfigFile(home, List.of());
        }
    }

    public Optional<String> user(String host) {
        return values(host, "user").stream().findFirst();
    }

    /** The identity files that the config names for the host, then, unless only those may be used, the usual ones of ~/.ssh. */
    public List<Path> keys(String host) {
        List<Path> keys = new ArrayList<>();
        for (String value : values(host, "identityfile")) {
            keys.add(path(value, host));
        }
        if (keys.isEmpty() || !identitiesOnly(host)) {
            for (String usual : List.of("id_ed25519", "id_ecdsa", "id_rsa")) {
                keys.add(home.resolve(".ssh").resolve(usual));
            }
        }
        return keys.stream().distinct().toList();
    }

    /** {@code IdentitiesOnly yes}: only the configured keys, also of those that an agent holds. */
    public boolean identitiesOnly(String host) {
        return values(host, "identitiesonly").stream()
                .findFirst()
                .filter(value -> value.equalsIgnoreCase("yes"))
                .isPresent();
    }

    /**
     * The socket of the SSH agent: {@code IdentityAgent} ({@code none}, {@code SSH_AUTH_SOCK}, {@code $NAME} or a path), else
     * the one that {@code SSH_AUTH_SOCK} names.
     *
     * @param variables the process's environment variables
     */
    public Optional<Path> agent(String host, Map<String, String> variables) {
        String value = values(host, "identityagent").stream().findFirst().orElse("SSH_AUTH_SOCK");
        if (value.equals("none")) {
            return Optional.empty();
        }
        if (value.equals("SSH_AUTH_SOCK") || value.startsWith("$")) {
            String name = value.replaceAll("[${}]", "");
            return Optional.ofNullable(variables.get(name))
                    .filter(socket -> !socket.isBlank())
                    .map(Path::of);
        }
        return Optional.of(path(value, host));
    }

    private Path path(String value, String host) {
        String path = value.replace("%d", home.toString()).replace("%h", host).replace("%%", "%");
        return path.startsWith("~/") ? home.resolve(path.substring(2)) : home.resolve(path);
    }

    private List<String> values(String host, String key) {
        List<String> values = new ArrayList<>();
        boolean applies = true;
        for (String line : lines) {
            String[] words = line.strip().replaceFirst("\\s*=\\s*", " ").split("\\s+", 2);
            if (words.length < 2 || words[0].startsWith("#")) {
                continue;
            }
            String word = words[0].toLowerCase(Locale.ROOT);
            if (word.equals("host")) {
                applies = matches(words[1], host);
            } else if (word.equals("match")) {
                applies = false;
            } else if (applies && word.equals(key)) {
                values.add(words[1].replaceAll("^\"|\"$", ""));
            }
        }
        return values;
    }

    private static boolean matches(String patterns, String host) {
        boolean matched = false;
        for (String pattern : patterns.split("\\s+", -1)) {
            boolean negated = pattern.startsWith("!");
            String glob = negated ? pattern.substring(1) : pattern;
            String regex = "\\Q" + glob.replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q") + "\\E";
            if (host.matches(regex)) {
                if (negated) {
                    return false;
                }
                matched = true;
            }
        }
        return matched;
    }
}
