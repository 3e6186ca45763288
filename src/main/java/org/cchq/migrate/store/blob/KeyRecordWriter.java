package org.cchq.migrate.store.blob;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Appends records of {@value #BYTES} bytes to a new file: 128 bits of hash, 64 bits of length, big-endian. */
final class KeyRecordWriter implements Closeable {
    static final int BYTES = 24;
    private static final int BUFFERED = 2_730;

    private final FileChannel file;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFERED * BYTES);

    KeyRecordWriter(Path path) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    void write(long high, long low, long length) throws IOException {
        if (!buffer.hasRemaining()) {
            drain();
        }
        buffer.putLong(high).putLong(low).putLong(length);
    }

    private void drain() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            file.write(buffer);
        }
        buffer.clear();
    }

    @Override
    public void close() throws IOException {
        try (file) {
            drain();
        }
    }
}
