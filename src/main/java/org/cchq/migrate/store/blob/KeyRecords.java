package org.cchq.migrate.store.blob;

import java.io.IOException;
import java.nio.file.Path;

/** Records of one sorted run while they are gathered, in one array: hash, hash, length. Not thread-safe. */
final class KeyRecords {
    /** Below, insertion is faster than another partition. */
    private static final int SMALL = 16;

    private final long[] fields;
    private int count;

    KeyRecords(int capacity) {
        this.fields = new long[Math.multiplyExact(capacity, 3)];
    }

    boolean isFull() {
        return count * 3 == fields.length;
    }

    boolean isEmpty() {
        return count == 0;
    }

    void add(KeyHash hash, long length) {
        int at = count++ * 3;
        fields[at] = hash.high();
        fields[at + 1] = hash.low();
        fields[at + 2] = length;
    }

    /** Writes what was gathered, sorted, and begins anew. */
    void spill(Path run) throws IOException {
        sort(0, count - 1);
        try (KeyRecordWriter writer = new KeyRecordWriter(run)) {
            for (int at = 0; at < count * 3; at += 3) {
                writer.write(fields[at], fields[at + 1], fields[at + 2]);
            }
        }
        count = 0;
    }

    /** Quicksort; hashes are random, so that the middle is as good a pivot as any. */
    private void sort(int from, int to) {
        int first = from;
        int last = to;
        while (last - first > SMALL) {
            int middle = (first + last) >>> 1;
            long high = fields[middle * 3];
            long low = fields[middle * 3 + 1];
            int i = first;
            int j = last;
            while (i <= j) {
                while (compare(i, high, low) < 0) {
                    i++;
                }
                while (compare(j, high, low) > 0) {
                    j--;
                }
                if (i <= j) {
                    swap(i++, j--);
                }
            }
            // The smaller side by recursion, so that the stack stays small.
            if (j - first < last - i) {
                sort(first, j);
                first = i;
            } else {
                sort(i, last);
                last = j;
            }
        }
        for (int i = first + 1; i <= last; i++) {
            for (int j = i; j > first && compare(j - 1, fields[j * 3], fields[j * 3 + 1]) > 0; j--) {
                swap(j, j - 1);
            }
        }
    }

    private int compare(int index, long high, long low) {
        return KeyHash.compare(fields[index * 3], fields[index * 3 + 1], high, low);
    }

    private void swap(int i, int j) {
        for (int field = 0; field < 3; field++) {
            long kept = fields[i * 3 + field];
            fields[i * 3 + field] = fields[j * 3 + field];
            fields[j * 3 + field] = kept;
        }
    }
}
