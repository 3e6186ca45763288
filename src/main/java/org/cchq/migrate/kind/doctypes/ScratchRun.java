package org.cchq.migrate.kind.doctypes;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.Failure;
import org.cchq.migrate.store.document.DocumentDatabase.ViewPage;
import org.cchq.migrate.store.document.DocumentDatabase.ViewRow;
import org.jspecify.annotations.Nullable;

/**
 * Runs the views of design documents on samples, in a database of its own that is made for it and dropped after it. The
 * database is known by a document of ours in it: one of the same name without that is left alone.
 */
final class ScratchRun {
    private static final String MARK = "cchq-migrate-scratch";
    private static final int BATCH = 50;
    /** Of documents in one request, in characters. */
    private static final int BATCH_SIZE = 2_000_000;

    private final DocumentDatabase scratch;
    private final PatientRequest requests;

    ScratchRun(DocumentDatabase scratch, PatientRequest requests) {
        this.scratch = scratch;
        this.requests = requests;
    }

    /**
     * What each view did.
     *
     * @param rows by design document and view, with a slash between them
     * @param notStored samples that the scratch database did not take
     */
    record Result(Map<String, SeenRows> rows, int notStored) {
        Result {
            rows = Map.copyOf(rows);
        }

        Optional<SeenRows> of(DesignFunction function) {
            return function.kind() == DesignFunction.Kind.VIEW
                    ? Optional.ofNullable(rows.get(function.design() + "/" + function.name()))
                    : Optional.empty();
        }
    }

    Result run(Samples samples, List<Document> designs) throws UserException, EndpointException, InterruptedException {
        make();
        try {
            Set<String> ours = new LinkedHashSet<>();
            samples.ofType().values().forEach(documents -> documents.forEach(document -> ours.add(document.id())));
            List<Document> all = new ArrayList<>(samples.others());
            samples.ofType().values().forEach(all::addAll);
            // Before the design documents: their validations are not to judge them.
            int notStored = store(all);
            Map<String, SeenRows> rows = new LinkedHashMap<>();
            for (Document design : designs) {
                rows.putAll(runViews(design, ours));
            }
            return new Result(rows, notStored);
        } finally {
            drop();
        }
    }

    private void drop() throws EndpointException, InterruptedException {
        requests.send(() -> {
            scratch.drop();
            return true;
        });
    }

    private void make() throws UserException, EndpointException, InterruptedException {
        if (requests.send(scratch::exists)) {
            if (requests.send(() -> scratch.get(MARK)).isEmpty()) {
                throw new UserException("the scratch database " + scratch.endpoint() + " is there already, and was not"
                        + " made by this command; rename or drop it, or give --no-scratch");
            }
            drop();
        }
        scratch.create();
        requests.send(() -> scratch.edit(List.of(new Document(Map.of("_id", MARK)))));
    }

    private int store(List<Document> documents) throws EndpointException, InterruptedException {
        int failed = 0;
        List<Document> batch = new ArrayList<>();
        int size = 0;
        for (Document document : documents) {
            Document plain = new Document(withoutHistory(document));
            batch.add(plain);
            size += Json.write(plain.fields()).length();
            if (batch.size() >= BATCH || size >= BATCH_SIZE) {
                failed += failures(batch);
                batch.clear();
                size = 0;
            }
        }
        return failed + (batch.isEmpty() ? 0 : failures(batch));
    }

    private int failures(List<Document> batch) throws EndpointException, InterruptedException {
        List<Document> documents = List.copyOf(batch);
        List<Failure> failures = requests.send(() -> scratch.edit(documents));
        // After a lost answer the same request finds its own documents: they are there.
        return (int) failures.stream()
                .filter(failure -> !failure.error().equals("conflict"))
                .count();
    }

    /** The fields of a new document. Attachments keep their names and types: views ask for those, not for the bytes. */
    private static Map<String, @Nullable Object> withoutHistory(Document document) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        document.fields().forEach((key, value) -> {
            if (!key.startsWith("_") || key.equals("_id")) {
                fields.put(key, value);
            }
        });
        if (document.fields().get("_attachments") instanceof Map<?, ?> attachments) {
            Map<String, @Nullable Object> small = new LinkedHashMap<>();
            attachments.forEach((name, stub) -> {
                Object type = stub instanceof Map<?, ?> map ? map.get("content_type") : null;
                small.put(
                        String.valueOf(name),
                        Map.of(
                                "content_type",
                                type == null ? "application/octet-stream" : type,
                                "data",
                                Base64.getEncoder().encodeToString(new byte[1])));
            });
            fields.put("_attachments", small);
        }
        return fields;
    }

    private Map<String, SeenRows> runViews(Document design, Set<String> ours)
            throws EndpointException, InterruptedException {
        List<String> views = DesignFunction.views(design);
        Map<String, SeenRows> rows = new LinkedHashMap<>();
        if (views.isEmpty()) {
            return rows;
        }
        Map<String, @Nullable Object> fields = withoutHistory(design);
        fields.remove("_attachments");
        // They would be asked about the design documents that follow.
        fields.remove("validate_doc_update");
        String refused = "";
        try {
            List<Failure> failures = requests.send(() -> scratch.edit(List.of(new Document(fields))));
            refused = failures.stream()
                    .filter(failure -> !failure.error().equals("conflict"))
                    .map(failure -> failure.error() + ": " + failure.reason())
                    .findFirst()
                    .orElse("");
        } catch (EndpointException e) {
            refused = message(e);
        }
        for (String view : views) {
            rows.put(
                    DesignFunction.nameOf(design) + "/" + view,
                    refused.isEmpty() ? rows(DesignFunction.nameOf(design), view, ours) : new SeenRows(0, 0, refused));
        }
        return rows;
    }

    private SeenRows rows(String design, String view, Set<String> ours) throws InterruptedException {
        try {
            Optional<ViewPage> page = requests.send(() -> scratch.view(design, view, Map.of("reduce", false)));
            List<String> ids = page.map(ViewPage::rows).orElse(List.of()).stream()
                    .map(ViewRow::id)
                    .flatMap(Optional::stream)
                    .filter(id -> !id.equals(MARK))
                    .toList();
            long mine = ids.stream().filter(ours::contains).count();
            return new SeenRows(mine, ids.size() - mine, page.isEmpty() ? "there is no such view" : "");
        } catch (EndpointException e) {
            return new SeenRows(0, 0, message(e));
        }
    }

    private static String message(EndpointException e) {
        return String.valueOf(e.getMessage());
    }
}
