package org.cchq.migrate.store.blob;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.cchq.migrate.base.EndpointException;

/** Whether a file that is there already is the blob that was to be stored. */
final class FileComparison {
    private static final int BUFFER = 64 * 1024;

    private FileComparison() {}

    /** By length first, then by MD5 where the source declares one, byte by byte where not. */
    static PutResult compare(Path path, StoredBlob blob, String store, String key)
            throws IOException, EndpointException, InterruptedException {
        long length = Files.size(path);
        boolean same = length == blob.info().length()
                && (CheckedBody.declaresMd5(blob.info())
                        ? md5(path).equalsIgnoreCase(blob.info().etag())
                        : sameBytes(path, new CheckedBody(blob, store, key)));
        return new PutResult(
                same ? PutResult.Effect.SAME : PutResult.Effect.DIFFERENT, length, PutResult.Verified.CHECKSUM);
    }

    /** What a part file and the file that another writer published first have in common. */
    static PutResult compare(Path path, Path part, PutResult.Verified verified) throws IOException {
        boolean same = Files.mismatch(path, part) < 0;
        return new PutResult(same ? PutResult.Effect.SAME : PutResult.Effect.DIFFERENT, Files.size(path), verified);
    }

    private static String md5(Path path) throws IOException {
        MessageDigest digest = CheckedBody.md5();
        try (InputStream file = Files.newInputStream(path)) {
            byte[] buffer = new byte[BUFFER];
            for (int read = file.read(buffer); read >= 0; read = file.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static boolean sameBytes(Path path, CheckedBody body)
            throws IOException, EndpointException, InterruptedException {
        boolean same = true;
        try (InputStream file = Files.newInputStream(path)) {
            byte[] wanted = new byte[BUFFER];
            byte[] there = new byte[BUFFER];
            // Read to the end even after a difference: a source that breaks off is an error, not a difference.
            for (int read = body.read(wanted); read > 0; read = body.read(wanted)) {
                int found = file.readNBytes(there, 0, read);
                same &= Arrays.equals(wanted, 0, read, there, 0, found);
            }
        }
        body.verify();
        return same;
    }
}
