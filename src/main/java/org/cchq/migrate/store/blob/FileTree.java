package org.cchq.migrate.store.blob;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Lists the regular files below a directory as keys, in byte order of the whole key. Memory is bounded by the page, not
 * by the size of a directory; the price is that each page reads the names of the directories it touches again. Links are
 * followed. Used for one page by one thread.
 */
final class FileTree {
    private final String after;
    private final int limit;
    private final List<BlobPage.Entry> found = new ArrayList<>();
    private final Deque<Object> openDirectories = new ArrayDeque<>();

    private FileTree(String after, int limit) {
        this.after = after;
        this.limit = limit;
    }

    /** Up to {@code size} keys after {@code after}. */
    static BlobPage page(Path root, String after, int size) throws IOException, InterruptedException {
        FileTree tree = new FileTree(after, size + 1);
        tree.descend(root, "");
        boolean more = tree.found.size() > size;
        return new BlobPage(more ? tree.found.subList(0, size) : tree.found, more);
    }

    private void descend(Path directory, String prefix) throws IOException, InterruptedException {
        String cursor = "";
        while (found.size() < limit) {
            List<Named> window = namesAfter(cursor, directory, prefix);
            for (Named named : window) {
                visit(named);
                if (found.size() == limit) {
                    return;
                }
            }
            if (window.size() < limit) {
                return;
            }
            cursor = window.get(window.size() - 1).key();
        }
    }

    private void visit(Named named) throws IOException, InterruptedException {
        if (!named.attributes().isDirectory()) {
            found.add(new BlobPage.Entry(
                    named.key(), new BlobInfo(named.attributes().size(), "")));
            return;
        }
        // A link to a directory above would make endless keys.
        Object identity = Objects.requireNonNullElse(named.attributes().fileKey(), named.path());
        if (openDirectories.contains(identity)) {
            return;
        }
        openDirectories.push(identity);
        try {
            descend(named.path(), named.key());
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Removed while it was listed: it has no keys.
            return;
        } finally {
            openDirectories.pop();
        }
    }

    /** The first files and directories, at most {@code limit}, that come after the cursor and can hold a wanted key. */
    private List<Named> namesAfter(String cursor, Path directory, String prefix)
            throws IOException, InterruptedException {
        TreeSet<Named> first = new TreeSet<>(Comparator.comparing(Named::key, KeyOrder.BYTES));
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory)) {
            for (Path path : paths) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                String name = path.getFileName().toString();
                String key = prefix + name;
                // '0' follows '/': every key of this name is before key + '0'. Spares most names a look at the file.
                boolean passed = isBefore(key + '0', after) || !isBefore(cursor, key + '/');
                boolean beyond = first.size() == limit && isBefore(first.last().key(), key);
                if (passed || beyond || name.startsWith(FileSystemBlobStore.PART_PREFIX)) {
                    continue;
                }
                named(path, key)
                        .filter(named -> isBefore(cursor, named.key()) && named.mayHoldKeyAfter(after))
                        .ifPresent(first::add);
                if (first.size() > limit) {
                    first.pollLast();
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return List.copyOf(first);
    }

    private static Optional<Named> named(Path path, String key) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (attributes.isDirectory()) {
                return Optional.of(new Named(path, key + '/', attributes));
            }
            return attributes.isRegularFile() ? Optional.of(new Named(path, key, attributes)) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static boolean isBefore(String left, String right) {
        return KeyOrder.BYTES.compare(left, right) < 0;
    }

    /** A file under its key, or a directory under the prefix of its keys. */
    private record Named(Path path, String key, BasicFileAttributes attributes) {
        boolean mayHoldKeyAfter(String after) {
            String end = attributes.isDirectory() ? key.substring(0, key.length() - 1) + '0' : key;
            return isBefore(after, end);
        }
    }
}
