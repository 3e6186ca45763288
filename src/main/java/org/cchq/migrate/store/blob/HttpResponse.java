package org.cchq.migrate.store.blob;

/** An HTTP answer whose body has not been read. Its user closes it. */
record HttpResponse(ResponseHead head, ResponseBody body) implements AutoCloseable {
    int status() {
        return head.status();
    }

    @Override
    public void close() {
        body.close();
    }
}
