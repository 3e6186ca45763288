package org.cchq.migrate.kind.metadata;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/** What a page of documents or model rows comes to. Made by one thread, read by others afterwards. */
final class PageRows {
    private final List<MetadataRow> rows = new ArrayList<>();
    private final List<Remark> remarks = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private final List<String> named = new ArrayList<>();
    private final List<String> looked = new ArrayList<>();
    private long documents;
    private long withRows;
    private final List<Named> referenced = new ArrayList<>();
    private long unknownDomains;
    private long attachments;

    /**
     * Something a person has to hear of, in HQ's words.
     *
     * @param record one JSON object for the log
     * @param line as HQ prints it
     */
    record Remark(String record, String line) {}

    /**
     * Who a remark is about.
     *
     * @param domain "None" if there is none
     */
    record Subject(String docType, String id, String domain) {
        private String shown() {
            return "<BlobHelper " + docType + " domain=" + domain + " id=" + id + ">";
        }
    }

    /** An entry that names its row by id. */
    record Named(String parentId, String key) {}

    /** One more that was looked at. */
    void document(String id) {
        documents++;
        looked.add(id);
    }

    /** A key that an entry names, with a row of its own or without. */
    void named(String key) {
        named.add(key);
    }

    void rows(List<MetadataRow> found) {
        rows.addAll(found);
        withRows += found.isEmpty() ? 0 : 1;
    }

    /** An entry that has its row already. */
    void referenced(Named entry) {
        referenced.add(entry);
    }

    void unknownDomain(Subject subject) {
        unknownDomains++;
        remark("unknown-domain", subject, Map.of(), "");
    }

    void ignoredAttachments(Subject subject, Map<?, ?> stubs) {
        attachments++;
        Map<String, @Nullable Object> more = new LinkedHashMap<>();
        more.put("domain", subject.domain().equals("None") ? null : subject.domain());
        more.put("attachments", stubs);
        remark("ignored-couch-attachments", subject, more, "");
    }

    /** A document of which not every entry can have a row; none of it has one. */
    void refused(Subject subject, String why) {
        refused.add(subject.id());
        remark("refused", subject, Map.of("detail", why), ": " + why);
    }

    private void remark(String error, Subject subject, Map<String, ?> more, String after) {
        Map<String, @Nullable Object> record = new LinkedHashMap<>();
        record.put("error", error);
        record.put("doc_type", subject.docType());
        record.put("doc_id", subject.id());
        record.putAll(more);
        remarks.add(new Remark(Json.writeLikePython(record), "Error: " + error + " " + subject.shown() + after));
    }

    List<MetadataRow> rows() {
        return rows;
    }

    List<Remark> remarks() {
        return remarks;
    }

    /** Ids of the refused ones. */
    List<String> refused() {
        return refused;
    }

    /** Entries that have their row already. */
    List<Named> referencedEntries() {
        return referenced;
    }

    /** Keys that the entries name. */
    Set<String> named() {
        return new HashSet<>(named);
    }

    /** Ids of those whose blobs are known now: all that were looked at but the refused ones. */
    Set<String> understood() {
        Set<String> understood = new HashSet<>(looked);
        refused.forEach(understood::remove);
        return understood;
    }

    /** Documents or model rows that were looked at. */
    long documents() {
        return documents;
    }

    /** Of them, those that have rows to be. */
    long withRows() {
        return withRows;
    }

    /** What is known before anything is written. */
    RowCounts counts() {
        return new RowCounts(
                documents,
                rows.size(),
                0,
                rows.size(),
                referenced.size(),
                unknownDomains,
                attachments,
                refused.size(),
                0);
    }
}
