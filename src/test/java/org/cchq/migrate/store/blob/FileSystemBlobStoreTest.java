package org.cchq.migrate.store.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.contract.BlobStoreContract;
import org.cchq.migrate.contract.BlobStorePlace;
import org.cchq.migrate.testing.MadeBlob;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileSystemBlobStoreTest extends BlobStoreContract {
    @TempDir
    Path directory;

    @Override
    protected BlobStorePlace place() throws IOException {
        return new Directory(Files.createDirectory(directory.resolve("blobdb")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/etc/passwd", "..", "../x", "a/../../x", "a/..", "a\0b"})
    void refusesKeysThatAreNoFilesBelowTheRoot(String key) throws Exception {
        BlobStore store = new FileSystemBlobStore(directory.resolve("blobdb"));

        assertThatThrownBy(() -> store.open(key)).satisfies(e -> assertKind(e, Kind.REFUSED));
        assertThatThrownBy(() -> store.head(key)).satisfies(e -> assertKind(e, Kind.REFUSED));
        assertThatThrownBy(() -> store.delete(key)).satisfies(e -> assertKind(e, Kind.REFUSED));
        assertThatThrownBy(() -> store.putIfAbsent(key, MadeBlob.of(new byte[1])))
                .satisfies(e -> assertKind(e, Kind.REFUSED));
        assertThat(filesBelow(directory)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a//b", "a/./b", "./a", "a/"})
    void storesNothingUnderAKeyThatAFileSystemWouldChange(String key) throws Exception {
        BlobStore store = new FileSystemBlobStore(directory.resolve("blobdb"));

        assertThatThrownBy(() -> store.putIfAbsent(key, MadeBlob.of(new byte[1])))
                .satisfies(e -> assertKind(e, Kind.REFUSED));
    }

    @Test
    void readsAKeyWithADoubleSlashAsHqReadsIt() throws Exception {
        Path root = directory.resolve("blobdb");
        Files.createDirectories(root.resolve("a"));
        Files.write(root.resolve("a/b"), new byte[] {7});

        assertThat(new FileSystemBlobStore(root).head("a//b"))
                .map(BlobInfo::length)
                .contains(1L);
    }

    @Test
    void refusesABlobWhereADirectoryIsAndTheOtherWayRound() throws Exception {
        BlobStore store = new FileSystemBlobStore(directory.resolve("blobdb"));
        store.putIfAbsent("a/b", MadeBlob.of(new byte[1]));

        assertThatThrownBy(() -> store.putIfAbsent("a", MadeBlob.of(new byte[1])))
                .satisfies(e -> assertKind(e, Kind.REFUSED));
        assertThatThrownBy(() -> store.putIfAbsent("a/b/c", MadeBlob.of(new byte[1])))
                .satisfies(e -> assertKind(e, Kind.REFUSED));
        assertThat(filesBelow(directory)).containsExactly("blobdb/a/b");
    }

    /** An unmounted shared drive leaves an empty directory: each blob would be reported as missing. */
    @Test
    void takesAnotherDirectoryInPlaceOfTheRootForAFailureNotForAbsence() throws Exception {
        Path root = directory.resolve("blobdb");
        BlobStore store = new FileSystemBlobStore(root);
        store.probeSource();
        Files.move(root, directory.resolve("elsewhere"));

        assertThatThrownBy(() -> store.open("blob")).satisfies(e -> assertKind(e, Kind.UNUSABLE));
        Files.createDirectory(root);
        assertThatThrownBy(() -> store.open("blob"))
                .satisfies(e -> assertKind(e, Kind.UNUSABLE))
                .hasMessageContaining("still mounted");
    }

    @Test
    void followsLinksAsHqDoesAndListsNoKeyTwiceThroughALoop() throws Exception {
        Path root = directory.resolve("blobdb");
        Path second = Files.createDirectory(directory.resolve("second-disk"));
        Files.write(second.resolve("blob"), new byte[] {1, 2});
        Files.createSymbolicLink(root.resolve("moved"), second);
        Files.createSymbolicLink(second.resolve("loop"), second);
        Files.createSymbolicLink(root.resolve("broken"), directory.resolve("nowhere"));
        BlobStore store = new FileSystemBlobStore(root);

        assertThat(store.head("moved/blob")).map(BlobInfo::length).contains(2L);
        assertThat(store.head("broken")).isEmpty();
        assertThat(store.list("").entries()).extracting(BlobPage.Entry::key).containsExactly("moved/blob");
    }

    @Test
    void neitherListsNorLeavesPartFiles() throws Exception {
        Path root = directory.resolve("blobdb");
        Files.write(root.resolve(FileSystemBlobStore.PART_PREFIX + "left-by-a-crash"), new byte[10]);
        BlobStore store = new FileSystemBlobStore(root);

        store.putIfAbsent("blob", MadeBlob.of(new byte[1]));

        assertThat(store.list("").entries()).extracting(BlobPage.Entry::key).containsExactly("blob");
        assertThat(filesBelow(root)).hasSize(2);
    }

    @Test
    void pagesThroughManyDirectoriesWithNothingInThem() throws Exception {
        Path root = directory.resolve("blobdb");
        for (int i = 0; i < 2_500; i++) {
            Files.createDirectory(root.resolve("empty-%04d".formatted(i)));
        }
        Files.write(root.resolve("last"), new byte[1]);

        assertThat(new FileSystemBlobStore(root).list("").entries())
                .extracting(BlobPage.Entry::key)
                .containsExactly("last");
    }

    private static void assertKind(Throwable thrown, Kind kind) {
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        EndpointException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    private static List<String> filesBelow(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .toList();
        }
    }

    private record Directory(Path root, BlobStore store) implements BlobStorePlace {
        Directory(Path root) {
            this(root, new FileSystemBlobStore(root));
        }

        @Override
        public Set<Limit> limits() {
            return Set.of(Limit.FILE_TREE, Limit.NO_KEY_BELOW_ANOTHER);
        }

        @Override
        public int partBytes() {
            return 64 * 1024;
        }

        @Override
        public boolean deny(String key) throws IOException {
            Files.setPosixFilePermissions(root.resolve(key), PosixFilePermissions.fromString("---------"));
            assumeFalse(Files.isReadable(root.resolve(key)), "root may read everything");
            return true;
        }

        @Override
        public Optional<Map<String, String>> metadata(String key) {
            return Optional.empty();
        }

        @Override
        public OptionalInt unfinishedUploads() throws IOException {
            try (Stream<Path> files = Files.walk(root)) {
                return OptionalInt.of((int)
                        files.filter(file -> file.getFileName().toString().startsWith(FileSystemBlobStore.PART_PREFIX))
                                .count());
            }
        }

        @Override
        public BlobStore missing() {
            return new FileSystemBlobStore(root.resolve("missing"));
        }

        @Override
        public Optional<BlobStore> wrongSecret() {
            return Optional.empty();
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
