/**
 * The benchmark behind {@code bin/bench}: the agent as it is shipped, rclone, and the least that a client can do, on the
 * same servers in one run, in turns. Nothing here runs in the tests.
 */
@NullMarked
package org.cchq.migrate.testing.bench;

import org.jspecify.annotations.NullMarked;
