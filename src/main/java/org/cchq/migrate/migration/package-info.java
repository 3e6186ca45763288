/** The words that controller and agent share: outcomes, findings, progress and the agent's events. */
@NullMarked
package org.cchq.migrate.migration;

import org.jspecify.annotations.NullMarked;
