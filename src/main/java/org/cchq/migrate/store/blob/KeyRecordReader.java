package org.cchq.migrate.store.blob;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads a file of records from its beginning. */
final class KeyRecordReader implements Closeable {
    private static final int BUFFERED = 1_365;

    private final FileChannel file;
    private final ByteBuffer buffer =
            ByteBuffer.allocate(BUFFERED * KeyRecordWriter.BYTES).limit(0);
    private long high;
    private long low;
    private long length;

    KeyRecordReader(Path path) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.READ);
    }

    /** Goes to the next record; false at the end. */
    boolean next() throws IOException {
        if (!buffer.hasRemaining()) {
            buffer.clear();
            while (buffer.position() % KeyRecordWriter.BYTES != 0 || buffer.position() == 0) {
                if (file.read(buffer) < 0) {
                    break;
                }
            }
            buffer.flip();
            if (!buffer.hasRemaining()) {
                return false;
            }
        }
        high = buffer.getLong();
        low = buffer.getLong();
        length = buffer.getLong();
        return true;
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }

    long length() {
        return length;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
