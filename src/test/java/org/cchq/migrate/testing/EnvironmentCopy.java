package org.cchq.migrate.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.vault.SecretPrompt;
import org.cchq.migrate.vault.VaultPassword;

/** A copy of an environment's directory, which a test then bends. */
public record EnvironmentCopy(Path directory) {
    private static final Pattern PRIVATE = Pattern.compile("localsettings_private\\.(\\w+)");

    /** Copies {@code from}, all files of it. */
    public static EnvironmentCopy of(Path from, Path root, String name) throws IOException {
        Path copy = Files.createDirectories(root.resolve(name));
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.write(copy.resolve(file.getFileName()), Files.readAllBytes(file));
            }
        }
        return new EnvironmentCopy(copy);
    }

    public EnvironmentCopy write(String file, String text) throws IOException {
        Files.writeString(directory.resolve(file), text);
        return this;
    }

    public EnvironmentCopy append(String file, String text) throws IOException {
        return write(file, read(file) + text);
    }

    /** Replaces what must be there. */
    public EnvironmentCopy replace(String file, String old, String now) throws IOException {
        String text = read(file);
        if (!text.contains(old)) {
            throw new AssertionError(file + " of " + directory + " has no: " + old);
        }
        return write(file, text.replace(old, now));
    }

    /** A vault.yml in plain text with every secret that public.yml names; each one's value is its own name. */
    public EnvironmentCopy inventVault(String secrets) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        Matcher matcher = PRIVATE.matcher(read("public.yml"));
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        StringBuilder vault = new StringBuilder(secrets).append("localsettings_private:\n");
        names.forEach(name -> vault.append("  ")
                .append(name)
                .append(": private.")
                .append(name)
                .append('\n'));
        return write("vault.yml", vault.toString());
    }

    public String read(String file) throws IOException {
        return Files.readString(directory.resolve(file));
    }

    /** Reads it as the controller does; its vault must be plain. */
    public Environment load() throws UserException {
        return Environment.load(
                directory.getParent(),
                directory.getFileName().toString(),
                new VaultPassword(Map.of(), SecretPrompt.NONE));
    }
}
