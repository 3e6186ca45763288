/** Moving documents of some types from one CouchDB database to another, while the site goes on. */
@NullMarked
package org.cchq.migrate.kind.doctypes;

import org.jspecify.annotations.NullMarked;
