package org.cchq.migrate.http;

import java.io.IOException;

/** The connection ended before the body did. */
public final class TruncatedBodyException extends IOException {
    public TruncatedBodyException(String message) {
        super(message);
    }
}
