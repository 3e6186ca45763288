package org.cchq.migrate.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.kind.doctypes.DoctypeSettings;

/**
 * Settings and answers of the doctype commands. On standard input the settings are one JSON object that ends at the end of
 * a line; whatever follows are answers, one a line.
 */
final class DoctypeInput {
    private static final int MOST_BYTES = 16 << 20;
    private static final String STANDARD_INPUT = "settings (standard input)";

    private DoctypeInput() {}

    static DoctypeSettings settings(AgentContext context, CommandLineReader line) throws UserException {
        Optional<String> name = line.text(BlobMigrationOptions.SETTINGS);
        if (name.isEmpty()) {
            throw new UsageException("--settings=FILE is missing: a JSON object with HQ's settings"
                    + " (COUCH_DATABASES, DATABASES, DOCTYPE_MIGRATIONS, ...), or - for standard input");
        }
        if (!name.get().equals("-")) {
            return DoctypeSettings.read(context.directory().resolve(name.get()));
        }
        StringBuilder text = new StringBuilder();
        Optional<UserException> last = Optional.empty();
        try {
            for (Optional<String> next = line(context.in()); next.isPresent(); next = line(context.in())) {
                text.append(next.get()).append('\n');
                if (text.length() > MOST_BYTES) {
                    throw new UserException(STANDARD_INPUT + ": more than 16 MiB is no settings object");
                }
                if (next.get().stripTrailing().endsWith("}")) {
                    try {
                        return DoctypeSettings.of(Json.readObject(text.toString(), STANDARD_INPUT));
                    } catch (UserException e) {
                        // Not whole yet, perhaps; a problem inside a whole object is told as it is.
                        if (isWhole(text.toString())) {
                            throw e;
                        }
                        last = Optional.of(e);
                    }
                }
            }
        } catch (IOException e) {
            throw new UserException(STANDARD_INPUT + ": cannot be read: " + e, e);
        }
        throw last.orElseGet(() -> new UserException(STANDARD_INPUT + ": no JSON object in braces"));
    }

    private static boolean isWhole(String text) {
        try {
            Json.readObject(text, STANDARD_INPUT);
            return true;
        } catch (UserException e) {
            return false;
        }
    }

    /** Up to the next line end, and not a byte further; empty at the end. */
    static Optional<String> line(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int next = in.read();
        if (next < 0) {
            return Optional.empty();
        }
        while (next >= 0 && next != '\n') {
            bytes.write(next);
            if (bytes.size() > MOST_BYTES) {
                return Optional.of(bytes.toString(StandardCharsets.UTF_8));
            }
            next = in.read();
        }
        return Optional.of(bytes.toString(StandardCharsets.UTF_8));
    }
}
