package org.cchq.migrate.kind.doctypes;

import java.util.function.Function;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.hq.CouchDatabases;
import org.cchq.migrate.store.document.CouchSpec;
import org.cchq.migrate.store.document.DocumentDatabase;

/**
 * The two databases of a migration.
 *
 * @param source where the site's documents were at first
 */
public record DoctypeEnds(Migrator migrator, DocumentDatabase source, DocumentDatabase target) {
    /**
     * Opens both, without a request.
     *
     * @param client makes the client of a database
     */
    public static DoctypeEnds open(
            Migrator migrator, CouchDatabases couch, Function<CouchSpec, ? extends DocumentDatabase> client)
            throws UserException {
        return new DoctypeEnds(
                migrator, client.apply(spec(couch, migrator.source())), client.apply(spec(couch, migrator.target())));
    }

    /** Makes sure that both are there: the source must be, the target is made as HQ makes it, with the server's defaults. */
    public void prepare() throws UserException, EndpointException, InterruptedException {
        if (!source.exists()) {
            throw new UserException("the source " + source.endpoint() + " does not exist; COUCH_DATABASES in HQ's"
                    + " settings says where it is");
        }
        if (!target.exists()) {
            target.create();
        }
    }

    private static CouchSpec spec(CouchDatabases couch, String part) throws UserException {
        return couch.of(part)
                .orElseThrow(() -> new UserException(
                        "COUCH_DATABASES: '" + (part.isEmpty() ? CouchDatabases.MAIN : part) + "' is missing"));
    }
}
