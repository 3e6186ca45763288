package org.cchq.migrate.store.blob;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Looks records up in a sorted file: the first hash of each block is in memory (8 MiB at most), the block is read. Plain
 * reads, not a mapping: pages of a mapping count as memory of this process, and a channel would be closed under all threads
 * by the interruption of one. Threads may share it.
 */
final class SortedKeyFile implements Closeable {
    private static final int MOST_BLOCKS = 1 << 20;
    private static final int SMALLEST_BLOCK = 170;
    private static final int STRIPES = 16;

    private final RandomAccessFile[] files = new RandomAccessFile[STRIPES];
    private final long records;
    private final int blockRecords;
    private final long[] firstHashes;

    SortedKeyFile(Path path) throws IOException {
        for (int i = 0; i < STRIPES; i++) {
            files[i] = new RandomAccessFile(path.toFile(), "r");
        }
        records = files[0].length() / KeyRecordWriter.BYTES;
        blockRecords = (int) Math.max(SMALLEST_BLOCK, (records + MOST_BLOCKS - 1) / MOST_BLOCKS);
        firstHashes = new long[(int) ((records + blockRecords - 1) / blockRecords)];
        byte[] high = new byte[Long.BYTES];
        for (int block = 0; block < firstHashes.length; block++) {
            files[0].seek((long) block * blockRecords * KeyRecordWriter.BYTES);
            files[0].readFully(high);
            firstHashes[block] = ByteBuffer.wrap(high).getLong();
        }
    }

    long size() {
        return records;
    }

    OptionalLong length(KeyHash hash) throws IOException {
        // Blocks may begin with the same first half of a hash: begin with the last block that begins before it.
        for (int block = Math.max(0, firstNotBefore(hash.high()) - 1); block < firstHashes.length; block++) {
            if (Long.compareUnsigned(firstHashes[block], hash.high()) > 0) {
                break;
            }
            OptionalLong found = search(read(block), hash);
            if (found.isPresent()) {
                return found;
            }
        }
        return OptionalLong.empty();
    }

    private int firstNotBefore(long high) {
        int from = 0;
        int to = firstHashes.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (Long.compareUnsigned(firstHashes[middle], high) < 0) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    private ByteBuffer read(int block) throws IOException {
        long first = (long) block * blockRecords;
        byte[] bytes = new byte[(int) Math.min(blockRecords, records - first) * KeyRecordWriter.BYTES];
        RandomAccessFile file = files[(int) (Thread.currentThread().getId() % STRIPES)];
        synchronized (file) {
            file.seek(first * KeyRecordWriter.BYTES);
            file.readFully(bytes);
        }
        return ByteBuffer.wrap(bytes);
    }

    private static OptionalLong search(ByteBuffer block, KeyHash hash) {
        int from = 0;
        int to = block.limit() / KeyRecordWriter.BYTES - 1;
        while (from <= to) {
            int middle = (from + to) >>> 1;
            int at = middle * KeyRecordWriter.BYTES;
            int order = KeyHash.compare(block.getLong(at), block.getLong(at + 8), hash.high(), hash.low());
            if (order == 0) {
                return OptionalLong.of(block.getLong(at + 16));
            } else if (order < 0) {
                from = middle + 1;
            } else {
                to = middle - 1;
            }
        }
        return OptionalLong.empty();
    }

    @Override
    public void close() throws IOException {
        for (RandomAccessFile file : files) {
            file.close();
        }
    }
}
