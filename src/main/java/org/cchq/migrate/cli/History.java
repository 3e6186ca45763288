package org.cchq.migrate.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/** Every command that changed something, one JSON object a line, appended before and never changed after. */
final class History {
    private final Path file;

    History(Path file) {
        this.file = file;
    }

    /**
     * @param what what was done, as a person says it; no secret can be in it
     * @param result an exit status, or what it led to
     */
    void add(String at, String who, String what, String host, String result) throws UserException {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("at", at);
        fields.put("by", who);
        fields.put("command", what);
        fields.put("host", host);
        fields.put("result", result);
        try {
            Files.createDirectories(file.getParent());
            Files.write(
                    file,
                    (Json.write(fields) + "\n").getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UserException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** All lines, oldest first; none if nothing was done yet. */
    List<String> lines() throws UserException {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UserException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
