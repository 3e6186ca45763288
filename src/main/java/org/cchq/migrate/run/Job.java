package org.cchq.migrate.run;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * One run of an agent on a host; {@code job.json} of its directory, which is named by the id.
 *
 * @param id UTC time of the start and the phase: {@code 20261121T034200.123Z-back-fill}
 * @param migration what it belongs to: {@code blobs}
 * @param phase back-fill, check, check-logs
 * @param command the agent's command line, without the options that the controller adds
 * @param by who started it
 * @param controller the machine that it was started from
 * @param version of controller and agent
 * @param logDirectory where the agent writes its log; "" if it writes none
 */
public record Job(
        String id,
        String migration,
        String phase,
        List<String> command,
        String by,
        String controller,
        String version,
        String logDirectory) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    public Job {
        command = List.copyOf(command);
        if (!id.matches("[0-9TZ.]+-[a-z-]+")) {
            throw new IllegalArgumentException("not the id of a job: " + id);
        }
    }

    /** The id of a job that starts now. */
    public static String id(Instant now, String phase) {
        return TIME.format(now) + "-" + phase;
    }

    /** When it was started, by its id. */
    public Instant began() {
        return TIME.parse(id.substring(0, id.indexOf('-')), Instant::from);
    }

    /** One line of JSON. */
    public String toJson() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("id", id);
        fields.put("migration", migration);
        fields.put("phase", phase);
        fields.put("command", command);
        fields.put("by", by);
        fields.put("controller", controller);
        fields.put("version", version);
        fields.put("log_directory", logDirectory);
        return Json.write(fields);
    }

    /** Reads {@link #toJson()}. */
    public static Job parse(String json, String place) throws UserException {
        Map<String, @Nullable Object> fields = Json.readObject(json, place);
        List<String> command = fields.get("command") instanceof List<?> words
                ? words.stream().map(String::valueOf).toList()
                : List.of();
        try {
            return new Job(
                    text(fields, "id"),
                    text(fields, "migration"),
                    text(fields, "phase"),
                    command,
                    text(fields, "by"),
                    text(fields, "controller"),
                    text(fields, "version"),
                    text(fields, "log_directory"));
        } catch (IllegalArgumentException e) {
            throw new UserException(place + ": " + e.getMessage(), e);
        }
    }

    private static String text(Map<String, @Nullable Object> fields, String name) {
        return fields.get(name) instanceof String text ? text : "";
    }
}
