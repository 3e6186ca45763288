package org.cchq.migrate.kind.metadata;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.store.document.CouchDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.row.PostgresDatabase;
import org.cchq.migrate.store.row.SqlArray;

/** Where domains are looked up that neither a document nor a row says. Thread-safe. */
final class SiteLookups implements DocumentRows.WireInvoices {
    private static final String INVOICES = "accounting_wireinvoice";

    private final PostgresDatabase main;
    private final CouchDatabase users;

    /** @param users holds the documents of mobile users */
    SiteLookups(PostgresDatabase main, CouchDatabase users) {
        this.main = main;
        this.users = users;
    }

    boolean hasTable(String table) throws EndpointException, InterruptedException {
        return main.queryOne("SELECT to_regclass(?) IS NOT NULL", List.of(table), row -> row.getBoolean(1))
                .orElse(false);
    }

    @Override
    public Map<Long, String> domains(Set<Long> invoices) throws EndpointException, InterruptedException {
        Map<Long, String> domains = new HashMap<>();
        if (hasTable(INVOICES)) {
            main.query(
                            "SELECT id, domain FROM " + INVOICES + " WHERE id = ANY(?)",
                            List.of(SqlArray.ofBigint(invoices)),
                            row -> Map.entry(row.getLong(1), row.getString(2)))
                    .forEach(found -> domains.put(found.getKey(), found.getValue()));
        }
        return domains;
    }

    /** Domains of the uploads that name these files; usually one each. */
    Map<Long, List<String>> uploads(Set<Long> files) throws EndpointException, InterruptedException {
        Map<Long, List<String>> domains = new HashMap<>();
        main.query(
                        "SELECT upload_file_meta_id, domain FROM case_importer_caseuploadrecord"
                                + " WHERE upload_file_meta_id = ANY(?) ORDER BY id",
                        List.of(SqlArray.ofBigint(files)),
                        row -> Map.entry(row.getLong(1), row.getString(2)))
                .forEach(found -> domains.computeIfAbsent(found.getKey(), file -> new ArrayList<>())
                        .add(found.getValue()));
        return domains;
    }

    /** Domains of the mobile users of these ids that are there. */
    Map<String, String> userDomains(Set<String> ids) throws EndpointException, InterruptedException {
        Map<String, String> domains = new HashMap<>();
        for (Document user : users.scan().documents(List.copyOf(ids), Set.of("doc_type", "domain"))) {
            if (user.fields().get("domain") instanceof String domain
                    && !domain.isEmpty()
                    && user.docType().filter("CommCareUser"::equals).isPresent()) {
                domains.put(user.id(), domain);
            }
        }
        return domains;
    }
}
