package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import org.cchq.migrate.testing.FileTree;

/**
 * The one directory of a sandbox, under /tmp. Any user may pass through it, nobody else may list it, and what holds
 * secrets is readable by its owner only. Every process of the sandbox names this directory on its command line or works
 * in it, so that none can be left behind.
 */
public record Scratch(Path directory) {
    /** Makes a new, empty one; its name is short, because it is in every path that an operator reads. */
    public static Scratch create() throws IOException {
        SecureRandom random = new SecureRandom();
        while (true) {
            Path directory = Path.of("/tmp/cchq-" + Integer.toString(36_000_000 + random.nextInt(2_000_000_000), 36));
            try {
                Files.createDirectory(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
                return new Scratch(directory);
            } catch (FileAlreadyExistsException e) {
                // another name, then
            }
        }
    }

    /** A subdirectory that every user may read. */
    public Path open(String name) throws IOException {
        return made(name, "rwxr-xr-x");
    }

    /** A subdirectory for the owner's eyes only. */
    public Path closed(String name) throws IOException {
        return made(name, "rwx------");
    }

    private Path made(String name, String mode) throws IOException {
        Path path = Files.createDirectories(directory.resolve(name));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
        return path;
    }

    /** Processes that belong to this sandbox by its directory's name, which is random: agents that are still running. */
    public List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .filter(this::belongs)
                .toList();
    }

    private boolean belongs(ProcessHandle process) {
        Path proc = Path.of("/proc", Long.toString(process.pid()));
        return mentions(proc.resolve("cmdline")) || linksHere(proc.resolve("exe")) || linksHere(proc.resolve("cwd"));
    }

    private boolean mentions(Path cmdline) {
        try {
            return Files.readString(cmdline, StandardCharsets.ISO_8859_1).contains(directory + "/");
        } catch (IOException e) {
            return false;
        }
    }

    private boolean linksHere(Path link) {
        try {
            return Files.readSymbolicLink(link).startsWith(directory);
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends what is still running here, then removes the directory with all in it. */
    public void remove() {
        List<ProcessHandle> left = processes();
        left.forEach(ProcessHandle::destroyForcibly);
        left.forEach(process -> process.onExit().join());
        try {
            FileTree.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
