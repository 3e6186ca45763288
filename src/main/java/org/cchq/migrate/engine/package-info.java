/** The pipeline that every phase uses: chunks, bounded queue, workers, acknowledge, ledger; throttle and retry. */
@NullMarked
package org.cchq.migrate.engine;

import org.jspecify.annotations.NullMarked;
