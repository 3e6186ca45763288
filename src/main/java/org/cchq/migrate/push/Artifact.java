package org.cchq.migrate.push;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cchq.migrate.base.UserException;

/**
 * A file to bring to hosts.
 *
 * @param sha256 64 hexadecimal digits; names it on the host
 * @param bytes its size
 */
public record Artifact(Path file, String sha256, long bytes) {
    /** Reads the file once for its checksum. */
    public static Artifact of(Path file) throws UserException {
        try {
            return new Artifact(file, Sha256.of(file), Files.size(file));
        } catch (IOException e) {
            throw new UserException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
