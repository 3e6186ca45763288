/** Document databases with CouchDB's HTTP interface. */
@NullMarked
package org.cchq.migrate.store.document;

import org.jspecify.annotations.NullMarked;
