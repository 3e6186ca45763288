package org.cchq.migrate.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Files of real environments with results computed by Ansible; beside the checkout, not part of it. */
public final class Samples {
    private Samples() {}

    /** Their directory; skips the test, saying so, where they are absent. */
    public static Path directory() {
        Optional<Path> found = Stream.of(
                        Optional.ofNullable(System.getProperty("cchq.samples")).stream(),
                        Optional.ofNullable(System.getenv("CCHQ_SAMPLES")).stream(),
                        List.of("../shared/samples").stream())
                .flatMap(stream -> stream)
                .map(Path::of)
                .filter(Files::isDirectory)
                .findFirst();
        Assumptions.assumeTrue(found.isPresent(), "no sample environments; set CCHQ_SAMPLES to their directory");
        return found.orElseThrow();
    }
}
