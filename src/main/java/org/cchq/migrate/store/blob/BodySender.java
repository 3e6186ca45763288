package org.cchq.migrate.store.blob;

import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.store.blob.PutResult.Verified;

/** Sends bytes of a source as the body of a request, and knows whether this server wants bodies signed. Thread-safe. */
final class BodySender {
    /** Largest piece that is read and sent at once. */
    static final int BUFFER_BYTES = 256 * 1024;

    private final S3Objects objects;
    private final S3Failures failures;
    private final ThreadLocal<byte[]> buffers = ThreadLocal.withInitial(() -> new byte[BUFFER_BYTES]);
    private volatile boolean signBodies;

    BodySender(S3Objects objects, S3Failures failures) {
        this.objects = objects;
        this.failures = failures;
    }

    /** This thread's buffer, of {@value #BUFFER_BYTES} bytes. */
    byte[] buffer() {
        return buffers.get();
    }

    /** Whether bodies are held in memory to be signed: over plain HTTP, where the server refuses them unsigned. */
    boolean mustSign() throws EndpointException {
        return signBodies && !objects.tls();
    }

    /** Remembers that this server wants bodies signed; over plain HTTP they are then held in memory to be sent. */
    void signBodies() {
        signBodies = true;
    }

    /** Whether the end of a body waits until the whole source was found right. */
    enum Hold {
        UNTIL_VERIFIED,
        NOTHING
    }

    /** Sends so many bytes, unless the server does not want them. */
    Verified send(HttpUpload upload, SourceReader source, long bytes, Hold hold)
            throws EndpointException, InterruptedException {
        byte[] buffer = buffers.get();
        long left = bytes;
        Verified read = Verified.LENGTH;
        while (left > 0 && !upload.refused()) {
            int now = (int) Math.min(buffer.length, left);
            source.fill(buffer, now);
            left -= now;
            if (left == 0 && hold == Hold.UNTIL_VERIFIED) {
                read = source.verify();
            }
            objects.write(upload, buffer, now);
        }
        return read;
    }

    /** A server that refuses bodies it cannot check gets them signed from the next attempt on. */
    void noteRefusal(String key, S3Answer answer) throws EndpointException {
        String code = answer.error().code();
        boolean unsignedRefused = code.equals("XAmzContentSHA256Mismatch")
                || code.equals("NotImplemented")
                || code.equals("SignatureDoesNotMatch")
                || code.equals("MissingSecurityHeader");
        if (unsignedRefused && !signBodies && objects.signsPayload()) {
            signBodies();
            throw failures.failure(
                    Kind.SERVER_ERROR,
                    "PUT key " + key,
                    "it does not take unsigned bodies (" + code + "); from now on they are signed",
                    null);
        }
    }
}
