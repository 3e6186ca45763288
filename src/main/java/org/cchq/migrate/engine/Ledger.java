package org.cchq.migrate.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Finding;
import org.cchq.migrate.migration.Outcome;

/**
 * What is done, durably: passes, marks, open chunks, findings and counts of one run directory, in one SQLite file that
 * grows with what is in flight and with what was found, never with what was copied. Each change is one transaction, in
 * which chunk, counts, findings and low-water mark move together: killed at any instant, nothing is lost and nothing is
 * counted twice. One process holds the lease on it; its threads may share it. {@code docs/reference/ledger.md} shows
 * the tables.
 */
public final class Ledger implements AutoCloseable {
    private final Path path;
    private final Lease lease;
    private final LedgerFile file;
    private final Clock clock;
    private int pass;
    private int session;

    private Ledger(Path path, Lease lease, LedgerFile file, Clock clock) {
        this.path = path;
        this.lease = lease;
        this.file = file;
        this.clock = clock;
    }

    /**
     * Opens the ledger, or makes it if there is none.
     *
     * @param file in a directory that exists, on a local disk
     * @throws LeaseHeldException if another run, or this process, has it open
     * @throws UserException if it belongs to other settings, or is damaged, foreign or of another version; nothing is
     *     changed then
     */
    public static Ledger open(Path file, RunIdentity identity, LedgerOwner owner, Clock clock)
            throws LeaseHeldException, UserException, EndpointException {
        Path path = realPath(file);
        Lease lease = Lease.take(path, owner, clock.instant());
        boolean opened = false;
        try {
            if (!Files.exists(path)) {
                LedgerFile.create(path, identity);
            }
            refuseOtherSettings(path, identity);
            Ledger ledger = new Ledger(path, lease, LedgerFile.open(path), clock);
            opened = true;
            return ledger;
        } finally {
            if (!opened) {
                lease.close();
            }
        }
    }

    /**
     * Puts a ledger aside, whatever is in it, so that the next run begins from scratch; for {@code --reset}.
     *
     * @return where it is now; empty if there was none
     */
    public static Optional<Path> putAside(Path file, LedgerOwner owner, Clock clock)
            throws LeaseHeldException, UserException {
        Path path = realPath(file);
        Lease lease = Lease.take(path, owner, clock.instant());
        try {
            if (!Files.exists(path)) {
                return Optional.empty();
            }
            String aside =
                    path.getFileName() + ".before-" + clock.instant().toString().replace(':', '-');
            // The journals first: without its file a journal is never taken for a whole ledger.
            for (String suffix : List.of("-shm", "-wal", "")) {
                Path part = path.resolveSibling(path.getFileName() + suffix);
                if (Files.exists(part)) {
                    Files.move(part, path.resolveSibling(aside + suffix), StandardCopyOption.ATOMIC_MOVE);
                }
            }
            return Optional.of(path.resolveSibling(aside));
        } catch (IOException e) {
            throw new UserException(path + ": cannot be put aside: " + e, e);
        } finally {
            lease.close();
        }
    }

    private static Path realPath(Path file) throws UserException {
        Path absolute = file.toAbsolutePath();
        try {
            if (Files.exists(absolute)) {
                return absolute.toRealPath();
            }
            Path directory = absolute.getParent();
            return directory == null ? absolute : directory.toRealPath().resolve(absolute.getFileName());
        } catch (IOException e) {
            throw new UserException(
                    file + ": the directory of the ledger cannot be used (" + e + "). Make it first.", e);
        }
    }

    private static void refuseOtherSettings(Path path, RunIdentity identity) throws UserException, EndpointException {
        try (LedgerReader reader = LedgerReader.open(path)) {
            RunIdentity kept = reader.identity();
            if (!kept.digest().equals(identity.digest())) {
                throw new UserException(path + ": this ledger belongs to a run with other settings:\n"
                        + String.join("\n", kept.differences(identity))
                        + "\nNothing was changed. Start with the earlier settings to go on with that run, or use another"
                        + " directory for this one.");
            }
        }
    }

    /** Where the ledger is. */
    public Path path() {
        return path;
    }

    /** The pass that was begun last; empty if there is none. */
    public synchronized Optional<PassRecord> lastPass() throws EndpointException {
        return file.transaction("read the passes", LedgerRows::lastPass);
    }

    /** All passes, the first one first. */
    public synchronized List<PassRecord> passes() throws EndpointException {
        return file.transaction("read the passes", LedgerRows::passes);
    }

    /** The next findings of the last pass in order of partition and id, up to {@code limit}. */
    public synchronized List<Finding> findings(String afterPartition, long afterId, int limit)
            throws EndpointException {
        return file.transaction(
                "read the findings",
                connection -> LedgerRows.all(
                        connection,
                        LedgerRows::finding,
                        "SELECT * FROM finding WHERE (part, id) > (?, ?) ORDER BY part, id LIMIT ?",
                        afterPartition,
                        afterId,
                        limit));
    }

    /** Something small that a phase wants to find again; empty if it was never noted. */
    public synchronized Optional<String> note(String name) throws EndpointException {
        return file.transaction(
                "read a note",
                connection -> LedgerRows.first(
                        connection, row -> row.getString(1), "SELECT value FROM note WHERE name = ?", name));
    }

    public synchronized void note(String name, String value) throws EndpointException {
        file.transaction(
                "write a note",
                connection -> LedgerRows.update(
                        connection,
                        "INSERT INTO note (name, value) VALUES (?, ?)"
                                + " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                        name,
                        value));
    }

    /** Highest id of a partition up to which every item has ended and is counted; empty before the first pass. */
    public synchronized Optional<Long> lowWater(String partition) throws EndpointException {
        return file.transaction(
                "read a mark",
                connection -> LedgerRows.first(
                        connection, row -> row.getLong(1), "SELECT low_water FROM mark WHERE part = ?", partition));
    }

    /** Forgets passes, marks, chunks, findings and notes; the settings stay. */
    public synchronized void reset() throws EndpointException {
        file.transaction("forget the passes", connection -> {
            for (String table : List.of("pass", "outcome", "mark", "chunk", "finding", "note")) {
                LedgerRows.update(connection, "DELETE FROM " + table);
            }
            return true;
        });
    }

    /** Takes the last pass up where it was left, or begins the next one if it is complete. */
    synchronized PassPlan beginPass(List<String> partitions) throws EndpointException, UserException {
        refuseLostPartitions(partitions);
        return file.transaction("begin a pass", connection -> {
            Optional<PassRecord> last = LedgerRows.lastPass(connection);
            if (last.isEmpty() || last.get().state() == PassState.COMPLETE) {
                newPass(connection, last.map(PassRecord::number).orElse(0) + 1);
            }
            addMarks(connection, partitions);
            LedgerRows.update(
                    connection,
                    "UPDATE pass SET sessions = sessions + 1, state = 'running', ended = NULL, remark = ''"
                            + " WHERE number = (SELECT max(number) FROM pass)");
            return plan(connection);
        });
    }

    private void refuseLostPartitions(List<String> partitions) throws EndpointException, UserException {
        Set<String> lost = new HashSet<>(file.transaction(
                "read the marks",
                connection -> LedgerRows.all(connection, row -> row.getString(1), "SELECT part FROM mark")));
        partitions.forEach(lost::remove);
        if (!lost.isEmpty()) {
            throw new UserException(path + ": the run was begun with partitions that are not in the settings now: "
                    + String.join(", ", lost.stream().sorted().toList())
                    + ". Put them back, or use another directory.");
        }
    }

    private void newPass(Connection connection, int number) throws SQLException {
        LedgerRows.update(connection, "DELETE FROM finding");
        LedgerRows.update(connection, "DELETE FROM mark");
        LedgerRows.update(
                connection,
                "INSERT INTO pass (number, state, started, sessions, enumerated, bytes, orphans_removed, remark)"
                        + " VALUES (?, 'running', ?, 0, 0, 0, 0, '')",
                number,
                now());
    }

    private static void addMarks(Connection connection, List<String> partitions) throws SQLException {
        for (int i = 0; i < partitions.size(); i++) {
            LedgerRows.update(
                    connection,
                    "INSERT INTO mark (part, position, low_water, begun) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    partitions.get(i),
                    i,
                    Long.MIN_VALUE,
                    Long.MIN_VALUE);
        }
    }

    private PassPlan plan(Connection connection) throws SQLException {
        PassRecord current = LedgerRows.lastPass(connection).orElseThrow();
        pass = current.number();
        session = current.sessions();
        Map<String, Long> begun = new HashMap<>();
        LedgerRows.all(connection, row -> Map.entry(row.getString(1), row.getLong(2)), "SELECT part, begun FROM mark")
                .forEach(mark -> begun.put(mark.getKey(), mark.getValue()));
        List<OpenChunk> chunks = LedgerRows.all(connection, LedgerRows::chunk, "SELECT * FROM chunk ORDER BY number");
        return new PassPlan(pass, session, current.counts(), begun, chunks);
    }

    /** Begins a chunk of items that follow the highest one begun in their partition, and counts them as enumerated. */
    synchronized OpenChunk beginChunk(String partition, long hi, int count, byte[] items) throws EndpointException {
        return file.transaction("begin a chunk", connection -> {
            long lo = LedgerRows.first(
                            connection, row -> row.getLong(1), "SELECT begun FROM mark WHERE part = ?", partition)
                    .orElseThrow();
            if (hi <= lo) {
                throw new IllegalArgumentException("ids of " + partition + " must ascend: " + hi + " after " + lo);
            }
            LedgerRows.update(connection, "UPDATE mark SET begun = ? WHERE part = ?", hi, partition);
            LedgerRows.update(connection, "UPDATE pass SET enumerated = enumerated + ? WHERE number = ?", count, pass);
            return insertChunk(connection, "fresh", partition, lo, hi, count, items);
        });
    }

    /** Begins a chunk of items that failed in an earlier session; they stay counted as they are until it is finished. */
    synchronized OpenChunk beginAgain(String partition, Collection<Long> ids, byte[] items) throws EndpointException {
        return file.transaction("begin a chunk", connection -> {
            long lo = ids.stream().mapToLong(Long::longValue).min().orElseThrow() - 1;
            long hi = ids.stream().mapToLong(Long::longValue).max().orElseThrow();
            OpenChunk chunk = insertChunk(connection, "again", partition, lo, hi, ids.size(), items);
            for (long id : ids) {
                LedgerRows.update(
                        connection,
                        "UPDATE finding SET chunk = ? WHERE part = ? AND id = ?",
                        chunk.number(),
                        partition,
                        id);
            }
            return chunk;
        });
    }

    private static OpenChunk insertChunk(
            Connection connection, String kind, String partition, long lo, long hi, int count, byte[] items)
            throws SQLException {
        return LedgerRows.first(
                        connection,
                        LedgerRows::chunk,
                        "INSERT INTO chunk (kind, part, lo, hi, count, state, items, results)"
                                + " VALUES (?, ?, ?, ?, ?, 'open', ?, '[]') RETURNING *",
                        kind,
                        partition,
                        lo,
                        hi,
                        count,
                        items)
                .orElseThrow();
    }

    /** The items of a chunk, as they were handed in. */
    synchronized byte[] items(OpenChunk chunk) throws EndpointException {
        return file.transaction(
                "read a chunk",
                connection -> LedgerRows.first(
                                connection,
                                row -> row.getBytes(1),
                                "SELECT items FROM chunk WHERE number = ?",
                                chunk.number())
                        .orElseThrow());
    }

    /** The results of a chunk's items that are recorded so far, by id. */
    synchronized Map<Long, EndedItem> results(OpenChunk chunk) throws EndpointException, UserException {
        String text = file.transaction(
                "read a chunk",
                connection -> LedgerRows.first(
                                connection,
                                row -> row.getString(1),
                                "SELECT results FROM chunk WHERE number = ?",
                                chunk.number())
                        .orElseThrow());
        return EndedItem.read(chunk.partition(), text, path + ": chunk " + chunk.number());
    }

    /** Keeps the results of a chunk that is left before its last item has ended. */
    synchronized void keep(OpenChunk chunk, Collection<EndedItem> results) throws EndpointException {
        file.transaction(
                "leave a chunk",
                connection -> LedgerRows.update(
                        connection,
                        "UPDATE chunk SET results = ? WHERE number = ? AND state = 'open'",
                        EndedItem.write(results),
                        chunk.number()));
    }

    /** Records that all items of a chunk have ended; it is finished once it has settled. */
    synchronized void end(OpenChunk chunk, Collection<EndedItem> results) throws EndpointException {
        file.transaction(
                "end a chunk",
                connection -> LedgerRows.update(
                        connection,
                        "UPDATE chunk SET results = ?, state = 'ended', ended = ? WHERE number = ?",
                        EndedItem.write(results),
                        now(),
                        chunk.number()));
    }

    /**
     * Finishes a chunk: its items are counted, its findings listed, and the low-water mark goes up to the next chunk that
     * is not finished. It never passes one: what is below it is never looked at again in this pass.
     */
    synchronized void finish(OpenChunk chunk, Collection<EndedItem> results) throws EndpointException {
        file.transaction("finish a chunk", connection -> {
            if (LedgerRows.update(connection, "DELETE FROM chunk WHERE number = ?", chunk.number()) != 1) {
                throw new IllegalStateException("chunk " + chunk.number() + " was finished before");
            }
            Set<Long> listed = listed(connection, chunk, results);
            for (EndedItem item : results) {
                if (item.result().finding().isPresent() || listed.contains(item.id())) {
                    replaceFinding(connection, chunk.partition(), item);
                }
            }
            count(connection, results.stream().map(EndedItem::result).toList());
            LedgerRows.update(
                    connection,
                    "UPDATE mark SET low_water = coalesce((SELECT min(lo) FROM chunk"
                            + " WHERE chunk.part = mark.part AND kind = 'fresh'), begun) WHERE part = ?",
                    chunk.partition());
            return true;
        });
    }

    /** Records failed items of an earlier session that are not there any more. */
    synchronized void vanished(Collection<Finding> findings) throws EndpointException {
        file.transaction("record items that are gone", connection -> {
            for (Finding finding : findings) {
                replaceFinding(connection, finding.partition(), new EndedItem(finding.id(), ItemResult.of(finding), 0));
            }
            count(connection, findings.stream().map(ItemResult::of).toList());
            return true;
        });
    }

    /** Items of a chunk that may have a finding of an earlier session: one query, not one an item. */
    private static Set<Long> listed(Connection connection, OpenChunk chunk, Collection<EndedItem> items)
            throws SQLException {
        if (chunk.again()) {
            return items.stream().map(EndedItem::id).collect(Collectors.toSet());
        }
        return Set.copyOf(LedgerRows.all(
                connection,
                row -> row.getLong(1),
                "SELECT id FROM finding WHERE part = ? AND id > ? AND id <= ?",
                chunk.partition(),
                chunk.lo(),
                chunk.hi()));
    }

    /** Takes back how the item was counted before, if it was, and lists it as it is now. */
    private void replaceFinding(Connection connection, String partition, EndedItem item) throws SQLException {
        Optional<Map.Entry<String, Integer>> before = LedgerRows.first(
                connection,
                row -> Map.entry(row.getString(1), row.getInt(2)),
                "DELETE FROM finding WHERE part = ? AND id = ? RETURNING outcome, attempts",
                partition,
                item.id());
        if (before.isPresent()) {
            add(connection, before.get().getKey(), -1);
        }
        Optional<Finding> now = item.result().finding();
        if (now.isPresent()) {
            Finding finding = now.get();
            LedgerRows.update(
                    connection,
                    "INSERT INTO finding (part, id, key, outcome, record, detail, attempts, session, found)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    partition,
                    item.id(),
                    finding.key(),
                    finding.outcome().name(),
                    finding.record(),
                    finding.detail(),
                    before.map(Map.Entry::getValue).orElse(0) + item.attempts(),
                    session,
                    now());
        }
    }

    private void count(Connection connection, Collection<ItemResult> results) throws SQLException {
        Map<Outcome, Integer> items = new HashMap<>();
        results.forEach(result -> items.merge(result.outcome(), 1, Integer::sum));
        for (Map.Entry<Outcome, Integer> entry : items.entrySet()) {
            add(connection, entry.getKey().name(), entry.getValue());
        }
        LedgerRows.update(
                connection,
                "UPDATE pass SET bytes = bytes + ?, orphans_removed = orphans_removed + ? WHERE number = ?",
                results.stream().mapToLong(ItemResult::bytes).sum(),
                results.stream().filter(ItemResult::orphanRemoved).count(),
                pass);
    }

    private void add(Connection connection, String outcome, int items) throws SQLException {
        LedgerRows.update(
                connection,
                "INSERT INTO outcome (pass, outcome, items) VALUES (?, ?, ?)"
                        + " ON CONFLICT (pass, outcome) DO UPDATE SET items = items + excluded.items",
                pass,
                outcome,
                items);
    }

    /** Failed and denied items of earlier sessions that no open chunk holds, in order of id. */
    synchronized List<Finding> unresolved(String partition, long after, int limit) throws EndpointException {
        return file.transaction(
                "read the failed items",
                connection -> LedgerRows.all(
                        connection,
                        LedgerRows::finding,
                        "SELECT * FROM finding WHERE part = ? AND id > ? AND outcome IN ('FAILED', 'DENIED')"
                                + " AND chunk IS NULL AND session < ? ORDER BY id LIMIT ?",
                        partition,
                        after,
                        session,
                        limit));
    }

    /** Counts of the pass that was begun, as far as its chunks are finished. */
    synchronized Counts counts() throws EndpointException {
        return lastPass().map(PassRecord::counts).orElse(Counts.NONE);
    }

    /** Records how a session ended. */
    synchronized void endPass(PassState state, String remark) throws EndpointException {
        file.transaction("end a pass", connection -> {
            if (state == PassState.COMPLETE
                    && LedgerRows.first(connection, row -> row.getLong(1), "SELECT number FROM chunk LIMIT 1")
                            .isPresent()) {
                throw new IllegalStateException("a pass with open chunks is not complete");
            }
            return LedgerRows.update(
                    connection,
                    "UPDATE pass SET state = ?, ended = ?, remark = ? WHERE number = ?",
                    state.text(),
                    now(),
                    remark,
                    pass);
        });
    }

    private String now() {
        Instant now = clock.instant();
        return now.toString();
    }

    @Override
    public synchronized void close() throws EndpointException {
        try {
            file.close();
        } finally {
            lease.close();
        }
    }
}
