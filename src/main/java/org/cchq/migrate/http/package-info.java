/** A lean HTTP/1.1 client over blocking sockets: for the blob stores, and for what is asked of CouchDB most often. */
@NullMarked
package org.cchq.migrate.http;

import org.jspecify.annotations.NullMarked;
