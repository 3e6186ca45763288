package org.cchq.migrate.testing.doctypes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Documents of a site, made from a seed: the nine types of HQ's user migration and as many of other types, with histories,
 * attachments, conflicts, tombstones, soft-deleted types and ids with slashes.
 */
final class DocumentEstate {
    /** HQ's {@code user_db_migration}. */
    static final List<String> TYPES = List.of(
            "Group",
            "DeleteGroupRecord",
            "UserRole",
            "AdminUserRole",
            "CommCareUser",
            "WebUser",
            "Invitation",
            "DomainRemovalRecord",
            "OrgRemovalRecord");

    private static final List<String> OTHERS = List.of("Application", "CommCareBuild", "SavedAppBuild", "Domain");
    private static final int TOGETHER = 500;

    private final CouchRequests database;
    private final Random random;

    DocumentEstate(CouchRequests database, long seed) {
        this.database = database;
        this.random = new Random(seed);
    }

    /**
     * Stores documents.
     *
     * @param count documents of the migrated types; a quarter as many of others come beside them
     */
    void fill(int count) throws IOException, InterruptedException {
        List<Map<String, Object>> revisions = new ArrayList<>();
        for (int i = 0; i < count + count / 4; i++) {
            boolean other = i % 5 == 4;
            String type = other ? pick(OTHERS) : TYPES.get(i % TYPES.size());
            revisions.addAll(document(i, random.nextInt(50) == 0 ? type + "-Deleted" : type));
            if (revisions.size() >= TOGETHER) {
                store(revisions);
                revisions.clear();
            }
        }
        store(revisions);
    }

    /** HQ's view of all documents by their type, with what it leaves out. */
    void addViews() throws IOException, InterruptedException {
        String map = "function(doc) { var skip = ['CommCareCase', 'XFormInstance', 'XFormError', 'XFormDuplicate',"
                + " 'XFormDeprecated', 'XFormArchived', 'SubmissionErrorLog', 'MessageLog', 'CallLog', 'SMSLog',"
                + " 'EventLog']; if (!doc.doc_type) { return; } for (var i = 0; i < skip.length; i++)"
                + " { if (doc.doc_type === skip[i] || doc.doc_type === skip[i] + '-Deleted') { return; } }"
                + " emit([doc.doc_type, doc._id], null); }";
        database.put(
                "/_design/all_docs",
                Map.of(
                        "language",
                        "javascript",
                        "views",
                        Map.of("by_doc_type", Map.of("map", map, "reduce", "_count"))));
        database.get("/_design/all_docs/_view/by_doc_type?reduce=true");
    }

    private void store(List<Map<String, Object>> revisions) throws IOException, InterruptedException {
        List<?> failures = revisions.isEmpty() ? List.of() : database.bulk(revisions, false);
        if (failures.stream().anyMatch(row -> row instanceof Map<?, ?> map && map.containsKey("error"))) {
            throw new IOException("not stored: " + failures);
        }
    }

    private List<Map<String, Object>> document(int number, String type) {
        String id = switch (random.nextInt(20)) {
            case 0 -> "org.site.user:" + number + "@example.org";
            case 1 -> "path/to/" + number + "/ü+ö";
            default -> String.format("%016x%016x", random.nextLong(), (long) number);
        };
        int generations = 1 + random.nextInt(random.nextInt(4) == 0 ? 12 : 2);
        List<String> history = new ArrayList<>();
        for (int i = 0; i < generations; i++) {
            history.add(0, hash());
        }
        List<Map<String, Object>> revisions = new ArrayList<>();
        Map<String, Object> winner = revision(id, type, history);
        if (random.nextInt(20) == 0) {
            winner.put("_attachments", attachments());
        }
        if (random.nextInt(40) == 0) {
            List<String> gone = new ArrayList<>(history);
            gone.add(0, hash());
            revisions.add(tombstone(id, gone));
        }
        if (random.nextInt(100) == 0) {
            // A losing leaf: the same generation, a smaller hash.
            List<String> loser = new ArrayList<>(history);
            loser.set(0, "00" + hash().substring(2));
            winner.put("_revisions", Map.of("start", generations, "ids", high(history)));
            winner.put("_rev", generations + "-" + high(history).get(0));
            revisions.add(revision(id, type, loser));
        }
        revisions.add(winner);
        return revisions;
    }

    private static List<String> high(List<String> history) {
        List<String> ids = new ArrayList<>(history);
        ids.set(0, "ff" + ids.get(0).substring(2));
        return ids;
    }

    private Map<String, Object> revision(String id, String type, List<String> history) {
        Map<String, Object> document = tombstone(id, history);
        document.remove("_deleted");
        document.put("doc_type", type);
        document.put("domain", "domain-" + random.nextInt(40));
        document.put("name", "n".repeat(random.nextInt(300)) + random.nextInt());
        document.put("numbers", List.of(random.nextInt(), random.nextInt(1_000_000) / 1_000.0));
        document.put("nothing", Map.of("empty", List.of(), "text", "äöü \"quoted\" \\ \u2028 😀"));
        return document;
    }

    private static Map<String, Object> tombstone(String id, List<String> history) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("_id", id);
        document.put("_rev", history.size() + "-" + history.get(0));
        document.put("_revisions", Map.of("start", history.size(), "ids", List.copyOf(history)));
        document.put("_deleted", true);
        return document;
    }

    private Map<String, Object> attachments() {
        Map<String, Object> attachments = new LinkedHashMap<>();
        for (int i = 0; i <= random.nextInt(2); i++) {
            byte[] bytes = new byte[1 + random.nextInt(2_000)];
            random.nextBytes(bytes);
            attachments.put(
                    "file " + i + ".bin",
                    Map.of(
                            "content_type",
                            "application/octet-stream",
                            "data",
                            new String(Base64.getEncoder().encode(bytes), StandardCharsets.US_ASCII)));
        }
        return attachments;
    }

    private String hash() {
        return String.format("%016x%016x", random.nextLong(), random.nextLong());
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }
}
