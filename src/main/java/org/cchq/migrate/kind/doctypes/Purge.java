package org.cchq.migrate.kind.doctypes;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.Leaves;

/** Removes for good what deletions have left of the documents that a {@link RemovalLog} lists; others are not touched. */
final class Purge {
    private static final int REQUEST = 100;

    private final DocumentDatabase database;
    private final EndpointPatience patience = new EndpointPatience(Sleeper.SYSTEM);
    private long purged;

    Purge(DocumentDatabase database) {
        this.database = database;
    }

    /** How many documents were purged; -1 if the server cannot. */
    long run(Path log) throws UserException, EndpointException, InterruptedException {
        Set<String> ids = new LinkedHashSet<>();
        try (BufferedReader lines = Files.newBufferedReader(log)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                // A killed process may have left half a line; its request was not sent.
                if (line.endsWith("}") && Json.readObject(line, log.toString()).get("id") instanceof String id) {
                    ids.add(id);
                }
                if (ids.size() == REQUEST && !purge(ids)) {
                    return -1;
                }
            }
        } catch (IOException e) {
            throw new UserException(log + ": cannot be read: " + e, e);
        }
        return purge(ids) ? purged : -1;
    }

    private boolean purge(Set<String> ids) throws EndpointException, InterruptedException {
        if (ids.isEmpty()) {
            return true;
        }
        List<String> asked = List.copyOf(ids);
        ids.clear();
        Map<String, List<String>> revs = new LinkedHashMap<>();
        for (Leaves leaves : patience.ask(() -> database.leaves(asked))) {
            if (!leaves.leaves().isEmpty() && leaves.leaves().stream().allMatch(Document::deleted)) {
                revs.put(
                        leaves.id(), leaves.leaves().stream().map(Document::rev).toList());
            }
        }
        purged += revs.size();
        return revs.isEmpty() || patience.ask(() -> database.purge(revs));
    }
}
