/** Connections to hosts: strict host keys, commands, other users, files. Owns SSHJ. */
@NullMarked
package org.cchq.migrate.ssh;

import org.jspecify.annotations.NullMarked;
