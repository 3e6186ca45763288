package org.cchq.migrate.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.kind.blobs.HqSettings;
import org.jspecify.annotations.Nullable;

/** {@code --settings FILE}: HQ's settings as one JSON object, from a file or from standard input, 16 MiB at most. */
final class SettingsInput {
    private static final int MOST_BYTES = 16 << 20;
    private static final String STANDARD_INPUT = "settings (standard input)";

    private SettingsInput() {}

    static HqSettings read(AgentContext context, CommandLineReader line) throws UserException {
        Optional<Path> file = file(context, line, "S3_BLOB_DB_SETTINGS, OLD_S3_BLOB_DB_SETTINGS, DATABASES");
        return file.isPresent() ? HqSettings.read(file.get()) : HqSettings.of(standardInput(context));
    }

    /** The object as it is. */
    static Map<String, @Nullable Object> object(AgentContext context, CommandLineReader line) throws UserException {
        Optional<Path> file = file(context, line, "COUCH_DATABASES, DATABASES");
        if (file.isEmpty()) {
            return standardInput(context);
        }
        try {
            if (!Files.isRegularFile(file.get()) || Files.size(file.get()) > MOST_BYTES) {
                throw new UserException(
                        file.get() + ": no such file, or no settings; --settings names a JSON file with HQ's settings");
            }
            return Json.readObject(Files.readString(file.get()), file.get().toString());
        } catch (IOException e) {
            throw new UserException(file.get() + ": cannot be read as UTF-8 text: " + e, e);
        }
    }

    /** Empty for standard input. */
    private static Optional<Path> file(AgentContext context, CommandLineReader line, String keys)
            throws UsageException {
        Optional<String> name = line.text(BlobMigrationOptions.SETTINGS);
        if (name.isEmpty()) {
            throw new UsageException("--settings=FILE is missing: a JSON object with HQ's settings (" + keys
                    + ", ...), or - for standard input");
        }
        return name.filter(given -> !given.equals("-"))
                .map(given -> context.directory().resolve(given));
    }

    private static Map<String, @Nullable Object> standardInput(AgentContext context) throws UserException {
        try {
            byte[] bytes = context.in().readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new UserException(STANDARD_INPUT + ": more than 16 MiB is no settings object");
            }
            return Json.readObject(new String(bytes, StandardCharsets.UTF_8), STANDARD_INPUT);
        } catch (IOException e) {
            throw new UserException(STANDARD_INPUT + ": cannot be read: " + e, e);
        }
    }
}
