package org.cchq.migrate.store.blob;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * HQ's file-system blob db: the blob of a key is the regular file {@code ROOT/KEY} (format: {@code SHARED_DRIVE_CONF}'s
 * blob directory). A directory is "not found", though HQ's own {@code exists} says otherwise.
 *
 * <ul>
 *   <li>Keys come from rows and are not trusted: absolute keys, {@code ..} segments and NUL are refused.
 *   <li>Symbolic links are followed, also out of the root, as HQ follows them: they are made by whoever administers the
 *       drive (a second disk for one directory), never by a key.
 *   <li>If the root is gone, or is another file system than at the first look (an unmounted shared drive leaves an empty
 *       directory), that is {@code UNUSABLE}, never "not found".
 *   <li>A write goes to a part file ({@value #PART_PREFIX} and a random name) in the directory of the blob, is forced to
 *       the disk, and then linked to its name, which fails if the name exists. A crash leaves a part file at most; it is
 *       never listed.
 * </ul>
 *
 * <p>Each page of a listing reads the names of the directories that it touches. Threads may share an instance.
 */
public final class FileSystemBlobStore implements BlobStore {
    static final String PART_PREFIX = ".cchq-migrate-part-";
    private static final int PAGE_SIZE = 1_000;
    /** Longest file name of the usual Linux file systems, in bytes. */
    private static final int LONGEST_NAME = 255;

    private final Path root;
    private final AtomicReference<@Nullable Object> rootIdentity = new AtomicReference<>();

    /** @param root the blob directory; need not exist yet: {@link #probeSource()} tells */
    public FileSystemBlobStore(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    @Override
    public String description() {
        return "file system " + root;
    }

    @Override
    public Optional<StoredBlob> open(String key) throws EndpointException, InterruptedException {
        Path path = path(key);
        try {
            if (!isFile(path)) {
                return absent();
            }
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            try {
                return Optional.of(new OpenFile(path, channel, new BlobInfo(channel.size(), "")));
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (NoSuchFileException e) {
            return absent();
        } catch (IOException e) {
            throw failed("read " + key, e);
        }
    }

    @Override
    public Optional<BlobInfo> head(String key) throws EndpointException, InterruptedException {
        Path path = path(key);
        try {
            return isFile(path) ? Optional.of(new BlobInfo(Files.size(path), "")) : absent();
        } catch (NoSuchFileException e) {
            return absent();
        } catch (IOException e) {
            throw failed("look at " + key, e);
        }
    }

    @Override
    public PutResult putIfAbsent(String key, StoredBlob blob) throws EndpointException, InterruptedException {
        Path path = path(key);
        refuseUnfaithful(key);
        requireRoot();
        try {
            if (Files.isDirectory(path)) {
                throw refused("store " + key, "it is a directory there, the beginning of other keys");
            }
            if (isFile(path)) {
                return FileComparison.compare(path, blob, description(), key);
            }
            Path directory = Objects.requireNonNull(path.getParent());
            try {
                Files.createDirectories(directory);
            } catch (FileAlreadyExistsException e) {
                throw refused("store " + key, e.getFile() + " is a blob, not a directory");
            }
            Path part = directory.resolve(PART_PREFIX + UUID.randomUUID());
            try {
                PutResult written = new PartFile(part, description(), key).write(blob);
                return publish(part, path) ? written : FileComparison.compare(path, part, written.verified());
            } finally {
                Files.deleteIfExists(part);
                force(directory);
            }
        } catch (IOException e) {
            throw failed("store " + key, e);
        }
    }

    @Override
    public Optional<PutResult> copyWithin(BlobStore source, String key) {
        return Optional.empty();
    }

    @Override
    public boolean delete(String key) throws EndpointException, InterruptedException {
        Path path = path(key);
        try {
            if (!isFile(path)) {
                absent();
                return false;
            }
            Files.delete(path);
            force(Objects.requireNonNull(path.getParent()));
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw failed("delete " + key, e);
        }
    }

    @Override
    public BlobPage list(String after) throws EndpointException, InterruptedException {
        requireRoot();
        try {
            return FileTree.page(root, after, PAGE_SIZE);
        } catch (IOException e) {
            throw failed("list the keys after \"" + after + "\"", e);
        }
    }

    @Override
    public Capabilities probeTarget() throws EndpointException, InterruptedException {
        probeSource();
        Path part = root.resolve(PART_PREFIX + UUID.randomUUID());
        Path published = root.resolve(PART_PREFIX + UUID.randomUUID());
        try {
            try {
                Files.write(part, new byte[] {1});
                boolean created = publish(part, published);
                Files.write(part, new byte[] {2});
                if (!created || publish(part, published)) {
                    throw new IOException("a name could be created twice");
                }
            } finally {
                Files.deleteIfExists(part);
                Files.deleteIfExists(published);
            }
        } catch (IOException e) {
            throw new EndpointException(
                    description(),
                    Kind.UNUSABLE,
                    "Tried to write a file in " + description() + " but " + reason(e)
                            + "; check owner, mode and free space of the directory",
                    e);
        }
        return new Capabilities(true, false, false, Long.MAX_VALUE);
    }

    @Override
    public void probeSource() throws EndpointException, InterruptedException {
        requireRoot();
        if (!Files.isReadable(root) || !Files.isExecutable(root)) {
            throw new EndpointException(
                    description(),
                    Kind.UNUSABLE,
                    "Tried to list " + description() + " but permission is denied; run as the user who owns it");
        }
        list("");
    }

    @Override
    public void close() {}

    /** Creates the name with the whole blob; false, and nothing changed, if another writer was first. */
    private static boolean publish(Path part, Path path) throws IOException {
        try {
            try {
                Files.createLink(path, part);
            } catch (FileAlreadyExistsException e) {
                return false;
            } catch (IOException | UnsupportedOperationException e) {
                // No hard links here (vfat, some network drives): looks first, then renames.
                Files.move(part, path);
            }
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    /** Makes a created or removed name durable. */
    private static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** False for what is not there, a directory, and a key below a blob; an unreadable way there is an error. */
    private static boolean isFile(Path path) throws IOException {
        for (Path segment : path) {
            if (segment.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
                return false;
            }
        }
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).isRegularFile();
        } catch (NoSuchFileException e) {
            return false;
        } catch (AccessDeniedException e) {
            throw e;
        } catch (IOException e) {
            Path parent = path.getParent();
            // "Not a directory": a blob is where this key needs a directory.
            if (parent != null && Files.exists(parent) && !Files.isDirectory(parent)) {
                return false;
            }
            throw e;
        }
    }

    private Path path(String key) throws EndpointException {
        if (key.isEmpty()
                || key.startsWith("/")
                || Arrays.asList(key.split("/", -1)).contains("..")) {
            throw refused("use the key \"" + key + "\"", "it is not the name of a file below the directory");
        }
        try {
            return root.resolve(key);
        } catch (InvalidPathException e) {
            throw new EndpointException(
                    description(),
                    Kind.REFUSED,
                    "Tried to use the key \"" + key + "\" in " + description() + " but it cannot be a file name ("
                            + e.getReason() + "); if it is not ASCII, run with LC_ALL=C.UTF-8",
                    e);
        }
    }

    /** Refuses keys that a file system would store under another key: {@code a//b}, {@code a/./b}, {@code a/}. */
    private void refuseUnfaithful(String key) throws EndpointException {
        for (String segment : key.split("/", -1)) {
            if (segment.isEmpty() || segment.equals(".") || segment.startsWith(PART_PREFIX)) {
                throw refused("store " + key, "a file system cannot hold a blob under exactly this key");
            }
        }
    }

    private <T> Optional<T> absent() throws EndpointException {
        requireRoot();
        return Optional.empty();
    }

    private void requireRoot() throws EndpointException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(root, BasicFileAttributes.class);
            Object identity = Objects.requireNonNullElse(attributes.fileKey(), root);
            Object first = rootIdentity.compareAndExchange(null, identity);
            if (!attributes.isDirectory()) {
                throw unusableRoot("it is not a directory", null);
            } else if (first != null && !first.equals(identity)) {
                throw unusableRoot("it is no longer the directory it was; is the drive still mounted?", null);
            }
        } catch (IOException e) {
            throw unusableRoot("it cannot be found; is the drive mounted? (" + reason(e) + ")", e);
        }
    }

    private EndpointException unusableRoot(String why, @Nullable IOException cause) {
        return new EndpointException(
                description(), Kind.UNUSABLE, "Tried to use " + description() + " but " + why, cause);
    }

    private EndpointException refused(String what, String why) {
        return new EndpointException(
                description(), Kind.REFUSED, "Tried to " + what + " in " + description() + " but " + why);
    }

    private EndpointException failed(String what, IOException e) throws InterruptedException {
        if (e instanceof ClosedByInterruptException) {
            throw interrupted(e);
        }
        Kind kind = e instanceof AccessDeniedException ? Kind.DENIED : Kind.UNREACHABLE;
        return new EndpointException(
                description(), kind, "Tried to " + what + " in " + description() + " but " + reason(e), e);
    }

    static InterruptedException interrupted(IOException cause) {
        Thread.interrupted();
        InterruptedException interrupted = new InterruptedException();
        interrupted.initCause(cause);
        return interrupted;
    }

    private static String reason(IOException e) {
        return e instanceof AccessDeniedException
                ? "permission is denied"
                : e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    private record OpenFile(Path path, FileChannel channel, BlobInfo info, InputStream body) implements StoredBlob {
        OpenFile(Path path, FileChannel channel, BlobInfo info) {
            this(path, channel, info, Channels.newInputStream(channel));
        }

        @Override
        public InputStream bodyFrom(long position) throws IOException {
            channel.position(position);
            return body;
        }

        /** Which file it is, and when it was written last. */
        @Override
        public String version() {
            try {
                BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
                return attributes.fileKey() + " " + attributes.lastModifiedTime();
            } catch (IOException e) {
                return "";
            }
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                // Nothing was written: there is nothing to lose.
                return;
            }
        }
    }
}
