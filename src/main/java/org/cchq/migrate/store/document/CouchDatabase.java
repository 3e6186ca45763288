package org.cchq.migrate.store.document;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.jspecify.annotations.Nullable;

/**
 * A database of CouchDB 2 or 3, of a service built on it, or of pouchdb-server, which does less. Each call is one attempt;
 * {@link EndpointException#retryable()} says whether another may succeed. Thread-safe.
 */
public final class CouchDatabase implements DocumentDatabase {
    private final CouchHttp http;
    private final CouchVersion.Known version;
    private final CouchQueries queries;
    private final CouchWrites writes;
    private final CouchViews views;
    private final CouchFeed feed;
    private final CouchDesigns designs;
    private final CouchAdmin admin;
    private final CouchScan scan;

    public CouchDatabase(CouchSpec spec) {
        this.http = new CouchHttp(spec);
        this.version = new CouchVersion.Known(http);
        this.queries = new CouchQueries(http, version);
        this.writes = new CouchWrites(http, queries);
        this.views = new CouchViews(http);
        this.feed = new CouchFeed(http);
        this.designs = new CouchDesigns(http, version, queries);
        this.admin = new CouchAdmin(http, version);
        this.scan = new CouchScan(http);
    }

    public CouchSpec spec() {
        return http.spec();
    }

    /** Reads very many documents for a few of their fields. */
    public CouchScan scan() {
        return scan;
    }

    @Override
    public String endpoint() {
        return spec().endpoint();
    }

    @Override
    public boolean exists() throws EndpointException, InterruptedException {
        return admin.exists();
    }

    @Override
    public void create() throws EndpointException, InterruptedException {
        admin.create();
    }

    @Override
    public Info info() throws EndpointException, InterruptedException {
        return queries.info();
    }

    @Override
    public Optional<Map<String, @Nullable Object>> get(String id) throws EndpointException, InterruptedException {
        return queries.get(id);
    }

    @Override
    public List<Standing> standings(List<String> ids) throws EndpointException, InterruptedException {
        return queries.standings(ids);
    }

    @Override
    public List<Standing> standings(String from, String to, int limit) throws EndpointException, InterruptedException {
        return queries.standings(from, to, limit);
    }

    @Override
    public Changes changes(Sequence since, int limit, long wait) throws EndpointException, InterruptedException {
        return feed.page(since, limit, wait);
    }

    @Override
    public List<Leaves> leaves(List<String> ids) throws EndpointException, InterruptedException {
        return queries.leaves(ids);
    }

    @Override
    public Optional<Document> whole(String id, String rev) throws EndpointException, InterruptedException {
        return queries.whole(id, rev);
    }

    @Override
    public List<Optional<Document>> whole(List<Document> leaves) throws EndpointException, InterruptedException {
        return queries.whole(leaves);
    }

    @Override
    public Optional<Failure> storeFrom(DocumentDatabase source, String id, String rev)
            throws EndpointException, InterruptedException {
        if (source instanceof CouchDatabase couch) {
            return new CouchTransfer(couch.http, http, version).bring(id, rev);
        }
        Optional<Document> document = source.whole(id, rev);
        if (document.isEmpty()) {
            return Optional.of(CouchTransfer.gone(id, rev));
        }
        return store(List.of(document.get())).stream().findFirst();
    }

    @Override
    public Map<String, Missing> missing(Map<String, ? extends Collection<String>> revs)
            throws EndpointException, InterruptedException {
        return queries.missing(revs);
    }

    @Override
    public List<Failure> store(List<Document> documents) throws EndpointException, InterruptedException {
        return writes.store(documents);
    }

    @Override
    public List<Failure> edit(List<Document> documents) throws EndpointException, InterruptedException {
        return writes.edit(documents);
    }

    @Override
    public Optional<Map<String, @Nullable Object>> local(String name) throws EndpointException, InterruptedException {
        return queries.local(name);
    }

    @Override
    public boolean putLocal(String name, Map<String, @Nullable Object> fields)
            throws EndpointException, InterruptedException {
        return writes.putLocal(name, fields);
    }

    @Override
    public Optional<ViewPage> view(String design, String view, Map<String, @Nullable Object> options)
            throws EndpointException, InterruptedException {
        return views.view(design, view, options);
    }

    @Override
    public Optional<FindPage> find(
            Map<String, @Nullable Object> selector, List<String> fields, int limit, String bookmark)
            throws EndpointException, InterruptedException {
        return views.find(selector, fields, limit, bookmark);
    }

    @Override
    public List<Document> designs() throws EndpointException, InterruptedException {
        return designs.all();
    }

    @Override
    public void copyDesign(String from, String to) throws EndpointException, InterruptedException {
        designs.copy(from, to);
    }

    @Override
    public boolean purge(Map<String, ? extends Collection<String>> revs)
            throws EndpointException, InterruptedException {
        return admin.purge(revs);
    }

    @Override
    public void compact() throws EndpointException, InterruptedException {
        admin.compact();
    }

    @Override
    public void cleanUpViews() throws EndpointException, InterruptedException {
        admin.cleanUpViews();
    }

    @Override
    public List<String> replications() throws EndpointException, InterruptedException {
        return admin.replications();
    }

    @Override
    public void drop() throws EndpointException, InterruptedException {
        admin.drop();
    }
}
