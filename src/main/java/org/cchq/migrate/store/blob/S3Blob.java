package org.cchq.migrate.store.blob;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.http.HttpResponse;
import org.cchq.migrate.http.ResponseBody;

/** A blob on its way from an S3 endpoint. Its connection is the store's again when it was read to its end or closed. */
final class S3Blob extends InputStream implements StoredBlob {
    private static final int PARTIAL_CONTENT = 206;

    private final String key;
    private final BlobInfo info;
    private final S3Objects objects;
    private final S3Failures failures;
    private ResponseBody body;
    private long left;

    S3Blob(String key, BlobInfo info, ResponseBody body, S3Objects objects, S3Failures failures) {
        this.key = key;
        this.info = info;
        this.body = body;
        this.objects = objects;
        this.failures = failures;
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

    /** Asks again, for the rest only; what was on its way is cut off. */
    @Override
    public InputStream bodyFrom(long position) throws IOException, InterruptedException {
        body.abort();
        try {
            HttpResponse response = objects.openFrom(key, position, info.etag());
            body = response.body();
            boolean rest = response.status() == PARTIAL_CONTENT;
            if (!rest && response.status() != 200) {
                throw refusal(response);
            }
            requireSame(response, position, rest);
            left = rest ? info.length() - position : info.length();
            if (!rest) {
                skipNBytes(position);
            }
            return this;
        } catch (EndpointException e) {
            throw new BlobReadException(e);
        }
    }

    /** What is a refusal for good here is none for the blob: the next attempt opens it again, and sees what is there. */
    private EndpointException refusal(HttpResponse response) {
        EndpointException refused = failures.of(doing(), response);
        boolean changed = response.status() == 404 || response.status() == 412 || response.status() == 416;
        return changed && refused.kind() != Kind.UNUSABLE
                ? failures.failure(
                        Kind.SERVER_ERROR,
                        doing(),
                        "it is not any more what it was when it was begun (" + response.status() + ")",
                        refused)
                : refused;
    }

    /** The bytes that are coming are those which are missing, of the blob that was declared. */
    private void requireSame(HttpResponse response, long position, boolean rest) throws EndpointException {
        String etag = response.head().etag();
        String range = Objects.requireNonNullElse(response.head().find("content-range"), "");
        String wanted = "bytes " + position + "-" + (info.length() - 1) + "/";
        boolean right = !rest || range.equals(wanted + info.length()) || range.equals(wanted + "*");
        if (!right || !(etag.isEmpty() || info.etag().isEmpty() || etag.equals(info.etag()))) {
            throw failures.failure(
                    Kind.SERVER_ERROR,
                    doing(),
                    "asked for the bytes from " + position + " on of " + info.length() + " with ETag '" + info.etag()
                            + "' it sent '" + range + "' with ETag '" + etag + "'",
                    null);
        }
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
            throw new BlobReadException(failures.of(doing(), e));
        }
        if (got > 0) {
            left -= got;
        }
        if (left < 0 || (got < 0 && left > 0)) {
            // Without a Content-Length (chunks, or up to the end of the connection) only the declared length tells.
            throw new BlobReadException(
                    failures.corrupt(doing(), "the body has not the " + info.length() + " bytes that it declares"));
        }
        return got;
    }

    private String doing() {
        return "GET key " + key;
    }

    @Override
    public void close() {
        body.close();
    }
}
