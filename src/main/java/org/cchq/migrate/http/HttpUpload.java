package org.cchq.migrate.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A request whose body is being sent. Ends with {@link #finish()}; {@link #close()} before that cuts the connection, so
 * that the server never sees the whole body. Used by one thread.
 */
public final class HttpUpload implements AutoCloseable {
    private final HttpTransport transport;
    private final HttpConnection connection;
    private final String method;
    private final boolean invited;
    private @Nullable HttpResponse refusal;
    private boolean finished;

    HttpUpload(
            HttpTransport transport,
            HttpConnection connection,
            String method,
            @Nullable HttpResponse refusal,
            boolean invited) {
        this.transport = transport;
        this.connection = connection;
        this.method = method;
        this.refusal = refusal;
        this.invited = invited;
    }

    /** Whether the server has said that it wants the body; without that it may still. */
    public boolean invited() {
        return invited;
    }

    /** Whether the server has answered already and wants no more. */
    public boolean refused() {
        return refusal != null;
    }

    /** Sends a piece of the body. If the server stops listening but says why, {@link #refused()} becomes true. */
    public void write(byte[] bytes, int length) throws IOException, InterruptedException {
        try {
            connection.write(bytes, 0, length);
        } catch (IOException e) {
            HttpTransport.interrupted(e);
            refusal = transport.earlyAnswer(method, connection);
            if (refusal == null) {
                throw e;
            }
        }
    }

    /** The answer; to be closed by the caller. */
    public HttpResponse finish() throws IOException, InterruptedException {
        HttpResponse answer = refusal;
        if (answer == null) {
            try {
                answer = transport.answer(method, connection);
            } catch (IOException e) {
                HttpTransport.interrupted(e);
                throw e;
            }
        }
        finished = true;
        return answer;
    }

    @Override
    public void close() {
        if (!finished) {
            transport.drop(connection);
        }
    }
}
