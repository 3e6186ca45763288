package org.cchq.migrate.kind.metadata;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.store.document.CouchDatabase;
import org.cchq.migrate.store.document.CouchScan;

/**
 * A CouchDB database: all its documents are read in the order of their ids and looked at for their type. HQ asks its view
 * {@code all_docs/by_doc_type} instead, which leaves out forms and cases without a word. Thread-safe.
 */
final class CouchPart implements MetadataPart {
    /** Ids of HQ are hexadecimal for the most part; whatever else there is falls into one of these, too. */
    private static final List<String> BOUNDS = List.of("", "2", "4", "6", "8", "a", "c", "e", "");

    private final CouchDatabase database;
    private final Set<String> types;
    private final DocumentRows rows;

    CouchPart(CouchDatabase database, Set<String> types, DocumentRows.WireInvoices invoices) {
        this.database = database;
        this.types = new TreeSet<>(types);
        this.rows = new DocumentRows(database.spec().database(), types, invoices);
    }

    CouchDatabase database() {
        return database;
    }

    @Override
    public String name() {
        return database.spec().database();
    }

    @Override
    public String types() {
        return String.join(", ", types);
    }

    @Override
    public List<String> ranges() {
        List<String> ranges = new ArrayList<>();
        for (int i = 0; i + 1 < BOUNDS.size(); i++) {
            ranges.add(name() + " [" + BOUNDS.get(i) + ":" + BOUNDS.get(i + 1) + "]");
        }
        return ranges;
    }

    @Override
    public long total() throws EndpointException, InterruptedException {
        return database.info().documents();
    }

    @Override
    public Page page(String range, String after, int limit) throws EndpointException, InterruptedException {
        int number = ranges().indexOf(range);
        CouchScan.Page page =
                database.scan().page(after, BOUNDS.get(number), BOUNDS.get(number + 1), limit, DocumentRows.FIELDS);
        return new Page(rows.of(page.documents()), page.last().orElse(after), page.rows() == 0);
    }

    @Override
    public PageRows again(String range, String after, String through) throws EndpointException, InterruptedException {
        String from = BOUNDS.get(ranges().indexOf(range));
        return rows.of(database.scan().through(after, from, through, DocumentRows.FIELDS));
    }

    @Override
    public PageRows some(List<String> ids) throws EndpointException, InterruptedException {
        return rows.of(database.scan().documents(ids, DocumentRows.FIELDS));
    }

    /** Whether rows of a type may belong to documents of this database. */
    boolean holds(int typeCode) {
        return types.stream()
                .flatMap(name -> DocumentType.of(name).stream())
                .anyMatch(type -> type.code().code() == typeCode);
    }

    /** What documents come to. */
    DocumentRows rows() {
        return rows;
    }
}
