/** The whole metadata migration tried on a generated site. */
@NullMarked
package org.cchq.migrate.testing.metadata;

import org.jspecify.annotations.NullMarked;
