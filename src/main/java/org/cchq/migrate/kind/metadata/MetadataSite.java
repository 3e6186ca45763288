package org.cchq.migrate.kind.metadata;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.store.document.CouchDatabase;
import org.cchq.migrate.store.document.CouchSpec;

/** Both ends, opened: the documents' databases and HQ's models on one side, the table of blobs on the other. */
final class MetadataSite implements AutoCloseable {
    /** To all databases together, about; each is a process of PostgreSQL that has to warm up. */
    private static final int CONNECTIONS = 6;

    private static final int LEAST = 2;

    private final MetadataTable table;
    private final List<CouchPart> couch;
    private final List<ModelPart> models;
    private final List<String> notices;

    private MetadataSite(MetadataTable table, List<CouchPart> couch, List<ModelPart> models, List<String> notices) {
        this.table = table;
        this.couch = couch;
        this.models = models;
        this.notices = notices;
    }

    /**
     * Connects and looks at everything that will be needed; changes nothing.
     *
     * @throws UserException with everything that is missing
     */
    static MetadataSite open(MetadataSettings settings) throws UserException, EndpointException, InterruptedException {
        EndpointPatience patience = new EndpointPatience(Sleeper.SYSTEM);
        MetadataTable table;
        try {
            table = MetadataTable.open(settings.databases(), connections(settings));
        } catch (EndpointException e) {
            if (!e.retryable()) {
                throw e;
            }
            table = opened(patience, settings);
        }
        boolean good = false;
        try {
            Problems problems = new Problems();
            CouchDatabase users = new CouchDatabase(settings.couch().of("users").orElseThrow());
            SiteLookups lookups = new SiteLookups(table.main(), users);
            List<CouchPart> couch = couch(settings, lookups);
            for (CouchPart part : couch) {
                if (!patience.ask(part.database()::exists)) {
                    problems.add(part.database().endpoint(), "no such database; it should hold " + part.types());
                }
            }
            List<String> notices = new ArrayList<>();
            List<ModelPart> models = models(table, lookups, users, problems, notices);
            problems.throwIfAny();
            good = true;
            return new MetadataSite(table, couch, models, notices);
        } finally {
            if (!good) {
                table.close();
            }
        }
    }

    private static int connections(MetadataSettings settings) {
        return Math.max(LEAST, CONNECTIONS / settings.databases().shards().size());
    }

    private static MetadataTable opened(EndpointPatience patience, MetadataSettings settings)
            throws UserException, EndpointException, InterruptedException {
        List<UserException> refused = new ArrayList<>();
        Optional<MetadataTable> table = patience.ask(() -> {
            try {
                return Optional.of(MetadataTable.open(settings.databases(), connections(settings)));
            } catch (UserException e) {
                refused.add(e);
                return Optional.empty();
            }
        });
        if (table.isEmpty()) {
            throw refused.get(0);
        }
        return table.get();
    }

    private static List<CouchPart> couch(MetadataSettings settings, SiteLookups lookups) {
        Map<CouchSpec, Set<String>> types = new LinkedHashMap<>();
        for (DocumentType type : DocumentType.values()) {
            CouchSpec spec = settings.couch().of(type.database()).orElseThrow();
            types.computeIfAbsent(spec, database -> new TreeSet<>()).add(type.name());
        }
        return types.entrySet().stream()
                .map(entry -> new CouchPart(new CouchDatabase(entry.getKey()), entry.getValue(), lookups))
                .sorted(Comparator.comparing(CouchPart::name))
                .toList();
    }

    private static List<ModelPart> models(
            MetadataTable table, SiteLookups lookups, CouchDatabase users, Problems problems, List<String> notices)
            throws EndpointException, InterruptedException {
        List<ModelPart> models = new ArrayList<>();
        for (SqlModel model : SqlModel.values()) {
            if (lookups.hasTable(model.table())) {
                models.add(new ModelPart(model, table.main(), lookups));
            } else if (model == SqlModel.ICDS_FILE) {
                notices.add(model.modelName() + ": there is no table " + model.table()
                        + " here, so that nothing of it is to be migrated; outside ICDS this is right");
            } else {
                problems.add(table.main().spec().endpoint() + " " + model.table(), "no such table");
            }
        }
        if (lookups.hasTable(SqlModel.CASE_UPLOAD.table()) && !lookups.hasTable("case_importer_caseuploadrecord")) {
            problems.add(table.main().spec().endpoint() + " case_importer_caseuploadrecord", "no such table");
        }
        boolean restores = false;
        for (ModelPart part : models) {
            restores |= part.name().equals(SqlModel.DEMO_USER.modelName()) && part.total() > 0;
        }
        if (restores && !new EndpointPatience(Sleeper.SYSTEM).ask(users::exists)) {
            problems.add(
                    users.endpoint(), "no such database; it should hold the users of " + SqlModel.DEMO_USER.table());
        }
        return models;
    }

    MetadataTable table() {
        return table;
    }

    /** In the order in which HQ goes through them. */
    List<MetadataPart> parts() {
        List<MetadataPart> parts = new ArrayList<>(couch);
        parts.addAll(models);
        return parts;
    }

    List<CouchPart> couch() {
        return couch;
    }

    List<ModelPart> models() {
        return models;
    }

    /** What a person should know of what is not there. */
    List<String> notices() {
        return notices;
    }

    String source() {
        return String.join(
                ", ", couch.stream().map(part -> part.database().endpoint()).toList());
    }

    String target() {
        return String.join(
                ", ",
                table.shards().stream()
                        .map(shard -> shard.database().spec().endpoint())
                        .toList());
    }

    @Override
    public void close() {
        table.close();
    }
}
