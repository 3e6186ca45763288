/** The blob migration: HQ's settings and tables, its commands, their output and their logs. */
@NullMarked
package org.cchq.migrate.kind.blobs;

import org.jspecify.annotations.NullMarked;
