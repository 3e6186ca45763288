package org.cchq.migrate.store.document;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.jspecify.annotations.Nullable;

/**
 * One database of documents with revision trees, as CouchDB's HTTP interface shows it. Each call is one attempt; {@link
 * EndpointException#retryable()} says whether another may succeed. Documents are plain JSON values, with the fields that
 * begin with an underscore where they have them. Thread-safe.
 *
 * <p>Source: CouchDB's HTTP API reference and replication protocol.
 */
public interface DocumentDatabase {
    /** A document; {@code _id}, {@code _rev} and the like included. */
    record Document(Map<String, @Nullable Object> fields) {
        public String id() {
            return String.valueOf(fields.get("_id"));
        }

        public String rev() {
            return String.valueOf(fields.get("_rev"));
        }

        public boolean deleted() {
            return Boolean.TRUE.equals(fields.get("_deleted"));
        }

        /** The field {@code doc_type}; empty if it is not there or no text. */
        public Optional<String> docType() {
            return fields.get("doc_type") instanceof String type ? Optional.of(type) : Optional.empty();
        }
    }

    /**
     * The leaves of a document's revision tree.
     *
     * @param leaves the winner first, then by CouchDB's order: live before deleted, higher generation, higher hash; empty
     *     if the database does not know the id. Bodies are there as far as they were asked for
     */
    record Leaves(String id, List<Document> leaves) {
        public Leaves {
            leaves = List.copyOf(leaves);
        }

        public Optional<Document> winner() {
            return leaves.stream().findFirst();
        }
    }

    /**
     * What {@code _all_docs} says of an id.
     *
     * @param rev of the winner; empty if the database does not know the id
     * @param deleted the winner is a tombstone
     */
    record Standing(String id, Optional<String> rev, boolean deleted) {
        public boolean live() {
            return rev.isPresent() && !deleted;
        }
    }

    /**
     * A place in the feed of changes. Opaque: never compared, sorted or taken apart; only shown.
     *
     * @param json as JSON text: {@code "292786-g1AAAA..."} in quotation marks, or a number
     */
    record Sequence(String json) {
        /** The beginning. */
        public static final Sequence ZERO = new Sequence("0");

        /** As HQ stores and prints it: without quotation marks. */
        public String text() {
            boolean quoted = json.length() >= 2 && json.startsWith("\"") && json.endsWith("\"");
            return quoted ? json.substring(1, json.length() - 1) : json;
        }
    }

    /**
     * @param revs of every leaf
     * @param deleted of the winner
     * @param sequence JSON null ({@code "null"}) where the server left it out
     */
    record Change(String id, List<String> revs, boolean deleted, Sequence sequence) {
        public Change {
            revs = List.copyOf(revs);
        }
    }

    /**
     * @param last goes on from here
     * @param pending rows left in the feed after this page; empty if the server does not say
     */
    record Changes(List<Change> rows, Sequence last, Optional<Long> pending) {
        public Changes {
            rows = List.copyOf(rows);
        }
    }

    /**
     * What tells a database from another one of the same name.
     *
     * @param uuid of the server; empty if it does not say
     * @param instance {@code instance_start_time}; "0" says nothing
     */
    record Identity(String server, Optional<String> uuid, String database, String instance) {}

    /** @param documents live ones */
    record Info(Identity identity, Sequence updateSequence, long documents, long deleted) {}

    /**
     * @param missing revisions that the database does not know
     * @param ancestors leaves that it has and that may be ancestors of them; may be left out by the server
     */
    record Missing(List<String> missing, List<String> ancestors) {
        public Missing {
            missing = List.copyOf(missing);
            ancestors = List.copyOf(ancestors);
        }
    }

    /** A document that was not stored, as {@code _bulk_docs} tells it: {@code error} is the server's word. */
    record Failure(String id, String rev, String error, String reason) {
        /** Too large for the server or for what is in front of it: alone it may fit. */
        public boolean tooLarge() {
            return error.endsWith("too_large");
        }
    }

    /** @param key and value as JSON values */
    record ViewRow(
            @Nullable Object key,
            Optional<String> id,
            @Nullable Object value,
            Optional<Document> document) {}

    /** @param total of all rows of the view; empty where it was reduced */
    record ViewPage(List<ViewRow> rows, Optional<Long> total) {
        public ViewPage {
            rows = List.copyOf(rows);
        }
    }

    /** Without credentials, for messages. */
    String endpoint();

    /** Whether the database is there. */
    boolean exists() throws EndpointException, InterruptedException;

    /** Makes it, with the server's own q and n; no error if it is there already. */
    void create() throws EndpointException, InterruptedException;

    Info info() throws EndpointException, InterruptedException;

    /** The winning revision, attachments as stubs; empty if there is none or it was deleted. */
    Optional<Map<String, @Nullable Object>> get(String id) throws EndpointException, InterruptedException;

    /** One standing for each id, in their order. */
    List<Standing> standings(List<String> ids) throws EndpointException, InterruptedException;

    /** Ids from {@code from} to {@code to}, both inclusive, in the order of bytes; "" is open. */
    List<Standing> standings(String from, String to, int limit) throws EndpointException, InterruptedException;

    /**
     * The rows after a place, one for each document, with all its leaves.
     *
     * @param wait how long to wait for a change where there is none yet, in milliseconds; 0: not at all
     */
    Changes changes(Sequence since, int limit, long wait) throws EndpointException, InterruptedException;

    /**
     * All leaves of each document with their history ({@code _revisions}), attachments as stubs; in the order of the ids.
     */
    List<Leaves> leaves(List<String> ids) throws EndpointException, InterruptedException;

    /** One revision with its history and its attachments inline (base64), held in memory: for small ones. */
    Optional<Document> whole(String id, String rev) throws EndpointException, InterruptedException;

    /**
     * The same for several revisions, given by leaves, in their order: for small ones. Empty for one that is not there any
     * more.
     */
    default List<Optional<Document>> whole(List<Document> leaves) throws EndpointException, InterruptedException {
        List<Optional<Document>> whole = new ArrayList<>();
        for (Document leaf : leaves) {
            whole.add(whole(leaf.id(), leaf.rev()));
        }
        return whole;
    }

    /**
     * Brings one revision with history and attachments of any size from another database, streamed: memory does not grow
     * with the attachments.
     *
     * @return empty if it was stored
     */
    Optional<Failure> storeFrom(DocumentDatabase source, String id, String rev)
            throws EndpointException, InterruptedException;

    /** What of these revisions, by id, the database does not have; ids that it has whole are left out. */
    Map<String, Missing> missing(Map<String, ? extends Collection<String>> revs)
            throws EndpointException, InterruptedException;

    /**
     * Stores revisions as they are ({@code new_edits=false}); one request. Where the request as a whole is refused because
     * of what is in it (400, 412 for a stub of an unknown attachment, 413 for its size), every document is a failure, and
     * one at a time tells which it was.
     *
     * @return those that were not stored
     */
    List<Failure> store(List<Document> documents) throws EndpointException, InterruptedException;

    /** Ordinary edits; the failures, conflicts among them. One request. */
    List<Failure> edit(List<Document> documents) throws EndpointException, InterruptedException;

    /** A document of {@code _local/}; {@code _rev} is needed to write it again. */
    Optional<Map<String, @Nullable Object>> local(String name) throws EndpointException, InterruptedException;

    /**
     * Writes a document of {@code _local/}. CouchDB 2 and 3 take any {@code _rev} for these, so that it is compared here,
     * just before the write: of two writers within a few milliseconds both may hear "true". A writer that must be alone
     * writes a mark of its own, waits, and reads it again.
     *
     * @return false if somebody else has written it since
     */
    boolean putLocal(String name, Map<String, @Nullable Object> fields) throws EndpointException, InterruptedException;

    /**
     * Rows of a view. Up to date: waits for the index, within the limits of the server and what is in front of it.
     *
     * @param options of the query with JSON values: startkey, endkey, keys, limit, reduce, group_level, include_docs...
     * @return empty if there is no such view
     */
    Optional<ViewPage> view(String design, String view, Map<String, @Nullable Object> options)
            throws EndpointException, InterruptedException;

    /** Documents that a Mango selector finds, after a bookmark; empty if the server has no {@code _find}. */
    Optional<FindPage> find(Map<String, @Nullable Object> selector, List<String> fields, int limit, String bookmark)
            throws EndpointException, InterruptedException;

    /** @param bookmark where the next page begins */
    record FindPage(List<Document> documents, String bookmark) {
        public FindPage {
            documents = List.copyOf(documents);
        }
    }

    /** Every design document. */
    List<Document> designs() throws EndpointException, InterruptedException;

    /** Copies a design document under another name, over one that is there. Names without {@code _design/}. */
    void copyDesign(String from, String to) throws EndpointException, InterruptedException;

    /** Removes revisions for good; false if the server cannot. */
    boolean purge(Map<String, ? extends Collection<String>> revs) throws EndpointException, InterruptedException;

    /** Asks for compaction of the database. */
    void compact() throws EndpointException, InterruptedException;

    /** Asks for the removal of index files that no design document needs. */
    void cleanUpViews() throws EndpointException, InterruptedException;

    /** Replications on this server that read from or write to this database, one sentence each; empty if it does not say. */
    List<String> replications() throws EndpointException, InterruptedException;

    /** Removes the whole database: for scratch databases only. */
    void drop() throws EndpointException, InterruptedException;
}
