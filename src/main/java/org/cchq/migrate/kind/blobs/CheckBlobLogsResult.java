package org.cchq.migrate.kind.blobs;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.hq.TypeCode;

/**
 * What {@code check_blob_logs} found.
 *
 * @param types by type code, ascending
 * @param malformed lines that are no JSON
 * @param notChecked records that could not be checked: fields missing, or a store did not answer
 * @param notLookedUp blobs in neither store of which row, deletion and document were not looked up any more
 * @param migrate whether blobs found in old were copied
 * @param interrupted whether it ended before its time
 */
public record CheckBlobLogsResult(
        SortedMap<Long, TypeCounts> types,
        long malformed,
        long notChecked,
        long notLookedUp,
        boolean migrate,
        boolean interrupted) {
    /**
     * Records of one type code: HQ's four classes, then what became of those in neither store.
     *
     * @param foundInNew in the new store
     * @param foundInOld in the old store only, or copied from it just now
     * @param notReferenced HQ's word: the CouchDB parent does not name it
     * @param notFound HQ's word: in neither store
     * @param lostWithRow in neither store, and its metadata row is still there
     * @param lostWithDocument in neither store, without row, and its CouchDB document still names it
     * @param deleted in neither store, and HQ noted its deletion
     * @param unexplained in neither store, with neither row nor note: expired, or deleted before 2019
     * @param parentNotAsked in neither store, without row, and CouchDB could not be asked for its parent
     */
    public record TypeCounts(
            long foundInNew,
            long foundInOld,
            long notReferenced,
            long notFound,
            long lostWithRow,
            long lostWithDocument,
            long deleted,
            long unexplained,
            long parentNotAsked) {
        /** Blobs that something still refers to and no store has. */
        public long lost() {
            return lostWithRow + lostWithDocument;
        }

        /** Blobs in neither store, whatever became of them. */
        long beyondHq() {
            return lost() + deleted + unexplained + parentNotAsked;
        }
    }

    public CheckBlobLogsResult {
        types = Collections.unmodifiableSortedMap(new TreeMap<>(types));
    }

    public long lost() {
        return types.values().stream().mapToLong(TypeCounts::lost).sum();
    }

    public long foundInOld() {
        return types.values().stream().mapToLong(TypeCounts::foundInOld).sum();
    }

    /** HQ's four classes over all types, and what is lost, in one sentence. */
    public String summary() {
        return sum(TypeCounts::foundInNew) + " found in new, " + foundInOld() + " found in old"
                + (migrate ? " (copied), " : ", ") + sum(TypeCounts::notReferenced) + " not referenced, "
                + sum(TypeCounts::notFound) + " not found, " + notChecked + " not checked; " + lost() + " lost"
                + (interrupted ? "; ended before all records were checked" : "");
    }

    private long sum(ToLongFunction<TypeCounts> count) {
        return types.values().stream().mapToLong(count).sum();
    }

    /**
     * Success only if every record was checked, nothing is lost and nothing is left in the old store alone. HQ's own
     * command always says 0.
     */
    public ExitCode exitCode() {
        if (interrupted) {
            return ExitCode.INTERRUPTED;
        }
        long open = lost() + notChecked + malformed + (migrate ? 0 : foundInOld());
        long notAsked =
                types.values().stream().mapToLong(TypeCounts::parentNotAsked).sum();
        return open + notAsked == 0 ? ExitCode.SUCCESS : ExitCode.INCOMPLETE;
    }

    /** The counts as a JSON object: plain maps and numbers. */
    public Map<String, Object> toJson() {
        Map<String, Object> byType = new LinkedHashMap<>();
        types.forEach((code, counts) -> {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", TypeCode.of(code).map(TypeCode::label).orElse("type_code " + code));
            entry.put("found_in_new", counts.foundInNew());
            entry.put("found_in_old", counts.foundInOld());
            entry.put("not_referenced", counts.notReferenced());
            entry.put("not_found", counts.notFound());
            entry.put("lost_with_row", counts.lostWithRow());
            entry.put("lost_with_document", counts.lostWithDocument());
            entry.put("deleted", counts.deleted());
            entry.put("unexplained", counts.unexplained());
            entry.put("parent_not_asked", counts.parentNotAsked());
            byType.put(Long.toString(code), entry);
        });
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("types", byType);
        json.put("lost", lost());
        json.put("malformed", malformed);
        json.put("not_checked", notChecked);
        json.put("not_looked_up", notLookedUp);
        json.put("migrate", migrate);
        json.put("interrupted", interrupted);
        return json;
    }
}
