package org.cchq.migrate.kind.doctypes;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.Failure;
import org.jspecify.annotations.Nullable;

/**
 * Stores revisions of one batch of documents in requests of bounded size. Small attachments go along, large ones are
 * streamed, each document alone; what a request as a whole is refused for is found by halving it. Not thread-safe.
 */
final class DocumentPush {
    private static final String DATA_MARK = "data";

    private final DocumentDatabase from;
    private final DocumentDatabase to;
    private final CopyPolicy policy;
    private final Calls calls;
    private final List<Document> waiting = new ArrayList<>();
    private final Map<String, String> failures = new LinkedHashMap<>();
    private long waitingBytes;
    private long bytes;

    DocumentPush(DocumentDatabase from, DocumentDatabase to, CopyPolicy policy, Calls calls) {
        this.from = from;
        this.to = to;
        this.policy = policy;
        this.calls = calls;
    }

    /** Reasons by id. */
    Map<String, String> failures() {
        return failures;
    }

    long bytes() {
        return bytes;
    }

    /** Stores a leaf of the source, now or with others at the latest in {@link #flush()}. */
    void add(Document leaf) throws EndpointException, InterruptedException, StoppedException {
        long attachments = attachmentBytes(leaf);
        if (attachments > policy.inlineBytes()) {
            stream(leaf.id(), leaf.rev(), attachments);
            return;
        }
        // As base64.
        long size = DocumentSize.of(leaf.fields()) + attachments * 4 / 3;
        if (!waiting.isEmpty()
                && (waitingBytes + size > policy.batchBytes() || waiting.size() >= policy.batchDocuments())) {
            flush();
        }
        waiting.add(leaf);
        waitingBytes += size;
    }

    void flush() throws EndpointException, InterruptedException, StoppedException {
        List<Document> batch = withAttachments(List.copyOf(waiting));
        waiting.clear();
        bytes += waitingBytes;
        waitingBytes = 0;
        store(batch);
    }

    private List<Document> withAttachments(List<Document> leaves)
            throws EndpointException, InterruptedException, StoppedException {
        List<Document> stubs =
                leaves.stream().filter(DocumentPush::hasAttachments).toList();
        if (stubs.isEmpty()) {
            return leaves;
        }
        List<Optional<Document>> read = calls.ask(() -> from.whole(stubs));
        List<Document> batch = new ArrayList<>(leaves.size());
        Iterator<Optional<Document>> next = read.iterator();
        for (Document leaf : leaves) {
            if (!hasAttachments(leaf)) {
                batch.add(leaf);
                continue;
            }
            Optional<Document> whole = next.next();
            if (whole.isEmpty()) {
                failures.put(leaf.id(), leaf.rev() + " was not there any more when its attachments were read");
                continue;
            }
            Map<String, @Nullable Object> fields =
                    new LinkedHashMap<>(whole.get().fields());
            // The history may have been cut.
            fields.put("_revisions", leaf.fields().getOrDefault("_revisions", fields.get("_revisions")));
            batch.add(new Document(fields));
        }
        return batch;
    }

    private void store(List<Document> batch) throws EndpointException, InterruptedException, StoppedException {
        if (batch.isEmpty()) {
            return;
        }
        List<Failure> refused;
        try {
            refused = calls.ask(() -> to.store(batch));
        } catch (EndpointException e) {
            if (!isOfContent(e)) {
                throw e;
            }
            if (batch.size() == 1) {
                failures.put(batch.get(0).id(), String.valueOf(e.getMessage()));
            } else {
                halves(batch);
            }
            return;
        }
        if (refused.size() >= batch.size() && batch.size() > 1) {
            halves(batch);
            return;
        }
        for (Failure failure : refused) {
            if (batch.size() == 1 || !isOfTheRequest(failure)) {
                String what = failure.error() + ": " + failure.reason();
                if (hasAttachments(batch, failure) && isOfTheRequest(failure)) {
                    stream(failure.id(), failure.rev(), 0);
                } else {
                    failures.put(failure.id(), what);
                }
            } else {
                store(batch.stream()
                        .filter(document -> document.id().equals(failure.id())
                                && document.rev().equals(failure.rev()))
                        .toList());
            }
        }
    }

    private void halves(List<Document> batch) throws EndpointException, InterruptedException, StoppedException {
        store(batch.subList(0, batch.size() / 2));
        store(batch.subList(batch.size() / 2, batch.size()));
    }

    private void stream(String id, String rev, long size)
            throws EndpointException, InterruptedException, StoppedException {
        try {
            Optional<Failure> failure = calls.ask(() -> to.storeFrom(from, id, rev));
            failure.ifPresent(refused -> failures.put(id, refused.error() + ": " + refused.reason()));
            bytes += size;
        } catch (EndpointException e) {
            if (!isOfContent(e)) {
                throw e;
            }
            failures.put(id, String.valueOf(e.getMessage()));
        }
    }

    /** The server keeps on failing at this request, or refuses it; another one may go well. */
    private static boolean isOfContent(EndpointException e) {
        return e.kind() == Kind.REFUSED
                || e.kind() == Kind.DENIED
                || e.kind() == Kind.SERVER_ERROR
                || e.kind() == Kind.CORRUPT;
    }

    private static boolean isOfTheRequest(Failure failure) {
        return failure.tooLarge() || failure.error().equals("missing_stub");
    }

    private static boolean hasAttachments(List<Document> batch, Failure failure) {
        return batch.stream().anyMatch(document -> document.id().equals(failure.id()) && hasAttachments(document));
    }

    static boolean hasAttachments(Document document) {
        return document.fields().get("_attachments") instanceof Map<?, ?> attachments && !attachments.isEmpty();
    }

    private static long attachmentBytes(Document document) {
        long sum = 0;
        if (document.fields().get("_attachments") instanceof Map<?, ?> attachments) {
            for (Object stub : attachments.values()) {
                if (stub instanceof Map<?, ?> fields
                        && !fields.containsKey(DATA_MARK)
                        && fields.get("length") instanceof Number length) {
                    sum += length.longValue();
                }
            }
        }
        return sum;
    }
}
