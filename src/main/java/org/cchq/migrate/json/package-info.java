/** The one strict JSON mapper, JSON lines, and atomic replacement of files. Owns Jackson. */
@NullMarked
package org.cchq.migrate.json;

import org.jspecify.annotations.NullMarked;
