/** The agent's program: command line in, HQ-compatible lines or events out; signals and files. */
@NullMarked
package org.cchq.migrate.agent;

import org.jspecify.annotations.NullMarked;
