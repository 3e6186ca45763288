package org.cchq.migrate.store.blob;

import java.util.concurrent.Semaphore;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.http.HttpUpload;
import org.cchq.migrate.store.blob.PutResult.Verified;

/** Sends bytes of a source as the body of a request, and knows whether this server wants bodies signed. Thread-safe. */
final class BodySender {
    /** Largest piece that is read and sent at once. */
    static final int BUFFER_BYTES = 256 * 1024;

    /** Part size where parts are signed, unless a blob would have too many of them. */
    static final long SIGNED_PART_BYTES = 8L << 20;

    /** All bodies that are held in memory to be signed, whatever the number of workers. */
    private static final int MEMORY_MEBIBYTES = 64;

    private final S3Objects objects;
    private final S3Failures failures;
    private final ThreadLocal<byte[]> buffers = ThreadLocal.withInitial(() -> new byte[BUFFER_BYTES]);
    private final Semaphore memory = new Semaphore(MEMORY_MEBIBYTES, true);
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

    /** A body in memory. Its room is free again when it is closed. */
    final class HeldBody implements AutoCloseable {
        private final int mebibytes;
        private final byte[] bytes;

        private HeldBody(int mebibytes, int length) {
            this.mebibytes = mebibytes;
            this.bytes = new byte[length];
        }

        byte[] bytes() {
            return bytes;
        }

        @Override
        public void close() {
            memory.release(mebibytes);
        }
    }

    /** Room for a body that has to be held in memory; waits while others take all of it. */
    HeldBody hold(int length) throws InterruptedException {
        // One that is larger than all the room takes all of it: parts of a blob of more than 640 GB.
        int mebibytes = Math.min(MEMORY_MEBIBYTES, (length >> 20) + 1);
        memory.acquire(mebibytes);
        return new HeldBody(mebibytes, length);
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
