package org.cchq.migrate.engine;

import java.nio.file.Files;
import java.nio.file.Path;
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
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Finding;

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
        Path path = LedgerPlace.of(file);
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
        return LedgerPlace.putAside(file, owner, clock);
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
                "read the findings", connection -> FindingRows.after(connection, afterPartition, afterId, limit));
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
                PassRows.begin(connection, last.map(PassRecord::number).orElse(0) + 1, now());
            }
            PassRows.addMarks(connection, partitions);
            PassRows.takeUp(connection);
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
            return ChunkRows.insert(connection, "fresh", partition, lo, hi, count, items);
        });
    }

    /** Begins a chunk of items that failed in an earlier session; they stay counted as they are until it is finished. */
    synchronized OpenChunk beginAgain(String partition, Collection<Long> ids, byte[] items) throws EndpointException {
        return file.transaction("begin a chunk", connection -> {
            long lo = ids.stream().mapToLong(Long::longValue).min().orElseThrow() - 1;
            long hi = ids.stream().mapToLong(Long::longValue).max().orElseThrow();
            OpenChunk chunk = ChunkRows.insert(connection, "again", partition, lo, hi, ids.size(), items);
            FindingRows.hold(connection, chunk, ids);
            return chunk;
        });
    }

    /** The items of a chunk, as they were handed in. */
    synchronized byte[] items(OpenChunk chunk) throws EndpointException {
        return file.transaction("read a chunk", connection -> ChunkRows.items(connection, chunk));
    }

    /** The results of a chunk's items that are recorded so far, by id. */
    synchronized Map<Long, EndedItem> results(OpenChunk chunk) throws EndpointException, UserException {
        String text = file.transaction("read a chunk", connection -> ChunkRows.results(connection, chunk));
        return EndedItem.read(chunk.partition(), text, path + ": chunk " + chunk.number());
    }

    /** Keeps the results of a chunk that is left before its last item has ended. */
    synchronized void keep(OpenChunk chunk, Collection<EndedItem> results) throws EndpointException {
        file.transaction("leave a chunk", connection -> ChunkRows.keep(connection, chunk, results));
    }

    /** Records that all items of a chunk have ended; it is finished once it has settled. */
    synchronized void end(OpenChunk chunk, Collection<EndedItem> results) throws EndpointException {
        file.transaction("end a chunk", connection -> ChunkRows.end(connection, chunk, results, now()));
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
            Set<Long> listed = FindingRows.listed(connection, chunk, results);
            for (EndedItem item : results) {
                if (item.result().finding().isPresent() || listed.contains(item.id())) {
                    replaceFinding(connection, chunk.partition(), item);
                }
            }
            PassRows.count(
                    connection, pass, results.stream().map(EndedItem::result).toList());
            PassRows.raiseMark(connection, chunk.partition());
            return true;
        });
    }

    /** Takes back how the item was counted before, if it was, and lists it as it is now. */
    private void replaceFinding(Connection connection, String partition, EndedItem item) throws SQLException {
        Optional<FindingRows.Listed> before = FindingRows.remove(connection, partition, item.id());
        if (before.isPresent()) {
            PassRows.add(connection, pass, before.get().outcome(), -1);
        }
        if (item.result().finding().isPresent()) {
            int attempts = before.map(FindingRows.Listed::attempts).orElse(0) + item.attempts();
            FindingRows.insert(connection, partition, item.result().finding().get(), attempts, session, now());
        }
    }

    /** Records failed items of an earlier session that are not there any more. */
    synchronized void vanished(Collection<Finding> findings) throws EndpointException {
        file.transaction("record items that are gone", connection -> {
            for (Finding finding : findings) {
                replaceFinding(connection, finding.partition(), new EndedItem(finding.id(), ItemResult.of(finding), 0));
            }
            PassRows.count(
                    connection, pass, findings.stream().map(ItemResult::of).toList());
            return true;
        });
    }

    /** Failed and denied items of earlier sessions that no open chunk holds, in order of id. */
    synchronized List<Finding> unresolved(String partition, long after, int limit) throws EndpointException {
        return file.transaction(
                "read the failed items",
                connection -> FindingRows.unresolved(connection, partition, after, session, limit));
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
