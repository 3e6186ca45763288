/** Environment and templates in, the files that a host shall have out. Touches no host. */
@NullMarked
package org.cchq.migrate.render;

import org.jspecify.annotations.NullMarked;
