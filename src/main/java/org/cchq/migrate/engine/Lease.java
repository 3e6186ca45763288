package org.cchq.migrate.engine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.cchq.migrate.base.UserException;

/**
 * The right to change a ledger: a lock of the operating system on {@code LEDGER.lock}, which ends with its process, so a
 * killed runner locks nobody out and no clock is asked. {@code LEDGER.owner} tells who holds it, for messages only.
 */
final class Lease implements AutoCloseable {
    /**
     * Leases of this JVM. POSIX drops a process's locks on a file when <em>any</em> of its descriptors is closed, so a
     * second attempt in one JVM must not even open the lock file.
     */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path lockFile;
    private final Path ownerFile;
    private final FileChannel channel;

    private Lease(Path lockFile, Path ownerFile, FileChannel channel) {
        this.lockFile = lockFile;
        this.ownerFile = ownerFile;
        this.channel = channel;
    }

    static Lease take(Path ledger, LedgerOwner owner, Instant now) throws LeaseHeldException, UserException {
        Path lockFile = ledger.resolveSibling(ledger.getFileName() + ".lock");
        Path ownerFile = ledger.resolveSibling(ledger.getFileName() + ".owner");
        if (!HELD_HERE.add(lockFile)) {
            throw new LeaseHeldException(ledger, ownerText(ownerFile));
        }
        boolean taken = false;
        try {
            FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                FileLock lock = channel.tryLock();
                if (lock == null) {
                    throw new LeaseHeldException(ledger, ownerText(ownerFile));
                }
                writeOwner(ownerFile, owner + ", since " + now);
                taken = true;
                return new Lease(lockFile, ownerFile, channel);
            } finally {
                if (!taken) {
                    channel.close();
                }
            }
        } catch (IOException e) {
            throw new UserException(
                    lockFile + ": cannot be locked (" + e + "). The directory must be writable, on a local disk.", e);
        } finally {
            if (!taken) {
                HELD_HERE.remove(lockFile);
            }
        }
    }

    /** What the holder wrote about itself. */
    static String ownerText(Path ownerFile) {
        try {
            String text = Files.readString(ownerFile).strip();
            return text.isEmpty() ? "a run that is just starting" : text;
        } catch (IOException e) {
            return "a run that is just starting";
        }
    }

    /** Replaced as a whole, so that nobody reads half of it. */
    private static void writeOwner(Path ownerFile, String text) throws IOException {
        Path next = ownerFile.resolveSibling(ownerFile.getFileName() + ".new");
        Files.writeString(next, text + "\n");
        Files.move(next, ownerFile, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(ownerFile);
            channel.close();
        } catch (IOException e) {
            // The lock ends with the process at the latest.
            throw new java.io.UncheckedIOException(e);
        } finally {
            HELD_HERE.remove(lockFile);
        }
    }
}
