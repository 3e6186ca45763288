package org.cchq.migrate.testing.sandbox;

import java.util.Map;

/** What {@code bin/demo} shows. */
interface Demonstration extends AutoCloseable {
    /** All of it, in order. The result has the counts, what was found wrong, and "ok" or "failed". */
    Map<String, Object> run() throws Exception;
}
