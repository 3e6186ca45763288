package org.cchq.migrate.store.blob;

import java.io.IOException;
import java.io.InputStream;

/** A blob on its way from an S3 endpoint. Its connection is the store's again when it was read to its end or closed. */
final class S3Blob extends InputStream implements StoredBlob {
    private final BlobInfo info;
    private final ResponseBody body;
    private final S3Failures failures;
    private final String doing;
    private long left;

    S3Blob(BlobInfo info, ResponseBody body, S3Failures failures, String doing) {
        this.info = info;
        this.body = body;
        this.failures = failures;
        this.doing = doing;
        this.left = info.length();
    }

    @Override
    public BlobInfo info() {
        return info;
    }

    @Override
    public InputStream body() {
        return this;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        int got;
        try {
            got = body.read(target, offset, count);
        } catch (IOException e) {
            throw new BlobReadException(failures.of(doing, e));
        }
        if (got > 0) {
            left -= got;
        }
        if (left < 0 || (got < 0 && left > 0)) {
            // Without a Content-Length (chunks, or up to the end of the connection) only the declared length tells.
            throw new BlobReadException(
                    failures.corrupt(doing, "the body has not the " + info.length() + " bytes that it declares"));
        }
        return got;
    }

    @Override
    public void close() {
        body.close();
    }
}
