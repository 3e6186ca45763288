package org.cchq.migrate.engine;

import org.cchq.migrate.base.UserException;
import org.cchq.migrate.migration.Finding;

/**
 * Hears of findings shortly before the ledger records them: at least once each, again if the process is killed in
 * between or if the item fails again. Called from one thread at a time.
 */
@FunctionalInterface
public interface FindingListener {
    /** @throws UserException if it cannot be written down; ends the run, which can be resumed */
    void found(Finding finding) throws UserException;
}
