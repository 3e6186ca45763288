package org.cchq.migrate.kind.doctypes;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.jspecify.annotations.Nullable;

/** One record in three places: a local document of both databases, which replication leaves where it is, and a file. */
final class SharedRecord {
    private static final int ATTEMPTS = 5;

    /** @param source and the others: what is there, without {@code _id} and {@code _rev} */
    record Copies(
            Optional<Map<String, @Nullable Object>> source,
            Optional<Map<String, @Nullable Object>> target,
            Optional<Map<String, @Nullable Object>> file) {
        List<Map<String, @Nullable Object>> all() {
            return java.util.stream.Stream.of(source, target, file)
                    .flatMap(Optional::stream)
                    .toList();
        }
    }

    private final DoctypeEnds ends;
    private final String name;
    private final RecordFile file;

    /** @param suffix of its name, "" or beginning with a dash */
    SharedRecord(DoctypeEnds ends, Path stateDirectory, String suffix) {
        this.ends = ends;
        this.name = localName(ends.migrator().slug(), suffix);
        this.file = new RecordFile(
                stateDirectory.resolve("doctype-" + ends.migrator().slug() + suffix + ".json"));
    }

    static String localName(String slug, String suffix) {
        return "cchq-migrate-doctype-" + slug + suffix;
    }

    Copies read() throws UserException, EndpointException, InterruptedException {
        return new Copies(local(ends.source()), local(ends.target()), file.object());
    }

    Optional<Map<String, @Nullable Object>> readFile() throws UserException {
        return file.object();
    }

    /** The file last: it is never ahead of the databases. */
    void write(Map<String, @Nullable Object> fields) throws UserException, EndpointException, InterruptedException {
        put(ends.source(), name, fields);
        put(ends.target(), name, fields);
        file.write(Json.writePretty(fields) + "\n");
    }

    private Optional<Map<String, @Nullable Object>> local(DocumentDatabase database)
            throws EndpointException, InterruptedException {
        if (!database.exists()) {
            return Optional.empty();
        }
        return database.local(name).map(found -> {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>(found);
            fields.remove("_id");
            fields.remove("_rev");
            return fields;
        });
    }

    static void put(DocumentDatabase database, String name, Map<String, @Nullable Object> fields)
            throws EndpointException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            Map<String, @Nullable Object> next = new LinkedHashMap<>(fields);
            database.local(name).map(there -> there.get("_rev")).ifPresent(rev -> next.put("_rev", rev));
            if (database.putLocal(name, next)) {
                return;
            }
            if (attempt == ATTEMPTS) {
                throw new EndpointException(
                        database.endpoint(),
                        Kind.REFUSED,
                        "Tried to write _local/" + name + " on " + database.endpoint()
                                + " but somebody else keeps on writing it");
            }
        }
    }
}
