/** What a phase is about to do; made without changing anything. */
@NullMarked
package org.cchq.migrate.plan;

import org.jspecify.annotations.NullMarked;
