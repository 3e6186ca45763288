package org.cchq.migrate.stage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import org.cchq.migrate.base.UserException;

/**
 * The blobs that somebody says may stay missing: a file with one key a line; empty lines and lines with {@code #} in front
 * do not count.
 */
public record AcceptedBlobs(String name, String sha256, Set<String> keys) {
    /** More keys than that nobody has looked at. */
    static final int MOST = 1_000_000;

    public AcceptedBlobs {
        keys = Set.copyOf(keys);
    }

    /** Reads the file. */
    public static AcceptedBlobs read(Path file) throws UserException {
        try {
            byte[] bytes = Files.readAllBytes(file);
            Set<String> keys = new LinkedHashSet<>();
            for (String line : new String(bytes, StandardCharsets.UTF_8).lines().toList()) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    keys.add(line.strip());
                }
            }
            if (keys.isEmpty() || keys.size() > MOST) {
                throw new UserException(
                        file + ": lists " + keys.size() + " keys; expected 1 to " + MOST + ", one a line");
            }
            String sha256 = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            return new AcceptedBlobs(Objects.requireNonNull(file.getFileName()).toString(), sha256, keys);
        } catch (IOException e) {
            throw new UserException(file + ": cannot be read: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    Acceptance by(String who, Instant at) {
        return new Acceptance(at.toString(), who, keys.size(), sha256, name);
    }
}
