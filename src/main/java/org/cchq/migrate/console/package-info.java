/** What a person sees: results on stdout, the conversation on stderr, progress, questions. */
@NullMarked
package org.cchq.migrate.console;

import org.jspecify.annotations.NullMarked;
