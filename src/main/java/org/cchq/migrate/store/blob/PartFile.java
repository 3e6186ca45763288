package org.cchq.migrate.store.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.cchq.migrate.base.EndpointException;

/** A blob on its way into a directory, under a name that is not its key. */
record PartFile(Path part, String store, String key) {
    private static final int BUFFER = 64 * 1024;

    /** Writes the whole blob and forces it to the disk; what it returns is true only of a complete, checked part file. */
    PutResult write(StoredBlob blob) throws IOException, EndpointException, InterruptedException {
        CheckedBody body = new CheckedBody(blob, store, key);
        long length = 0;
        try (FileChannel file = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            byte[] buffer = new byte[BUFFER];
            for (int read = body.read(buffer); read > 0; read = body.read(buffer)) {
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
                while (bytes.hasRemaining()) {
                    length += file.write(bytes);
                }
            }
            PutResult.Verified verified = body.verify();
            file.force(true);
            return new PutResult(PutResult.Effect.CREATED, length, verified);
        }
    }
}
