/** What a run did, as text for a person and as values for JSON. */
@NullMarked
package org.cchq.migrate.report;

import org.jspecify.annotations.NullMarked;
