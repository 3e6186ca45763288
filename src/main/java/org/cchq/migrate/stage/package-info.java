/** Stages and gates of a migration: where an environment and its hosts are, what comes next, and the way back. */
@NullMarked
package org.cchq.migrate.stage;

import org.jspecify.annotations.NullMarked;
