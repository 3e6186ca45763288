/** Values and errors that every package names. No I/O. */
@NullMarked
package org.cchq.migrate.base;

import org.jspecify.annotations.NullMarked;
