/** A site's documents in CouchDB, the site that goes on writing them, and the whole doctype migration tried on both. */
@NullMarked
package org.cchq.migrate.testing.doctypes;

import org.jspecify.annotations.NullMarked;
