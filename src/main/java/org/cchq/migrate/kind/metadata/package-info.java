/** The migration of blob metadata from CouchDB documents and three SQL models to {@code blobs_blobmeta}. */
@NullMarked
package org.cchq.migrate.kind.metadata;

import org.jspecify.annotations.NullMarked;
