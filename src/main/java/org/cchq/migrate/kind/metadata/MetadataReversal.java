package org.cchq.migrate.kind.metadata;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.LeaseHeldException;
import org.cchq.migrate.engine.Ledger;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.hq.BlobMigrationState;
import org.cchq.migrate.hq.RunFiles;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.row.SqlArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code remove_blob_metadata}, the way back: removes the rows that the migration has inserted and no other, as far as
 * nothing depends on them. Killed at any moment it goes on: a row and its record go by one transaction.
 *
 * <p>A row stays, and is told, if somebody has changed it since, or if its document names it by id. Nothing at all is
 * removed once the blobs have been moved by these rows: another backend's migration was completed after this one began.
 */
public final class MetadataReversal {
    /** The command's name. */
    public static final String NAME = "remove_blob_metadata";

    private static final Logger LOG = LoggerFactory.getLogger(MetadataReversal.class);
    private static final int PAGE = 1_000;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final List<String> BY_THESE_ROWS = List.of("migrate_backend", "migrate_backend_check");

    private final MetadataSpec spec;
    private final MetadataSettings settings;
    private final MetadataOutput output;
    private final RunControl control;
    private final Clock clock;
    private final String version;
    private final Mode mode;
    private long removed;
    private long changed;
    private long named;
    private long gone;

    /** Whether something is done. */
    public enum Mode {
        REMOVE,
        /** Only counts. */
        CHECK
    }

    /** @param version of this agent, for the events */
    public MetadataReversal(
            MetadataSpec spec,
            MetadataSettings settings,
            MetadataOutput output,
            RunControl control,
            Clock clock,
            String version,
            Mode mode) {
        this.spec = spec;
        this.settings = settings;
        this.output = output;
        this.control = control;
        this.clock = clock;
        this.version = version;
        this.mode = mode;
    }

    public ExitCode run() throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        try (MetadataSite site = MetadataSite.open(settings)) {
            refuseIfUsed(site);
            boolean whole;
            RunFiles files;
            // Its lease: nobody migrates meanwhile.
            try (Ledger run = MetadataLedgers.run(spec, site, clock)) {
                files = RunFiles.of(spec.directory(), NAME, clock.instant());
                whole = remove(site, files, run.path());
                LOG.info("{}: the rows recorded in {} were gone through", NAME, run.path());
            }
            if (whole && mode == Mode.REMOVE) {
                MetadataLedgers.putAside(spec, site, clock);
            }
            return end(files, whole);
        }
    }

    private boolean remove(MetadataSite site, RunFiles files, Path ledger)
            throws UserException, EndpointException, InterruptedException {
        try (Writer log = RunFiles.create(files.log());
                PagedRun run = new PagedRun(output, control, clock)) {
            run.begin(
                    spec,
                    version,
                    List.of(site.source(), site.target()),
                    files.log().toString(),
                    ledger.toString());
            output.line("Migration log: " + files.log());
            boolean whole = true;
            if (mode == Mode.REMOVE) {
                forgetLedgers(site);
            }
            for (MetadataShard shard : site.table().shards()) {
                whole = whole && shard(site, shard, log, run);
            }
            if (whole && mode == Mode.REMOVE) {
                finish(site);
            }
            return whole;
        } catch (IOException e) {
            throw new UserException(
                    files.log() + ": cannot be written (" + e + "); make room, then the same command goes on", e);
        }
    }

    private static void forgetLedgers(MetadataSite site) throws EndpointException, InterruptedException {
        for (MetadataShard shard : site.table().shards()) {
            if (shard.hasRecord()) {
                shard.renew();
            }
        }
    }

    private static void refuseIfUsed(MetadataSite site) throws UserException, EndpointException, InterruptedException {
        BlobMigrationState state = new Completion(site.table().main()).state();
        Optional<Instant> mine = state.recorded(MetadataSpec.SLUG);
        for (String slug : BY_THESE_ROWS) {
            Optional<Instant> theirs = state.recorded(slug);
            if (theirs.isPresent()
                    && mine.filter(done -> done.isAfter(theirs.get())).isEmpty()) {
                throw new UserException(slug + " was completed at " + theirs.get()
                        + ": the blobs were moved by the rows that would be removed. Nothing was changed; there is no way"
                        + " back from here.");
            }
        }
    }

    private boolean shard(MetadataSite site, MetadataShard shard, Writer log, PagedRun run)
            throws EndpointException, InterruptedException, IOException {
        if (!shard.hasRecord()) {
            return true;
        }
        EndpointPatience patience = new EndpointPatience(Sleeper.SYSTEM);
        long after = Long.MIN_VALUE;
        while (true) {
            if (!run.mayGoOn()) {
                return false;
            }
            long from = after;
            List<Recorded> page = patience.ask(() -> page(shard, from));
            if (page.isEmpty()) {
                return true;
            }
            after = page.get(page.size() - 1).id();
            handle(site, shard, page, log, patience);
            run.reached(counts());
        }
    }

    /**
     * A row of the record, with what its row is now.
     *
     * @param key "" if the row is gone
     * @param untouched as it was inserted
     */
    private record Recorded(long id, String parentId, String key, int typeCode, boolean untouched) {}

    private static List<Recorded> page(MetadataShard shard, long after) throws EndpointException, InterruptedException {
        return shard.database()
                .query(
                        "SELECT r.id, coalesce(b.parent_id, ''), coalesce(b.key, ''), coalesce(b.type_code, 0),"
                                + " coalesce(" + shard.untouched() + ", false) FROM " + MetadataShard.RECORD
                                + " r LEFT JOIN " + shard.table() + " b ON b.id = r.id WHERE r.id > ? ORDER BY r.id"
                                + " LIMIT ?",
                        List.of(after, PAGE),
                        row -> new Recorded(
                                row.getLong(1), row.getString(2), row.getString(3), row.getInt(4), row.getBoolean(5)));
    }

    private void handle(
            MetadataSite site, MetadataShard shard, List<Recorded> page, Writer log, EndpointPatience patience)
            throws EndpointException, InterruptedException, IOException {
        Set<Long> namedByDocument = patience.ask(() -> named(site, page));
        Set<Long> remove = new HashSet<>();
        Set<Long> forget = new HashSet<>();
        for (Recorded row : page) {
            if (row.key().isEmpty()) {
                gone++;
                forget.add(row.id());
            } else if (!row.untouched()) {
                changed++;
                kept(log, shard, row, "changed since");
            } else if (namedByDocument.contains(row.id())) {
                named++;
                kept(log, shard, row, "named by its document");
            } else {
                removed++;
                remove.add(row.id());
            }
        }
        if (mode == Mode.REMOVE) {
            // Looked at once more in the statement itself: nothing is removed that was changed a moment ago.
            patience.ask(() -> shard.database().transaction("remove blob rows", LIMIT, transaction -> {
                List<Long> deleted = transaction.query(
                        "DELETE FROM " + shard.table() + " b USING " + MetadataShard.RECORD
                                + " r WHERE b.id = ANY(?) AND r.id = b.id AND " + shard.untouched() + " RETURNING b.id",
                        List.of(SqlArray.ofBigint(remove)),
                        row -> row.getLong(1));
                forget.addAll(deleted);
                return transaction.update(
                        "DELETE FROM " + MetadataShard.RECORD + " WHERE id = ANY(?)",
                        List.of(SqlArray.ofBigint(forget)));
            }));
        }
    }

    /** Which rows are named by their id in the document that they belong to: HQ has saved it since. */
    private static Set<Long> named(MetadataSite site, List<Recorded> page)
            throws EndpointException, InterruptedException {
        Map<String, Map<String, Long>> byParent = new HashMap<>();
        for (Recorded row : page) {
            if (row.untouched()) {
                byParent.computeIfAbsent(row.parentId(), parent -> new HashMap<>())
                        .put(row.key(), row.id());
            }
        }
        Set<Long> named = new HashSet<>();
        for (CouchPart part : site.couch()) {
            List<String> ids = page.stream()
                    .filter(row -> row.untouched() && part.holds(row.typeCode()))
                    .map(Recorded::parentId)
                    .distinct()
                    .toList();
            for (Document document : part.database().scan().documents(ids, Set.of("external_blobs"))) {
                if (document.fields().get("external_blobs") instanceof Map<?, ?> blobs) {
                    for (Object info : blobs.values()) {
                        if (info instanceof Map<?, ?> fields
                                && fields.get("blobmeta_id") instanceof Number id
                                && byParent.getOrDefault(document.id(), Map.of())
                                        .containsValue(id.longValue())) {
                            named.add(id.longValue());
                        }
                    }
                }
            }
        }
        return named;
    }

    private static void kept(Writer log, MetadataShard shard, Recorded row, String why) throws IOException {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("error", "kept");
        record.put("why", why);
        record.put("shard", shard.database().spec().alias());
        record.put("blobmeta_id", row.id());
        record.put("parent_id", row.parentId());
        record.put("blob_key", row.key());
        record.put("type_code", row.typeCode());
        RunFiles.line(log, Json.writeLikePython(record));
    }

    /** The state row goes, and the record of what was inserted as far as nothing is kept. */
    private void finish(MetadataSite site) throws EndpointException, InterruptedException {
        EndpointPatience patience = new EndpointPatience(Sleeper.SYSTEM);
        boolean state = patience.ask(new Completion(site.table().main())::takeBack);
        output.line(
                state
                        ? "The row " + MetadataSpec.SLUG + " of blobs_blobmigrationstate was removed"
                        : "blobs_blobmigrationstate was left as it is");
        if (changed + named == 0) {
            for (MetadataShard shard : site.table().shards()) {
                patience.ask(() -> shard.database().update("DROP TABLE IF EXISTS " + MetadataShard.RECORD, List.of()));
            }
        }
    }

    private Counts counts() {
        return new Counts(
                removed + changed + named + gone,
                Map.of(Outcome.COPIED, removed, Outcome.DIFFERS, changed + named, Outcome.ALREADY_THERE, gone),
                0,
                0);
    }

    private ExitCode end(RunFiles files, boolean whole) {
        output.line(
                (mode == Mode.CHECK ? "would be removed " : "removed ") + removed + ", kept because they were changed "
                        + changed + ", kept because their document names them " + named + ", gone already " + gone);
        ExitCode exit =
                !whole ? PagedRun.stopped(control) : changed + named > 0 ? ExitCode.INCOMPLETE : ExitCode.SUCCESS;
        String message = !whole
                ? "stopped by " + control.cancelledBy().orElse("request") + "; the same command goes on from here"
                : changed + named > 0 ? "rows were kept: " + files.log() : "";
        if (!message.isEmpty()) {
            output.line(message);
        }
        Counts counts = counts();
        output.accept(new AgentEvent.Ended(
                clock.instant(),
                whole ? "complete" : "stopped",
                exit.code(),
                message,
                counts,
                counts,
                files.log().toString(),
                ""));
        return exit;
    }
}
