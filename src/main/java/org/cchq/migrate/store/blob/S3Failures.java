package org.cchq.migrate.store.blob;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.TlsRefusal;
import org.cchq.migrate.http.HttpResponse;
import org.cchq.migrate.http.MalformedResponseException;
import org.cchq.migrate.http.TruncatedBodyException;
import org.jspecify.annotations.Nullable;

/** What an S3 endpoint's refusals and silences mean, and what a person can do about them. */
final class S3Failures {
    private final String endpoint;

    /** @param endpoint as {@link BlobStore#description()} */
    S3Failures(String endpoint) {
        this.endpoint = endpoint;
    }

    /**
     * An answer that is no success.
     *
     * @param doing "GET key a/b"
     */
    EndpointException of(String doing, HttpResponse response) {
        S3Error error;
        try {
            error = S3Error.read(response);
        } catch (IOException e) {
            error = S3Error.NONE;
        }
        String region = response.head().find("x-amz-bucket-region");
        if (region != null && error.region().isEmpty()) {
            error = new S3Error(error.code(), error.message(), region);
        }
        return of(doing, response.status(), error, response.head().find("date"), null);
    }

    /** The same for an answer that was read already. */
    EndpointException of(String doing, S3Answer answer) {
        return of(doing, answer.status(), answer.error(), answer.serverDate(), null);
    }

    EndpointException of(
            String doing, int status, S3Error error, @Nullable String serverDate, @Nullable Throwable cause) {
        Kind kind = kind(status, error.code());
        StringBuilder text = new StringBuilder("it answered ").append(status);
        if (!error.code().isEmpty()) {
            text.append(' ').append(error.code());
        }
        if (!error.message().isEmpty()) {
            text.append(" (")
                    .append(error.message().length() > 300 ? error.message().substring(0, 300) : error.message())
                    .append(')');
        }
        if (error.code().isEmpty() && doing.startsWith("HEAD") && (status == 400 || status == 403)) {
            text.append(" (the answer to a HEAD request has no text: ")
                    .append(status == 403 ? "no right to read, or wrong keys" : "wrong region, or an expired token")
                    .append(')');
        }
        String remedy = doing.startsWith("HEAD") && status == 400 ? "" : remedy(status, error, serverDate);
        if (!remedy.isEmpty()) {
            text.append("; ").append(remedy);
        }
        return failure(kind, doing, text.toString(), cause);
    }

    private static Kind kind(int status, String code) {
        return switch (code) {
            case "NoSuchBucket",
                    "InvalidAccessKeyId",
                    "SignatureDoesNotMatch",
                    "ExpiredToken",
                    "InvalidToken",
                    "TokenRefreshRequired",
                    "RequestTimeTooSkewed",
                    "PermanentRedirect",
                    "TemporaryRedirect",
                    "AuthorizationHeaderMalformed",
                    "InvalidBucketName",
                    "AccountProblem",
                    "NotSignedUp",
                    "AllAccessDisabled" -> Kind.UNUSABLE;
            case "SlowDown", "Busy", "ServiceUnavailable", "TooManyRequests", "RequestLimitExceeded", "Throttling" ->
                Kind.THROTTLED;
            case "BadDigest", "XAmzContentSHA256Mismatch", "IncompleteBody" -> Kind.CORRUPT;
            case "RequestTimeout" -> Kind.UNREACHABLE;
            case "InternalError", "OperationAborted", "ConditionalRequestConflict" -> Kind.SERVER_ERROR;
            default -> kind(status);
        };
    }

    private static Kind kind(int status) {
        return switch (status) {
            case 301, 302, 307, 308, 401, 413 -> Kind.UNUSABLE;
            case 403 -> Kind.DENIED;
            case 408 -> Kind.UNREACHABLE;
            case 409 -> Kind.SERVER_ERROR;
            case 429, 503 -> Kind.THROTTLED;
            // Of a proxy whose store is down or starts again: no fault of the item.
            case 502, 504 -> Kind.UNREACHABLE;
            default -> status >= 500 ? Kind.SERVER_ERROR : Kind.REFUSED;
        };
    }

    private static String remedy(int status, S3Error error, @Nullable String serverDate) {
        return switch (error.code()) {
            case "NoSuchBucket" -> "check s3_bucket, or create the bucket";
            case "InvalidAccessKeyId" -> "check access_key";
            case "SignatureDoesNotMatch" ->
                "check secret_key and config.signature_version; a proxy must pass the Host header on with its port and"
                        + " must not change the path";
            case "ExpiredToken", "InvalidToken", "TokenRefreshRequired" -> "renew the credentials";
            case "RequestTimeTooSkewed" ->
                "set this machine's clock right" + (serverDate == null ? "" : "; the server's says " + serverDate);
            case "AuthorizationHeaderMalformed", "PermanentRedirect", "TemporaryRedirect" -> otherRegion(error);
            default -> remedy(status, error);
        };
    }

    private static String remedy(int status, S3Error error) {
        return switch (status) {
            case 301, 302, 307, 308 -> otherRegion(error);
            case 400 ->
                error.code().isEmpty()
                        ? "not as S3 servers say it: check url (to http:// a port with TLS answers so: use https://)"
                        : "";
            case 401 -> "check access_key and secret_key";
            case 413 ->
                "a proxy before the store limits bodies (nginx: client_max_body_size, HQ's is 9m): raise its limit above"
                        + " the part size, or make the parts smaller (--part-size, in MiB, from 5)";
            default -> "";
        };
    }

    private static String otherRegion(S3Error error) {
        return error.region().isEmpty()
                ? "the bucket is in another region or at another endpoint: set url or config.region_name to it"
                : "the bucket is in region " + error.region()
                        + ": set config.region_name, and url where it names a region";
    }

    /** No answer, a lost connection, a time-out, or an answer that makes no sense. */
    EndpointException of(String doing, IOException failure) {
        if (failure instanceof BlobReadException read) {
            return read.failure();
        }
        if (failure instanceof TruncatedBodyException) {
            return failure(Kind.CORRUPT, doing, String.valueOf(failure.getMessage()), failure);
        }
        if (failure instanceof MalformedResponseException) {
            return failure(
                    Kind.SERVER_ERROR, doing, "it sent " + failure.getMessage() + "; is this an S3 endpoint?", failure);
        }
        Optional<String> refusal = TlsRefusal.of(failure);
        if (refusal.isPresent()) {
            return failure(Kind.UNUSABLE, doing, refusal.get(), failure);
        }
        if (failure instanceof UnknownHostException) {
            return failure(Kind.UNREACHABLE, doing, "its host name is unknown: " + failure.getMessage(), failure);
        }
        if (failure instanceof ConnectException) {
            return failure(Kind.UNREACHABLE, doing, "no connection could be made: " + failure.getMessage(), failure);
        }
        if (failure instanceof SocketTimeoutException) {
            return failure(Kind.UNREACHABLE, doing, "it did not answer in time: " + failure.getMessage(), failure);
        }
        return failure(Kind.UNREACHABLE, doing, "the connection was lost: " + failure.getMessage(), failure);
    }

    /** Bytes that are not what they were declared to be. */
    EndpointException corrupt(String doing, String what) {
        return failure(Kind.CORRUPT, doing, what, null);
    }

    EndpointException failure(Kind kind, String doing, String what, @Nullable Throwable cause) {
        return new EndpointException(endpoint, kind, "Tried to " + doing + " on " + endpoint + " but " + what, cause);
    }
}
