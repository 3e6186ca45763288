/** Reads files written by {@code ansible-vault}. Never writes one. */
@NullMarked
package org.cchq.migrate.vault;

import org.jspecify.annotations.NullMarked;
