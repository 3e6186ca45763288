package org.cchq.migrate.store.blob;

import java.io.IOException;
import org.cchq.migrate.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a write, read to its end.
 *
 * @param etag without quotes, "" if there is none
 */
record S3Answer(
        int status, String etag, S3Error error, @Nullable String serverDate) {
    static S3Answer of(HttpResponse response) throws IOException {
        int status = response.status();
        if (status / 100 == 2) {
            return new S3Answer(status, response.head().etag(), S3Error.NONE, null);
        }
        S3Error error = S3Error.read(response);
        String region = response.head().find("x-amz-bucket-region");
        if (region != null && error.region().isEmpty()) {
            error = new S3Error(error.code(), error.message(), region);
        }
        return new S3Answer(
                status, response.head().etag(), error, response.head().find("date"));
    }

    boolean stored() {
        return status / 100 == 2;
    }

    /** The body was not what its Content-MD5 says. */
    boolean badDigest() {
        return error.code().equals("BadDigest") || error.code().equals("InvalidDigest");
    }

    /** The upload is not known: it was completed, aborted, or removed by the bucket's rules. */
    boolean noSuchUpload() {
        return status == 404 && !error.code().equals("NoSuchBucket");
    }

    /** Something is at the key already, and it was left as it is. */
    boolean exists() {
        return status == 412 || (status == 304 && error.code().isEmpty());
    }
}
