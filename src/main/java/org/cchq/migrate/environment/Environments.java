package org.cchq.migrate.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.inventory.InventoryFiles;
import org.cchq.migrate.vault.VaultPassword;

/** The directory that holds all environments. */
public final class Environments {
    /** The environment variable that names the directory. */
    public static final String VARIABLE = "COMMCARE_CLOUD_ENVIRONMENTS";

    private final Path root;

    private Environments(Path root) {
        this.root = root;
    }

    /**
     * Finds it: {@value #VARIABLE}, else {@code environments} in the checkout.
     *
     * @param variables the process's environment variables
     */
    public static Environments find(Map<String, String> variables, Path checkout) throws UserException {
        String named = variables.get(VARIABLE);
        boolean fromVariable = named != null && !named.isBlank();
        Path root = fromVariable ? Path.of(named) : checkout.resolve("environments");
        if (!Files.isDirectory(root)) {
            throw new UserException(root + ": is not a directory; " + (fromVariable ? "correct " : "set ") + VARIABLE
                    + " to the directory that holds the environments");
        }
        return new Environments(root.toAbsolutePath().normalize());
    }

    public Path root() {
        return root;
    }

    /** Names of the environments, sorted: directories (or links to them) with a public.yml and an inventory. */
    public List<String> names() throws UserException {
        try (Stream<Path> entries = Files.list(root)) {
            return entries.filter(Environments::isEnvironment)
                    .map(entry -> entry.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UserException(root + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    /** Reads one of them; see {@link Environment#load}. */
    public Environment load(String name, VaultPassword password) throws UserException {
        refuseUnknown(name);
        return Environment.load(root, name, password);
    }

    /** Reads one of them and tells everything that is wrong in it; see {@link EnvironmentCheck}. */
    public EnvironmentCheck check(String name, VaultPassword password) throws UserException {
        refuseUnknown(name);
        return EnvironmentCheck.of(root, name, password);
    }

    private void refuseUnknown(String name) throws UserException {
        boolean plain = !name.isEmpty() && !name.startsWith(".") && !name.contains("/");
        if (!plain || !Files.isDirectory(root.resolve(name))) {
            List<String> names = names();
            throw new UserException(root + ": there is no environment '" + name + "'" + NearestName.hint(name, names)
                    + " (known: " + String.join(", ", names) + ")");
        }
    }

    private static boolean isEnvironment(Path directory) {
        return Files.isRegularFile(directory.resolve("public.yml")) && InventoryFiles.exist(directory);
    }
}
