package org.cchq.migrate.kind.metadata;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.LeaseHeldException;
import org.cchq.migrate.engine.Ledger;
import org.cchq.migrate.engine.LedgerOwner;
import org.cchq.migrate.engine.RunIdentity;

/** The ledgers of a run directory: one whose lease is the run's, and one for each part. */
final class MetadataLedgers {
    private MetadataLedgers() {}

    /** The run's own; whoever has it open is the only one at work in the directory. */
    static Ledger run(MetadataSpec spec, MetadataSite site, Clock clock)
            throws LeaseHeldException, UserException, EndpointException {
        return Ledger.open(path(spec, ""), identity(site, "all"), LedgerOwner.current(), clock);
    }

    static Ledger part(MetadataSpec spec, MetadataSite site, MetadataPart part, Clock clock)
            throws LeaseHeldException, UserException, EndpointException {
        return Ledger.open(path(spec, "-" + part.name()), identity(site, part.name()), LedgerOwner.current(), clock);
    }

    /** Puts all of them aside: the next run begins from the beginning. */
    static List<Path> putAside(MetadataSpec spec, MetadataSite site, Clock clock)
            throws LeaseHeldException, UserException {
        List<Path> aside = new ArrayList<>();
        Ledger.putAside(path(spec, ""), LedgerOwner.current(), clock).ifPresent(aside::add);
        for (MetadataPart part : site.parts()) {
            Ledger.putAside(path(spec, "-" + part.name()), LedgerOwner.current(), clock)
                    .ifPresent(aside::add);
        }
        return aside;
    }

    private static Path path(MetadataSpec spec, String part) {
        // A CouchDB database may have a slash in its name.
        return spec.directory().resolve(MetadataSpec.SLUG + part.replace('/', '_') + ".ledger");
    }

    /** What must not change on a directory. */
    private static RunIdentity identity(MetadataSite site, String part) {
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("migration", "metadata");
        identity.put("part", part);
        identity.put("source", site.source());
        identity.put("target", site.target());
        return new RunIdentity(identity);
    }
}
