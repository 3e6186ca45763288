package org.cchq.migrate.http;

import java.io.IOException;

/** The peer does not speak HTTP/1, or breaks its rules. The message is what came. */
public final class MalformedResponseException extends IOException {
    public MalformedResponseException(String message) {
        super(message);
    }
}
