package org.cchq.migrate.kind.doctypes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.FindPage;
import org.cchq.migrate.store.document.DocumentDatabase.Standing;
import org.cchq.migrate.store.document.DocumentDatabase.ViewPage;
import org.cchq.migrate.store.document.DocumentDatabase.ViewRow;
import org.jspecify.annotations.Nullable;

/**
 * Documents of a database to try its views on: some of each type that moves, and some of others.
 *
 * <p>A type is looked for in HQ's {@code all_docs/by_doc_type}, and by {@code _find} where that view is missing or leaves
 * the type out. A type with {@code -Deleted} that has no document is made of one without: HQ's soft deletion changes nothing
 * else.
 *
 * @param ofType by type, in the migrator's order; a type without documents has an empty list
 * @param made ids of documents that were made so
 */
record Samples(Map<String, List<Document>> ofType, List<Document> others, Set<String> made) {
    /** What HQ's view returns without emitting: facts of {@code couchapps/all_docs}. */
    private static final Set<String> NOT_IN_VIEW = Set.of(
            "CommCareCase",
            "XFormInstance",
            "XFormError",
            "XFormDuplicate",
            "XFormDeprecated",
            "XFormArchived",
            "SubmissionErrorLog",
            "MessageLog",
            "CallLog",
            "SMSLog",
            "EventLog");

    private static final String DESIGN = "all_docs";
    private static final String VIEW = "by_doc_type";
    private static final int OF_EACH_OTHER_TYPE = 3;
    private static final int MOST_OTHER_TYPES = 200;
    /** Ids that HQ makes are hexadecimal: from each of these places on some documents are taken. */
    private static final List<String> PLACES =
            List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f");

    private static final int FROM_EACH_PLACE = 10;
    /** Characters of JSON: all samples are held at once. */
    private static final long MOST_OF_A_TYPE = 1_000_000;

    private static final long MOST_OF_OTHERS = 8_000_000;

    Samples {
        ofType = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(ofType));
        others = List.copyOf(others);
        made = Set.copyOf(made);
    }

    int ours() {
        return ofType.values().stream().mapToInt(List::size).sum();
    }

    /** Types without any document. */
    List<String> withoutAny() {
        return ofType.entrySet().stream()
                .filter(entry -> entry.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** @param most of each type; fewer, but one, of large documents */
    static Samples take(DocumentDatabase source, Migrator migrator, int most, PatientRequest requests)
            throws EndpointException, InterruptedException {
        Taking taking = new Taking(source, migrator, requests);
        return taking.take(most);
    }

    /** One taking of samples. */
    private record Taking(DocumentDatabase source, Migrator migrator, PatientRequest requests) {
        Samples take(int most) throws EndpointException, InterruptedException {
            Map<String, List<Document>> ofType = new LinkedHashMap<>();
            for (String type : migrator.docTypes()) {
                ofType.put(type, documents(type, most));
            }
            Map<String, Document> made = new LinkedHashMap<>();
            for (String type : migrator.namedTypes()) {
                List<Document> deleted = ofType.getOrDefault(type + Migrator.DELETED, List.of());
                List<Document> plain = ofType.getOrDefault(type, List.of());
                if (deleted.isEmpty() && !plain.isEmpty()) {
                    Document document = softlyDeleted(plain.get(0), type);
                    made.put(document.id(), document);
                    ofType.put(type + Migrator.DELETED, List.of(document));
                }
            }
            return new Samples(ofType, others(), made.keySet());
        }

        private static Document softlyDeleted(Document plain, String type) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>(plain.fields());
            fields.put("_id", plain.id() + Migrator.DELETED);
            fields.put("doc_type", type + Migrator.DELETED);
            return new Document(fields);
        }

        private List<Document> documents(String type, int most) throws EndpointException, InterruptedException {
            return read(ids(type, most), MOST_OF_A_TYPE);
        }

        private List<String> ids(String type, int most) throws EndpointException, InterruptedException {
            Map<String, @Nullable Object> options = new LinkedHashMap<>();
            options.put("startkey", List.of(type));
            options.put("endkey", List.of(type, Map.of()));
            options.put("reduce", false);
            options.put("limit", most);
            Optional<ViewPage> page = requests.send(() -> source.view(DESIGN, VIEW, options));
            boolean omitted = NOT_IN_VIEW.contains(type.replaceFirst(Migrator.DELETED + "$", ""));
            if (page.isPresent() && !(omitted && page.get().rows().isEmpty())) {
                return page.get().rows().stream()
                        .map(ViewRow::id)
                        .flatMap(Optional::stream)
                        .toList();
            }
            Optional<FindPage> found =
                    requests.send(() -> source.find(Map.of("doc_type", type), List.of("_id"), most, ""));
            return found.map(FindPage::documents).orElse(List.of()).stream()
                    .map(Document::id)
                    .limit(most)
                    .toList();
        }

        /** One after the other: some are megabytes. At least one, if it is there. */
        private List<Document> read(List<String> ids, long most) throws EndpointException, InterruptedException {
            List<Document> documents = new ArrayList<>();
            long size = 0;
            for (String id : ids) {
                if (size >= most) {
                    break;
                }
                Optional<Map<String, @Nullable Object>> fields = requests.send(() -> source.get(id));
                if (fields.isPresent()) {
                    documents.add(new Document(fields.get()));
                    size += Json.write(fields.get()).length();
                }
            }
            return documents;
        }

        private List<Document> others() throws EndpointException, InterruptedException {
            Set<String> ids = new LinkedHashSet<>();
            Optional<ViewPage> types =
                    requests.send(() -> source.view(DESIGN, VIEW, Map.of("reduce", true, "group_level", 1)));
            List<ViewRow> rows = types.map(ViewPage::rows).orElse(List.of());
            for (ViewRow row : rows.stream().limit(MOST_OTHER_TYPES).toList()) {
                if (row.key() instanceof List<?> key
                        && key.size() == 1
                        && key.get(0) instanceof String type
                        && !migrator.moves(type)) {
                    ids.addAll(ids(type, OF_EACH_OTHER_TYPE));
                }
            }
            for (String place : PLACES) {
                for (Standing standing : requests.send(() -> source.standings(place, "", FROM_EACH_PLACE))) {
                    if (!standing.id().startsWith("_")) {
                        ids.add(standing.id());
                    }
                }
            }
            return read(List.copyOf(ids), MOST_OF_OTHERS).stream()
                    .filter(document -> !migrator.moves(document))
                    .toList();
        }
    }
}
