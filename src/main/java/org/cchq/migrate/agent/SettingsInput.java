package org.cchq.migrate.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.kind.blobs.HqSettings;

/** {@code --settings FILE}: HQ's settings as one JSON object, from a file or from standard input, 16 MiB at most. */
final class SettingsInput {
    private static final int MOST_BYTES = 16 << 20;
    private static final String STANDARD_INPUT = "settings (standard input)";

    private SettingsInput() {}

    static HqSettings read(AgentContext context, CommandLineReader line) throws UserException {
        Optional<String> name = line.text(BlobMigrationOptions.SETTINGS);
        if (name.isEmpty()) {
            throw new UsageException("--settings=FILE is missing: a JSON object with HQ's settings"
                    + " (S3_BLOB_DB_SETTINGS, OLD_S3_BLOB_DB_SETTINGS, DATABASES, ...), or - for standard input");
        }
        if (!name.get().equals("-")) {
            return HqSettings.read(context.directory().resolve(name.get()));
        }
        try {
            byte[] bytes = context.in().readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new UserException(STANDARD_INPUT + ": more than 16 MiB is no settings object");
            }
            return HqSettings.of(Json.readObject(new String(bytes, StandardCharsets.UTF_8), STANDARD_INPUT));
        } catch (IOException e) {
            throw new UserException(STANDARD_INPUT + ": cannot be read: " + e, e);
        }
    }
}
