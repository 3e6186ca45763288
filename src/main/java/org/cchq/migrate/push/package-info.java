/** Brings the agent and a Java runtime for it to hosts, by checksum. Owns Commons Compress. */
@NullMarked
package org.cchq.migrate.push;

import org.jspecify.annotations.NullMarked;
