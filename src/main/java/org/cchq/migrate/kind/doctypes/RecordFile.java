package org.cchq.migrate.kind.doctypes;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/** A small file that is replaced as a whole, and on the disk before the call returns. */
record RecordFile(Path path) {
    Optional<String> text() throws UserException {
        try {
            return Files.exists(path) ? Optional.of(Files.readString(path)) : Optional.empty();
        } catch (IOException e) {
            throw new UserException(path + ": cannot be read: " + e, e);
        }
    }

    Optional<Map<String, @Nullable Object>> object() throws UserException {
        Optional<String> text = text();
        return text.isEmpty() ? Optional.empty() : Optional.of(Json.readObject(text.get(), path.toString()));
    }

    void write(String text) throws UserException {
        Path next = path.resolveSibling(path.getFileName() + ".new");
        try {
            Path directory = path.toAbsolutePath().getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            try (FileChannel channel = FileChannel.open(
                    next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                java.nio.ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UserException(
                    path + ": cannot be written: " + e + ". The state directory needs room and rights.", e);
        }
    }

    void delete() throws UserException {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UserException(path + ": cannot be removed: " + e, e);
        }
    }
}
