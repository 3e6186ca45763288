package org.cchq.migrate.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Programs of the machine that a test needs: missing ones skip the test on a desk, and fail it in CI. */
public final class RequiredProgram {
    private static final List<String> PLACES =
            List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/bin", "/usr/local/sbin");

    private RequiredProgram() {}

    /** The program's path; skips or fails the calling test if it is not installed. */
    public static Path find(String name, String debianPackage) {
        for (String place : PLACES) {
            Path path = Path.of(place, name);
            if (Files.isExecutable(path)) {
                return path;
            }
        }
        throw missing(name + " is not installed: apt-get install " + debianPackage);
    }

    /** Skips or fails the calling test with this message. */
    static AssertionError missing(String message) {
        if ("true".equals(System.getenv("CI"))) {
            throw new AssertionError(message);
        }
        Assumptions.abort(message);
        throw new AssertionError(message);
    }
}
