package org.cchq.migrate.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.base.UserException;

/** Where a ledger is, by one name only however it was given; and a ledger that is put aside. */
final class LedgerPlace {
    private LedgerPlace() {}

    /** @param file of a ledger that is there or will be */
    static Path of(Path file) throws UserException {
        Path absolute = file.toAbsolutePath();
        try {
            if (Files.exists(absolute)) {
                return absolute.toRealPath();
            }
            Path directory = absolute.getParent();
            return directory == null ? absolute : directory.toRealPath().resolve(absolute.getFileName());
        } catch (IOException e) {
            throw new UserException(
                    file + ": the directory of the ledger cannot be used (" + e + "). Make it first.", e);
        }
    }

    /** As {@link Ledger#putAside} says. */
    static Optional<Path> putAside(Path file, LedgerOwner owner, Clock clock) throws LeaseHeldException, UserException {
        Path path = of(file);
        Lease lease = Lease.take(path, owner, clock.instant());
        try {
            if (!Files.exists(path)) {
                return Optional.empty();
            }
            String aside =
                    path.getFileName() + ".before-" + clock.instant().toString().replace(':', '-');
            // The journals first: without its file a journal is never taken for a whole ledger.
            for (String suffix : List.of("-shm", "-wal", "")) {
                Path part = path.resolveSibling(path.getFileName() + suffix);
                if (Files.exists(part)) {
                    Files.move(part, path.resolveSibling(aside + suffix), StandardCopyOption.ATOMIC_MOVE);
                }
            }
            return Optional.of(path.resolveSibling(aside));
        } catch (IOException e) {
            throw new UserException(path + ": cannot be put aside: " + e, e);
        } finally {
            lease.close();
        }
    }
}
