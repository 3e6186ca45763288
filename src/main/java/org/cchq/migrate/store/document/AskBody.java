package org.cchq.migrate.store.document;

import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Optional;

/** What is sent with a request: bytes, or a stream of which nobody has all at once. */
final class AskBody {
    static final AskBody NONE = new AskBody(new byte[0], Optional.empty());

    private final byte[] bytes;
    private final Optional<BodyPublisher> stream;

    private AskBody(byte[] bytes, Optional<BodyPublisher> stream) {
        this.bytes = bytes;
        this.stream = stream;
    }

    /** @param bytes not copied */
    static AskBody of(byte[] bytes) {
        return new AskBody(bytes, Optional.empty());
    }

    static AskBody of(BodyPublisher stream) {
        return new AskBody(new byte[0], Optional.of(stream));
    }

    /** All of it, unless it is a stream. */
    byte[] bytes() {
        return bytes;
    }

    boolean streamed() {
        return stream.isPresent();
    }

    BodyPublisher publisher() {
        return stream.orElseGet(() -> bytes.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(bytes));
    }
}
