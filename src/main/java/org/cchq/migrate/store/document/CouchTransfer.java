package org.cchq.migrate.store.document;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.store.document.DocumentDatabase.Failure;
import org.jspecify.annotations.Nullable;

/**
 * Brings one revision from one server to another while it is being read: a few buffers in memory, whatever its
 * attachments weigh.
 *
 * <p>Between CouchDB servers the {@code multipart/related} form of the revision passes through as it is: no base64, and
 * attachments stay compressed. It needs a length beforehand, because CouchDB before 3.4 does not read a chunked multipart
 * body. Else the JSON form with base64 passes through, wrapped as {@code _bulk_docs} wants it.
 */
final class CouchTransfer {
    private static final String MULTIPART = "multipart/related";
    private static final byte[] BEFORE = "{\"new_edits\":false,\"docs\":[".getBytes(StandardCharsets.UTF_8);
    private static final byte[] AFTER = "]}".getBytes(StandardCharsets.UTF_8);

    private final CouchHttp source;
    private final CouchHttp target;
    private final CouchVersion.Known targetVersion;

    CouchTransfer(CouchHttp source, CouchHttp target, CouchVersion.Known targetVersion) {
        this.source = source;
        this.target = target;
        this.targetVersion = targetVersion;
    }

    Optional<Failure> bring(String id, String rev) throws EndpointException, InterruptedException {
        String accept = targetVersion.get().apache() ? MULTIPART + ", application/json" : "application/json";
        try (CouchAnswer answer = open(id, rev, accept)) {
            if (answer.missing()) {
                return Optional.of(gone(id, rev));
            }
            Optional<String> multipart = answer.header("Content-Type").filter(type -> type.startsWith(MULTIPART));
            if (multipart.isEmpty()) {
                return passJson(id, rev, answer);
            }
            OptionalLong length = length(answer);
            if (length.isPresent()) {
                return passMultipart(id, rev, answer, multipart.get(), length.getAsLong());
            }
        }
        try (CouchAnswer answer = open(id, rev, "application/json")) {
            if (answer.missing()) {
                return Optional.of(gone(id, rev));
            }
            return passJson(id, rev, answer);
        }
    }

    private CouchAnswer open(String id, String rev, String accept) throws EndpointException, InterruptedException {
        CouchPath path =
                CouchPath.document(id).with("rev", rev).with("revs", "true").with("attachments", "true");
        Ask ask = Ask.get(path, "read document '" + id + "' at " + rev).header("Accept", accept);
        // The client that sends it on reads it in threads of its own.
        return source.await(ask, source.begin(ask));
    }

    private static OptionalLong length(CouchAnswer answer) {
        Optional<String> length = answer.header("Content-Length");
        return length.isPresent() ? OptionalLong.of(Long.parseLong(length.get())) : OptionalLong.empty();
    }

    private Optional<Failure> passMultipart(String id, String rev, CouchAnswer from, String type, long length)
            throws EndpointException, InterruptedException {
        Watched body = new Watched(from.body());
        CouchPath path = CouchPath.document(id).with("new_edits", "false");
        Ask ask = Ask.of("PUT", path, action(id, rev)).sending(publisher(body, OptionalLong.of(length)), type);
        try (CouchAnswer answer = upload(ask, body)) {
            return answer.ok() ? Optional.empty() : Optional.of(refused(id, rev, answer));
        }
    }

    private Optional<Failure> passJson(String id, String rev, CouchAnswer from)
            throws EndpointException, InterruptedException {
        OptionalLong length = length(from);
        OptionalLong wrapped = length.isPresent()
                ? OptionalLong.of(BEFORE.length + length.getAsLong() + AFTER.length)
                : OptionalLong.empty();
        Watched body = new Watched(new SequenceInputStream(Collections.enumeration(
                List.of(new ByteArrayInputStream(BEFORE), from.body(), new ByteArrayInputStream(AFTER)))));
        Ask ask = Ask.of("POST", new CouchPath("_bulk_docs"), action(id, rev))
                .sending(publisher(body, wrapped), "application/json");
        try (CouchAnswer answer = upload(ask, body)) {
            return answer.ok()
                    ? CouchWrites.failures(answer.objects()).stream().findFirst()
                    : Optional.of(refused(id, rev, answer));
        }
    }

    private CouchAnswer upload(Ask ask, Watched body) throws EndpointException, InterruptedException {
        try {
            return target.upload(ask, body::moved);
        } catch (EndpointException e) {
            // The target only sees that the rest does not come; who is at fault is the source.
            Optional<IOException> broken = body.broken();
            if (broken.isPresent()) {
                throw source.lost(ask.action(), broken.get());
            }
            throw e;
        }
    }

    private Failure refused(String id, String rev, CouchAnswer answer) throws EndpointException, InterruptedException {
        Refusal refusal = answer.refusal();
        boolean content = CouchWrites.OF_CONTENT.contains(refusal.status()) && refusal.kind() == Kind.REFUSED;
        if (content || refusal.status() == 409 || (refusal.status() == 403 && refusal.byServer())) {
            return new Failure(id, rev, refusal.error(), refusal.sentence());
        }
        throw target.refused(action(id, rev), refusal);
    }

    static Failure gone(String id, String rev) {
        return new Failure(id, rev, "not_found", "the revision is not in the source any more");
    }

    private static String action(String id, String rev) {
        return "store document '" + id + "' at " + rev + " with its attachments";
    }

    private static BodyPublisher publisher(InputStream body, OptionalLong length) {
        BodyPublisher chunked = BodyPublishers.ofInputStream(() -> body);
        return length.isPresent() && length.getAsLong() > 0
                ? BodyPublishers.fromPublisher(chunked, length.getAsLong())
                : chunked;
    }

    /** Counts what passes and keeps what broke. Read by the client's threads. */
    private static final class Watched extends FilterInputStream {
        private final AtomicLong moved = new AtomicLong();
        private final AtomicReference<@Nullable IOException> broken = new AtomicReference<>();

        Watched(InputStream in) {
            super(in);
        }

        long moved() {
            return moved.get();
        }

        Optional<IOException> broken() {
            return Optional.ofNullable(broken.get());
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                int count = in.read(bytes, offset, length);
                moved.addAndGet(Math.max(count, 0));
                return count;
            } catch (IOException e) {
                broken.set(e);
                throw e;
            }
        }
    }
}
