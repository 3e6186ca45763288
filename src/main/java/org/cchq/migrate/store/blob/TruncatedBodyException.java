package org.cchq.migrate.store.blob;

import java.io.IOException;

/** The connection ended before the body did. */
final class TruncatedBodyException extends IOException {
    TruncatedBodyException(String message) {
        super(message);
    }
}
