/** One small PostgreSQL client. Owns pgjdbc. */
@NullMarked
package org.cchq.migrate.store.row;

import org.jspecify.annotations.NullMarked;
