/**
 * The JavaScript of CouchDB's design documents, as far as it decides what becomes of a document of one {@code doc_type}:
 * read and run for one value of that field, everything else unknown.
 */
@NullMarked
package org.cchq.migrate.javascript;

import org.jspecify.annotations.NullMarked;
