/** HQ's own settings and conventions that more than one migration needs. */
@NullMarked
package org.cchq.migrate.hq;

import org.jspecify.annotations.NullMarked;
