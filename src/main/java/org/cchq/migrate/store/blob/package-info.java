/** Blob stores: S3-compatible endpoints and the file system, behind one small interface. */
@NullMarked
package org.cchq.migrate.store.blob;

import org.jspecify.annotations.NullMarked;
