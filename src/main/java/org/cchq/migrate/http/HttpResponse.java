package org.cchq.migrate.http;

/** An HTTP answer whose body has not been read. Its user closes it. */
public record HttpResponse(ResponseHead head, ResponseBody body) implements AutoCloseable {
    public int status() {
        return head.status();
    }

    @Override
    public void close() {
        body.close();
    }
}
