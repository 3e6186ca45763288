package org.cchq.migrate.kind.blobs;

import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Counts records by type code and class. Thread-safe. */
final class BlobLogCounts {
    /** HQ's classes, then this program's. */
    enum Cell {
        FOUND_IN_NEW,
        FOUND_IN_OLD,
        NOT_REFERENCED,
        NOT_FOUND,
        LOST_WITH_ROW,
        LOST_WITH_DOCUMENT,
        DELETED,
        UNEXPLAINED,
        PARENT_NOT_ASKED
    }

    private final SortedMap<Long, Map<Cell, Long>> cells = new TreeMap<>();

    synchronized void add(long typeCode, Cell cell) {
        cells.computeIfAbsent(typeCode, code -> new EnumMap<>(Cell.class)).merge(cell, 1L, Long::sum);
    }

    synchronized SortedMap<Long, CheckBlobLogsResult.TypeCounts> byType() {
        SortedMap<Long, CheckBlobLogsResult.TypeCounts> byType = new TreeMap<>();
        cells.forEach((code, counts) -> byType.put(
                code,
                new CheckBlobLogsResult.TypeCounts(
                        counts.getOrDefault(Cell.FOUND_IN_NEW, 0L),
                        counts.getOrDefault(Cell.FOUND_IN_OLD, 0L),
                        counts.getOrDefault(Cell.NOT_REFERENCED, 0L),
                        counts.getOrDefault(Cell.NOT_FOUND, 0L),
                        counts.getOrDefault(Cell.LOST_WITH_ROW, 0L),
                        counts.getOrDefault(Cell.LOST_WITH_DOCUMENT, 0L),
                        counts.getOrDefault(Cell.DELETED, 0L),
                        counts.getOrDefault(Cell.UNEXPLAINED, 0L),
                        counts.getOrDefault(Cell.PARENT_NOT_ASKED, 0L))));
        return byType;
    }
}
