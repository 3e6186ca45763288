/** The controller's command line: one class per command, wiring, exit codes. Owns Commons CLI on this side. */
@NullMarked
package org.cchq.migrate.cli;

import org.jspecify.annotations.NullMarked;
