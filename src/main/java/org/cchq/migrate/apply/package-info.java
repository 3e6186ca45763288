/** Brings rendered files to hosts: shows the difference with secrets masked, writes, reads back. */
@NullMarked
package org.cchq.migrate.apply;

import org.jspecify.annotations.NullMarked;
