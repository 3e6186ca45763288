package org.cchq.migrate.hq;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.cchq.migrate.migration.ProgressSnapshot;

/**
 * The lines {@code Processing ...} and {@code Processed ...} of one pass or part, as HQ's {@code corehq.blobs.migrate}
 * prints them, except that what is counted is done, not handed to a worker, and that
 * lines are thinned as time goes on: at most one a second in the first ten minutes, then one each ten seconds, after an
 * hour one a minute. Not thread-safe.
 */
public final class ProgressLines {
    private static final Duration FIRST_MINUTES = Duration.ofMinutes(10);
    private static final Duration FIRST_HOUR = Duration.ofHours(1);
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(5);

    private final Consumer<String> out;
    private final int chunkSize;
    private final String types;
    private long previously;
    private long total;
    private long printedAt = -1;
    private Duration lastLine = Duration.ZERO;

    /**
     * @param chunkSize progress is printed at multiples of it, items
     * @param types what is processed, as the first line lists it
     */
    public ProgressLines(Consumer<String> out, int chunkSize, String types) {
        this.out = out;
        this.chunkSize = chunkSize;
        this.types = types;
    }

    /** The first line. */
    public void processing(ProgressSnapshot snapshot) {
        long done = snapshot.pass().done() - snapshot.session().done();
        previously = done;
        total = Math.max(snapshot.total().orElse(0), done);
        String already = done == 0 ? "" : " (~" + done + " already processed)";
        out.accept("Processing " + total + " documents" + already + ": " + types + "...");
    }

    /** Prints a line if one is due: after the first item, at multiples of the chunk size, after five silent minutes. */
    public void progress(ProgressSnapshot snapshot) {
        long session = snapshot.session().done();
        if (session == 0) {
            return;
        }
        Duration silent = snapshot.elapsed().minus(lastLine);
        long multiple = session / chunkSize * chunkSize;
        if (printedAt < 0) {
            print(Math.min(session, multiple > 0 ? multiple : 1), snapshot.elapsed());
        } else if (multiple > printedAt && silent.compareTo(interval(snapshot.elapsed())) >= 0) {
            print(multiple, snapshot.elapsed());
        } else if (silent.compareTo(LONGEST_SILENCE) >= 0) {
            print(session, snapshot.elapsed());
        }
    }

    /** The last line, of a pass that came to its end. */
    public void processed(long session) {
        total = Math.max(total, previously + session);
        out.accept("Processed " + session + "/" + (previously + session) + " of " + total + " documents (" + previously
                + " previously processed).");
    }

    private static Duration interval(Duration elapsed) {
        if (elapsed.compareTo(FIRST_MINUTES) < 0) {
            return Duration.ofSeconds(1);
        }
        return elapsed.compareTo(FIRST_HOUR) < 0 ? Duration.ofSeconds(10) : Duration.ofMinutes(1);
    }

    private void print(long session, Duration elapsed) {
        long visited = previously + session;
        total = Math.max(total, visited);
        OptionalLong left = session >= total - previously ? OptionalLong.empty() : OptionalLong.of(total - visited);
        String remaining =
                left.isPresent() ? PythonDuration.of(elapsed.dividedBy(session).multipliedBy(left.getAsLong())) : "?";
        out.accept("Processed " + session + "/" + visited + " of " + total + " documents in "
                + PythonDuration.of(elapsed) + " (" + remaining + " remaining)");
        printedAt = session;
        lastLine = elapsed;
    }
}
