package org.cchq.migrate.testing;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.cchq.migrate.store.document.CouchSpec;

/** {@code bin/doctype-compare}, the judge that shares no code with what it judges. */
public final class DocumentComparison {
    private static final int MINUTES = 10;

    /** @param exit 0 the same, 5 differences */
    public record Result(int exit, String output) {
        public boolean same() {
            return exit == 0;
        }
    }

    private DocumentComparison() {}

    /**
     * Compares two databases of one account.
     *
     * @param types without {@code -Deleted}
     * @param more further options
     */
    public static Result of(CouchSpec source, CouchSpec target, List<String> types, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "python3",
                Path.of("bin/doctype-compare").toAbsolutePath().toString(),
                address(source),
                address(target)));
        command.addAll(List.of("--types", String.join(",", types)));
        command.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "COUCH_USERNAME", source.user(),
                        "COUCH_PASSWORD", source.password().reveal()));
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("bin/doctype-compare did not end: " + output);
        }
        return new Result(process.exitValue(), output);
    }

    private static String address(CouchSpec spec) {
        return (spec.https() ? "https://" : "http://") + spec.serverRoot() + "/" + spec.database();
    }
}
