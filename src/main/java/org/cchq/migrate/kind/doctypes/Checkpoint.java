package org.cchq.migrate.kind.doctypes;

import java.time.Instant;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;

/**
 * All changes up to a place in the feed are accounted for in the other database.
 *
 * @param id unique; tells which records of it belong together
 */
public record Checkpoint(String id, Sequence seq, Instant at) {}
