/** Agents as detached jobs on hosts: started, followed over lost connections, looked at, cancelled. */
@NullMarked
package org.cchq.migrate.run;

import org.jspecify.annotations.NullMarked;
