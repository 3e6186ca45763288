package org.cchq.migrate.stage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Objects;
import org.cchq.migrate.base.UserException;

/**
 * Replaces a file of an environment at once: written beside it, forced to disk, renamed; mode, owner and group stay. A link
 * stays a link. Refused if the file is not what it was when it was read.
 */
public final class EnvironmentFile {
    private EnvironmentFile() {}

    /**
     * @param directory the environment's
     * @param edit {@code was} is "" for a file that is not there yet
     */
    public static void replace(Path directory, FileEdit edit) throws UserException {
        Path file = directory.resolve(edit.file());
        try {
            boolean there = Files.exists(file);
            Path real = there ? file.toRealPath() : file;
            String now = there ? Files.readString(real, StandardCharsets.UTF_8) : "";
            if (!now.equals(edit.was())) {
                throw new UserException(file
                        + ": has changed since it was read; nothing was written. Look at it, and type the same again");
            }
            Path folder = Objects.requireNonNull(real.toAbsolutePath().getParent());
            Files.createDirectories(folder);
            Path part = Files.createTempFile(folder, ".cchq-migrate-", ".part");
            try {
                write(part, edit.is());
                if (there) {
                    keepOwner(real, part);
                } else {
                    Files.setPosixFilePermissions(
                            part, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
                }
                Files.move(part, real, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                force(folder);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw new UserException(file + ": cannot be replaced: " + e.getMessage(), e);
        }
    }

    private static void write(Path file, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private static void keepOwner(Path from, Path to) throws IOException {
        PosixFileAttributes was = Files.readAttributes(from, PosixFileAttributes.class);
        PosixFileAttributeView view = Files.getFileAttributeView(to, PosixFileAttributeView.class);
        PosixFileAttributes has = view.readAttributes();
        if (!has.group().equals(was.group())) {
            view.setGroup(was.group());
        }
        if (!has.owner().equals(was.owner())) {
            view.setOwner(was.owner());
        }
        view.setPermissions(was.permissions());
    }

    /** So that the rename outlives a power cut. */
    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
