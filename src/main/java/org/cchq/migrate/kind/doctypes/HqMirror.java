package org.cchq.migrate.kind.doctypes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.engine.Time;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;
import org.cchq.migrate.store.row.DatabaseSpec;
import org.cchq.migrate.store.row.PostgresDatabase;
import org.jspecify.annotations.Nullable;

/**
 * Keeps HQ's tables as they would be if HQ did the work. They are a copy for HQ's own commands and deploys: where there are
 * none, or their database does not answer, that is told, and the migration goes on.
 */
public final class HqMirror implements AutoCloseable {
    private static final long BETWEEN_NANOS = Duration.ofSeconds(5).toNanos();

    private final Optional<DatabaseSpec> spec;
    private final String slug;
    private final Consumer<String> notice;
    private final Time time = Time.SYSTEM;
    private @Nullable PostgresDatabase database;
    private Optional<HqTables> tables = Optional.empty();
    private boolean connected;
    private @Nullable Sequence waiting;
    private boolean written;
    private long writtenAt;
    private boolean troubleTold;

    /**
     * Asks nothing before something is to be read or written.
     *
     * @param spec the default database, if the settings name one
     * @param notice told, in a sentence, what HQ will not know of
     */
    public HqMirror(Optional<DatabaseSpec> spec, String slug, Consumer<String> notice) {
        this.spec = spec;
        this.slug = slug;
        this.notice = notice;
    }

    private synchronized Optional<HqTables> tables() throws InterruptedException {
        if (!connected) {
            connected = true;
            if (spec.isEmpty()) {
                notice.accept("HQ's tables are not kept: the settings have no DATABASES");
            } else if (!HqTables.holds(slug)) {
                notice.accept("HQ's tables are not kept: they hold slugs of " + HqTables.LONGEST_SLUG
                        + " characters at most, and '" + slug + "' is longer");
            } else {
                connect(spec.get());
            }
        }
        return tables;
    }

    private void connect(DatabaseSpec where) throws InterruptedException {
        PostgresDatabase opened = new PostgresDatabase(where, 1);
        database = opened;
        attempt(() -> {
            tables = HqTables.open(opened);
            if (tables.isEmpty()) {
                notice.accept(
                        "HQ's tables are not kept: there are none of its app doctypemigrations in " + where.endpoint());
            }
        });
    }

    /** What HQ's own runs have left; empty if there are none, or it cannot be asked. */
    public Optional<HqTables.Known> known() throws InterruptedException {
        List<HqTables.Known> known = new ArrayList<>();
        if (tables().isPresent()) {
            attempt(() -> tables.orElseThrow().known(slug).ifPresent(known::add));
        }
        return known.stream().findFirst();
    }

    /** The first phase begins. */
    public void begun(Sequence original) throws InterruptedException {
        if (tables().isPresent()) {
            attempt(() -> tables.orElseThrow().begun(slug, original));
        }
    }

    /** A new checkpoint; written at most every five seconds. */
    public void checkpoint(Sequence sequence) throws InterruptedException {
        waiting = sequence;
        if (!written || time.nanos() - writtenAt > BETWEEN_NANOS) {
            flush();
        }
    }

    /** Writes a checkpoint that was held back. */
    public void flush() throws InterruptedException {
        Sequence sequence = waiting;
        if (sequence != null && tables().isPresent()) {
            attempt(() -> tables.orElseThrow().checkpoint(slug, sequence));
            waiting = null;
            written = true;
            writtenAt = time.nanos();
        }
    }

    /** HQ refuses its own {@code --continuous} from now on. */
    public void cleanedUp() throws InterruptedException {
        if (tables().isPresent()) {
            attempt(() -> tables.orElseThrow().cleanedUp(slug));
        }
    }

    private interface Step {
        void take() throws EndpointException, InterruptedException;
    }

    private void attempt(Step step) throws InterruptedException {
        try {
            step.take();
        } catch (EndpointException e) {
            if (!troubleTold) {
                notice.accept("HQ's tables are behind: " + e.getMessage());
                troubleTold = true;
            }
        }
    }

    @Override
    public void close() {
        if (database != null) {
            database.close();
        }
    }
}
