package org.cchq.migrate.kind.doctypes;

import java.util.Optional;

/**
 * How the source is cleaned.
 *
 * @param environment its name has to be typed; empty: the name of the source's database has
 * @param purge also remove what deletions leave behind
 * @param compact afterwards, without being asked
 * @param perSecond deletions a second, 0 for no limit
 */
public record CleanupSpec(Optional<String> environment, boolean purge, boolean compact, int perSecond) {}
