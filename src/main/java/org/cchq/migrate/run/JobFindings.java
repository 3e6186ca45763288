package org.cchq.migrate.run;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.migration.CheckedClass;
import org.cchq.migrate.push.HostBase;
import org.cchq.migrate.ssh.CommandOutput;
import org.cchq.migrate.ssh.Exit;
import org.cchq.migrate.ssh.ShellWords;
import org.jspecify.annotations.Nullable;

/** Reads on a host, as the service user, what jobs have found blob by blob. Changes nothing. */
public final class JobFindings {
    private JobFindings() {}

    /**
     * A record of a migration log.
     *
     * @param error {@code not found}, {@code too many retries}, {@code denied}, {@code differs}, {@code missing on new}
     */
    public record Logged(String key, String error, String domain, long typeCode, String parentId) {
        /** No store has the blob, as far as the run has seen. */
        public boolean notFound() {
            return error.equals("not found");
        }
    }

    /**
     * Every record of a job's log, in its order; the log of a run that was taken up again holds all of its pass. Held in
     * memory: some hundred bytes each.
     *
     * @param job a back-fill, check, verify or copy-back
     * @throws EndpointException if the log cannot be read (it was deleted, the host does not answer)
     */
    public static List<Logged> logged(HostBase base, JobEvidence job)
            throws EndpointException, InterruptedException, UserException {
        if (job.log().isEmpty()) {
            return List.of();
        }
        List<Logged> found = new ArrayList<>();
        List<UserException> wrong = new ArrayList<>();
        read(base, "read " + job.log(), "cat " + ShellWords.quote(job.log()), line -> {
            try {
                Map<String, @Nullable Object> fields = Json.readObject(line, job.log());
                found.add(new Logged(
                        text(fields, "blob_key"),
                        text(fields, "error"),
                        text(fields, "domain"),
                        fields.get("type_code") instanceof Number code ? code.longValue() : 0,
                        text(fields, "parent_id")));
            } catch (UserException e) {
                wrong.add(e);
            }
        });
        if (!wrong.isEmpty()) {
            throw wrong.get(0);
        }
        return found;
    }

    /**
     * What a check-logs found out about each blob that its logs name. A key that two records name has the class that was
     * found last; one that could not be read from the log is not there.
     */
    public static Map<String, CheckedClass> checked(HostBase base, JobEvidence job)
            throws EndpointException, InterruptedException, UserException {
        String events = new JobDirectory(base, job.id()).path() + "/events.jsonl";
        Map<String, CheckedClass> found = new LinkedHashMap<>();
        List<UserException> wrong = new ArrayList<>();
        String script = "grep '^{\"event\":\"checked\"' " + ShellWords.quote(events) + " || [ $? = 1 ]";
        read(base, "read " + events, script, line -> {
            try {
                Optional<AgentEvent> event = AgentEvent.parse(line);
                if (event.isPresent() && event.get() instanceof AgentEvent.Checked checked) {
                    found.put(checked.key(), checked.what());
                }
            } catch (UserException e) {
                wrong.add(e);
            }
        });
        if (!wrong.isEmpty()) {
            throw wrong.get(0);
        }
        return found;
    }

    private static void read(HostBase base, String what, String script, Consumer<String> lines)
            throws EndpointException, InterruptedException {
        Lines out = new Lines(lines);
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        Exit exit = base.shell().stream(script, InputStream.nullInputStream(), out, stderr);
        if (!exit.ok()) {
            throw base.shell()
                    .refused(what, new CommandOutput(exit, "", stderr.toString(StandardCharsets.UTF_8)).complaint());
        }
    }

    private static String text(Map<String, @Nullable Object> fields, String name) {
        return fields.get(name) instanceof String text ? text : "";
    }

    /** Whole lines; a last one without an end is being written, and left out. */
    private static final class Lines extends OutputStream {
        private final Consumer<String> lines;
        private final ByteArrayOutputStream part = new ByteArrayOutputStream();

        Lines(Consumer<String> lines) {
            this.lines = lines;
        }

        @Override
        public void write(int b) {
            if (b == '\n') {
                lines.accept(part.toString(StandardCharsets.UTF_8));
                part.reset();
            } else {
                part.write(b);
            }
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            for (int i = from; i < from + length; i++) {
                write(bytes[i]);
            }
        }
    }
}
