package org.cchq.migrate.agent;

import java.io.IOException;
import java.io.InputStream;
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

/**
 * {@code --settings FILE}: HQ's settings as one JSON object, from a file, from standard input, or from another open
 * descriptor ({@code /dev/fd/3}), which leaves standard input to who answers questions; 16 MiB at most.
 */
final class SettingsInput {
    private static final int MOST_BYTES = 16 << 20;
    private static final String STANDARD_INPUT = "settings (standard input)";
    private static final String DESCRIPTOR = "/dev/fd/";

    private SettingsInput() {}

    static HqSettings read(AgentContext context, CommandLineReader line) throws UserException {
        Optional<Path> file = file(context, line, "S3_BLOB_DB_SETTINGS, OLD_S3_BLOB_DB_SETTINGS, DATABASES");
        if (file.isPresent() && !isDescriptor(file.get())) {
            return HqSettings.read(file.get());
        }
        return HqSettings.of(object(context, line));
    }

    /** The object as it is. */
    static Map<String, @Nullable Object> object(AgentContext context, CommandLineReader line) throws UserException {
        Optional<Path> file = file(context, line, "COUCH_DATABASES, DATABASES");
        if (file.isEmpty()) {
            return standardInput(context);
        }
        if (isDescriptor(file.get())) {
            return descriptor(file.get());
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

    private static boolean isDescriptor(Path file) {
        return file.startsWith(DESCRIPTOR);
    }

    private static Map<String, @Nullable Object> descriptor(Path file) throws UserException {
        String place = "settings (" + file + ")";
        try (InputStream in = Files.newInputStream(file)) {
            return object(in, place);
        } catch (IOException e) {
            throw new UserException(place + ": cannot be read: " + e, e);
        }
    }

    private static Map<String, @Nullable Object> standardInput(AgentContext context) throws UserException {
        try {
            return object(context.in(), STANDARD_INPUT);
        } catch (IOException e) {
            throw new UserException(STANDARD_INPUT + ": cannot be read: " + e, e);
        }
    }

    private static Map<String, @Nullable Object> object(InputStream in, String place)
            throws IOException, UserException {
        byte[] bytes = in.readNBytes(MOST_BYTES + 1);
        if (bytes.length > MOST_BYTES) {
            throw new UserException(place + ": more than 16 MiB is no settings object");
        }
        return Json.readObject(new String(bytes, StandardCharsets.UTF_8), place);
    }
}
