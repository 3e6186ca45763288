package org.cchq.migrate.kind.doctypes;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.store.document.CouchDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.testing.CouchServer;
import org.jspecify.annotations.Nullable;

/** A source with design documents as HQ has them and some documents, and a target's name. */
final class DesignSite {
    static final Migrator MIGRATOR = new Migrator("groups", "", "users", List.of("Group", "WebUser"));
    static final PatientRequest REQUESTS = new PatientRequest(
            Duration.ofSeconds(20),
            Duration.ofMillis(50),
            Clock.systemUTC(),
            pause -> Thread.sleep(Math.min(50, pause.toMillis())));

    private static final String BY_TYPE = "function(doc) {"
            + " var omitted = {XFormInstance: true, 'XFormInstance-Deleted': true};"
            + " if (omitted.hasOwnProperty(doc.doc_type)) { return; } emit([doc.doc_type, doc._id], null); }";

    private DesignSite() {}

    static DoctypeEnds ends(CouchServer server, String name) {
        return new DoctypeEnds(
                MIGRATOR, new CouchDatabase(server.spec(name)), new CouchDatabase(server.spec(name + "__users")));
    }

    /** Makes the source. */
    static void fill(CouchDatabase source) throws Exception {
        source.create();
        List<Document> documents = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            documents.add(document("a" + i, Map.of("doc_type", "Group", "name", "n" + i, "domain", "d")));
            documents.add(document("b" + i, Map.of("doc_type", "XFormInstance", "domain", "d")));
            documents.add(document("c" + i, Map.of("doc_type", "Domain", "name", "d" + i)));
        }
        documents.add(document(
                "withpicture",
                Map.of(
                        "doc_type",
                        "WebUser",
                        "username",
                        "w",
                        "_attachments",
                        Map.of("me.png", Map.of("content_type", "image/png", "data", "aGk=")))));
        documents.add(design("all_docs", Map.of("by_doc_type", view(BY_TYPE, "_count"))));
        documents.add(design(
                "groups",
                Map.of(
                        "by_name",
                        view("function(doc) { if (doc.doc_type === 'Group') emit([doc.domain, doc.name], 1) }"))));
        documents.add(
                design("by_domain", Map.of("view", view("function(doc) { if (doc.domain) emit(doc.domain, null) }"))));
        documents.add(design(
                "forms", Map.of("all", view("function(doc) { if (doc.doc_type === 'XFormInstance') emit(doc._id) }"))));
        documents.add(
                design("pictures", Map.of("all", view("function(doc) { for (var a in doc._attachments) emit(a) }"))));
        documents.add(design("cases", Map.of("base", view("function(doc) { if (doc.base_doc === 'Case') emit(1) }"))));
        documents.add(design(
                "sly",
                Map.of("v", view("function(doc) { doc.doc_type = 'X'; if (doc.doc_type === 'X') emit(doc._id) }"))));
        Map<String, @Nullable Object> guarded = new LinkedHashMap<>();
        guarded.put("_id", "_design/guard");
        guarded.put("filters", Map.of("web", "function(doc, req) { return doc.doc_type === 'WebUser' }"));
        guarded.put(
                "validate_doc_update",
                "function(doc, old, user) { if (doc.doc_type === 'Group' && !doc.domain) throw({forbidden: 'no'}) }");
        documents.add(new Document(guarded));
        if (!source.edit(documents).isEmpty()) {
            throw new IllegalStateException("the source did not take its documents");
        }
    }

    static Document document(String id, Map<String, ?> fields) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>(fields);
        all.put("_id", id);
        return new Document(all);
    }

    static Document design(String name, Map<String, ?> views) {
        return document("_design/" + name, Map.of("views", views, "language", "javascript"));
    }

    static Map<String, String> view(String map) {
        return Map.of("map", map);
    }

    private static Map<String, String> view(String map, String reduce) {
        return Map.of("map", map, "reduce", reduce);
    }
}
