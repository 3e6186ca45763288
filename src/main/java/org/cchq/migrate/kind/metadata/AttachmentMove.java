package org.cchq.migrate.kind.metadata;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.hq.PythonDuration;
import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.store.row.PostgresDatabase;
import org.cchq.migrate.store.row.RowTransaction;
import org.cchq.migrate.store.row.SqlArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code run_sql simple_move_form_attachments_to_blobmeta}, the second phase: form attachments of before the metadata move
 * to {@code blobs_blobmeta}, a chunk by one statement, until there are none. Interrupted at any moment it goes on: what was
 * moved is in one table only.
 */
public final class AttachmentMove {
    /** The statement's name in HQ. */
    public static final String NAME = "simple_move_form_attachments_to_blobmeta";

    static final String ATTACHMENTS = "form_processor_xformattachmentsql";
    private static final String FORMS = "form_processor_xforminstancesql";
    private static final Logger LOG = LoggerFactory.getLogger(AttachmentMove.class);
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String KEY = "(CASE WHEN a.blob_bucket = '' THEN ''"
            + " ELSE COALESCE(a.blob_bucket, 'form/' || replace(a.attachment_id::text, '-', '')) || '/' END"
            + " || a.blob_id)";

    private final MetadataSpec spec;
    private final MetadataSettings settings;
    private final MetadataOutput output;
    private final RunControl control;
    private final Clock clock;
    private final String version;
    private final Optional<BlobCopier> blobs;
    private long moved;

    /** Copies blobs within the blob database. */
    public interface BlobCopier {
        /** Copies a blob to a key that no blob has; false if there is none at the first key. */
        boolean copy(String from, String to) throws EndpointException, InterruptedException;
    }

    /**
     * @param spec its chunk is the attachments of one statement
     * @param version of this agent, for the events
     * @param blobs for blobs that several parents share; empty: such a blob ends the move with a message
     */
    public AttachmentMove(
            MetadataSpec spec,
            MetadataSettings settings,
            MetadataOutput output,
            RunControl control,
            Clock clock,
            String version,
            Optional<BlobCopier> blobs) {
        this.spec = spec;
        this.settings = settings;
        this.output = output;
        this.control = control;
        this.clock = clock;
        this.version = version;
        this.blobs = blobs;
    }

    public ExitCode run() throws UserException, EndpointException, InterruptedException {
        try (MetadataTable table = MetadataTable.open(settings.databases(), 2);
                PagedRun run = new PagedRun(output, control, clock)) {
            String ends = table.shards().stream()
                    .map(shard -> shard.database().spec().endpoint())
                    .collect(Collectors.joining(", "));
            run.begin(spec, version, List.of(ends, ends), "", "");
            for (MetadataShard shard : table.shards()) {
                if (!move(shard, run)) {
                    String message = "stopped by " + control.cancelledBy().orElse("request")
                            + "; the same command goes on from here";
                    output.line(message);
                    return ended("stopped", PagedRun.stopped(control), message);
                }
            }
            return ended("complete", ExitCode.SUCCESS, "");
        }
    }

    private ExitCode ended(String result, ExitCode exit, String message) {
        output.accept(new AgentEvent.Ended(clock.instant(), result, exit.code(), message, counts(), counts(), "", ""));
        return exit;
    }

    private Counts counts() {
        return new Counts(moved, Map.of(Outcome.COPIED, moved), 0, 0);
    }

    private boolean move(MetadataShard shard, PagedRun run)
            throws UserException, EndpointException, InterruptedException {
        PostgresDatabase database = shard.database();
        String alias = database.spec().alias();
        output.line("running on " + alias + " database");
        long began = System.nanoTime();
        long movedHere = 0;
        if (!MetadataShard.exists(database, ATTACHMENTS)) {
            output.line(alias + ": there is no table " + ATTACHMENTS);
            return true;
        }
        boolean more = true;
        while (more) {
            if (!run.mayGoOn()) {
                return false;
            }
            Optional<Integer> step = step(shard);
            if (step.isPresent()) {
                movedHere += step.get();
                moved += step.get();
                run.reached(counts());
                more = step.get() > 0;
                double seconds = Math.max(1e-6, (System.nanoTime() - began) / 1e9);
                if (more) {
                    output.line(String.format(
                            Locale.ROOT, "%s: processed %d items (%.0f/s)", alias, movedHere, movedHere / seconds));
                }
            }
        }
        output.line(alias + " elapsed: " + PythonDuration.of(Duration.ofNanos(System.nanoTime() - began)));
        output.line(alias + " final: processed " + movedHere + " items");
        return true;
    }

    /** One chunk; empty if keys were in the way, which have been settled now. */
    private Optional<Integer> step(MetadataShard shard) throws UserException, EndpointException, InterruptedException {
        List<String> clashes = shard.database()
                .transaction(
                        "look for keys of form attachments that are taken",
                        LIMIT,
                        transaction -> transaction.query(
                                "WITH c AS (SELECT a.id, " + KEY + " AS key FROM " + ATTACHMENTS
                                        + " a ORDER BY a.id LIMIT ?) SELECT DISTINCT c.key FROM c WHERE EXISTS"
                                        + " (SELECT 1 FROM " + shard.table()
                                        + " b WHERE b.key = c.key) OR (SELECT count(*)"
                                        + " FROM c d WHERE d.key = c.key) > 1",
                                List.of(spec.chunkSize()),
                                row -> row.getString(1)));
        for (String key : clashes) {
            settle(shard, key);
        }
        if (!clashes.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(shard.database().transaction("move form attachments", LIMIT, transaction -> {
            // Taken and written by one statement: HQ's own moves at the same time find other rows, or wait.
            return transaction.update(
                    "WITH taken AS (DELETE FROM " + ATTACHMENTS + " WHERE id IN (SELECT id FROM " + ATTACHMENTS
                            + " ORDER BY id LIMIT ? FOR UPDATE) RETURNING *)"
                            + insert(shard) + select("taken"),
                    List.of(spec.chunkSize()));
        }));
    }

    private static String insert(MetadataShard shard) {
        return " INSERT INTO " + shard.table() + " (domain, parent_id, name, key, type_code, content_type, properties,"
                + " created_on, content_length)";
    }

    private static String select(String from) {
        return " SELECT COALESCE(f.domain, '<unknown>'), a.form_id, a.name, " + KEY
                + ", CASE a.name WHEN 'form.xml' THEN 2 ELSE 3 END, a.content_type,"
                + " CASE WHEN a.properties::text = '{}' THEN NULL ELSE a.properties::text END,"
                + " COALESCE(f.received_on, clock_timestamp()), COALESCE(a.content_length, 0)"
                + " FROM " + from + " a LEFT JOIN " + FORMS + " f ON f.form_id = a.form_id";
    }

    /**
     * A blob of some parent, in whichever table.
     *
     * @param old in the table of attachments
     * @param same all that two rows of one blob must agree in
     */
    record Holder(boolean old, long id, String parent, String name, String same) {}

    /** Lets each parent have one row, and each row a key of its own, as HQ's migration does. */
    private void settle(MetadataShard shard, String key) throws UserException, EndpointException, InterruptedException {
        List<Holder> holders = shard.database()
                .query(
                        holders(shard),
                        List.of(SqlArray.ofText(List.of(key)), SqlArray.ofText(List.of(key))),
                        row -> new Holder(
                                row.getBoolean(1),
                                row.getLong(2),
                                row.getString(3),
                                row.getString(4),
                                row.getString(5)));
        Map<String, List<Holder>> byParent =
                holders.stream().collect(Collectors.groupingBy(Holder::parent, TreeMap::new, Collectors.toList()));
        List<Holder> left = new ArrayList<>();
        for (List<Holder> ofOne : byParent.values()) {
            left.add(keepOne(shard, key, ofOne));
        }
        // The one that has its metadata already keeps the key; of attachments the first one.
        left.sort((a, b) -> a.old() == b.old() ? Long.compare(a.id(), b.id()) : Boolean.compare(a.old(), b.old()));
        for (Holder holder : left.subList(Math.min(1, left.size()), left.size())) {
            ownKey(shard, key, holder);
        }
    }

    private static String holders(MetadataShard shard) {
        String same =
                "concat_ws(chr(31), domain, parent_id, name, content_length::text, coalesce(content_type, chr(30)),"
                        + " coalesce(properties, chr(30)), coalesce(expires_on::text, chr(30)))";
        return "SELECT false, id, parent_id, name, " + same + " FROM " + shard.table()
                + " WHERE key = ANY(?) UNION ALL SELECT true, id, parent_id, name, " + same
                + " FROM (SELECT a.id, COALESCE(f.domain, '<unknown>') AS domain, a.form_id AS parent_id, a.name,"
                + " COALESCE(a.content_length, 0) AS content_length, a.content_type,"
                + " CASE WHEN a.properties::text = '{}' THEN NULL ELSE a.properties::text END AS properties,"
                + " NULL::timestamptz AS expires_on FROM "
                + ATTACHMENTS + " a LEFT JOIN " + FORMS + " f ON f.form_id = a.form_id WHERE " + KEY
                + " = ANY(?)) o ORDER BY 1, 2";
    }

    /**
     * Two rows of one parent must agree; the newer one goes. That is what has its metadata already, the only one whose type
     * may be wrong.
     */
    private Holder keepOne(MetadataShard shard, String key, List<Holder> holders)
            throws UserException, EndpointException, InterruptedException {
        Holder kept = holders.get(0);
        for (Holder other : holders.subList(1, holders.size())) {
            if (!kept.same().equals(other.same())) {
                throw new UserException(shard.database().spec().alias() + ": refusing to delete: the rows of "
                        + kept.parent() + " / " + kept.name() + " key=" + key
                        + " do not agree; compare them by hand. What was moved so far is moved.");
            }
            Holder gone = newer(kept, other);
            kept = gone.equals(kept) ? other : kept;
            output.line(shard.database().spec().alias() + ": deleting duplicate blob for " + gone.parent() + " / "
                    + gone.name() + " key=" + key);
            shard.database().update("DELETE FROM " + tableOf(shard, gone) + " WHERE id = ?", List.of(gone.id()));
        }
        return kept;
    }

    /** What has its metadata is newer than an attachment of before. */
    private static Holder newer(Holder a, Holder b) {
        if (a.old() != b.old()) {
            return a.old() ? b : a;
        }
        return a.id() > b.id() ? a : b;
    }

    private static String tableOf(MetadataShard shard, Holder holder) {
        return holder.old() ? ATTACHMENTS : shard.table();
    }

    /** The blob is copied first: killed in between, a blob is left over, and no row without one. */
    private void ownKey(MetadataShard shard, String key, Holder holder)
            throws UserException, EndpointException, InterruptedException {
        String alias = shard.database().spec().alias();
        if (blobs.isEmpty()) {
            throw new UserException(alias + ": " + holder.parent() + " / " + holder.name() + " shares the blob " + key
                    + " with another parent, and needs one of its own: give the settings of the blob database"
                    + " (S3_BLOB_DB_SETTINGS or SHARED_DRIVE_ROOT). What was moved so far is moved.");
        }
        String own = UUID.randomUUID().toString().replace("-", "");
        if (!blobs.get().copy(key, own)) {
            throw new UserException(alias + ": the blob " + key + " of " + holder.parent() + " / " + holder.name()
                    + " is in no store, and cannot be copied for it. What was moved so far is moved.");
        }
        output.line(alias + ": creating new blob for " + holder.parent() + " / " + holder.name() + " key=" + own);
        shard.database()
                .transaction(
                        "give a blob a key of its own", LIMIT, transaction -> rename(transaction, shard, holder, own));
        LOG.info("{}: {} of {} is {} now", alias, key, holder.parent(), own);
    }

    private static int rename(RowTransaction transaction, MetadataShard shard, Holder holder, String own)
            throws SQLException {
        if (holder.old()) {
            return transaction.update(
                    "UPDATE " + ATTACHMENTS + " SET blob_bucket = '', blob_id = ? WHERE id = ?",
                    List.of(own, holder.id()));
        }
        return transaction.update("UPDATE " + shard.table() + " SET key = ? WHERE id = ?", List.of(own, holder.id()));
    }
}
