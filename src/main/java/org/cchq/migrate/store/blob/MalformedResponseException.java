package org.cchq.migrate.store.blob;

import java.io.IOException;

/** The peer does not speak HTTP/1, or breaks its rules. The message is what came. */
final class MalformedResponseException extends IOException {
    MalformedResponseException(String message) {
        super(message);
    }
}
