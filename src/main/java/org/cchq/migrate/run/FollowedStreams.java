package org.cchq.migrate.run;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.migration.AgentEvent;

/** How far a job's two files were read, and the lines in them. Not thread-safe. */
final class FollowedStreams {
    private final JobListener listener;
    private final ByteArrayOutputStream partOfOutput = new ByteArrayOutputStream();
    private final ByteArrayOutputStream partOfEvents = new ByteArrayOutputStream();
    private long outputOffset;
    private long eventsOffset;

    FollowedStreams(JobListener listener) {
        this.listener = listener;
    }

    long outputOffset() {
        return outputOffset;
    }

    long eventsOffset() {
        return eventsOffset;
    }

    /** Grows with every byte read. */
    long position() {
        return outputOffset + eventsOffset;
    }

    void output(byte[] bytes, int from, int length) {
        outputOffset += length;
        for (int i = from; i < from + length; i++) {
            if (bytes[i] == '\n') {
                listener.output(take(partOfOutput));
            } else {
                partOfOutput.write(bytes[i]);
            }
        }
    }

    void events(byte[] bytes, int from, int length) {
        eventsOffset += length;
        for (int i = from; i < from + length; i++) {
            if (bytes[i] == '\n') {
                event(take(partOfEvents));
            } else {
                partOfEvents.write(bytes[i]);
            }
        }
    }

    private void event(String line) {
        try {
            AgentEvent.parse(line).ifPresent(event -> listener.event(event, line));
        } catch (UserException e) {
            listener.event(new AgentEvent.Warned(Instant.now(), "an event cannot be read: " + e.getMessage()), line);
        }
    }

    /** Tells a last line without an end. */
    void finish() {
        if (partOfOutput.size() > 0) {
            listener.output(take(partOfOutput));
        }
    }

    private static String take(ByteArrayOutputStream part) {
        String line = part.toString(StandardCharsets.UTF_8);
        part.reset();
        return line;
    }
}
