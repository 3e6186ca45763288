package org.cchq.migrate.kind.metadata;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.hq.CouchDatabases;
import org.cchq.migrate.hq.CouchDatabasesReader;
import org.cchq.migrate.hq.DatabasesReader;
import org.cchq.migrate.hq.SettingsObject;
import org.cchq.migrate.hq.ShardMap;

/**
 * What the metadata commands take from HQ's settings, one JSON object with HQ's names and shapes; names that are not used
 * are ignored.
 *
 * <pre>{"COUCH_DATABASES": {...}, "DATABASES": {...}, "USE_PARTITIONED_DATABASE": true}</pre>
 *
 * @param couch where the documents are
 * @param databases where the rows are
 * @param warnings settings that have no effect here, and the like
 */
public record MetadataSettings(CouchDatabases couch, ShardMap databases, List<String> warnings) {
    public MetadataSettings {
        Objects.requireNonNull(couch);
        Objects.requireNonNull(databases);
        warnings = List.copyOf(warnings);
    }

    /** Takes the settings out of an object; all problems in one exception, each with the setting's path. */
    public static MetadataSettings of(Map<String, ?> object) throws UserException {
        Problems problems = new Problems();
        List<String> warnings = new ArrayList<>();
        SettingsObject settings = new SettingsObject(object, "", problems);
        CouchDatabases couch = CouchDatabasesReader.read(settings);
        if (couch.byAlias().isEmpty() && problems.isEmpty()) {
            problems.add("COUCH_DATABASES", "is missing; it says where the documents are");
        }
        Optional<ShardMap> databases = new DatabasesReader(problems, warnings).read(settings);
        problems.throwIfAny();
        return new MetadataSettings(couch, databases.orElseThrow(), warnings);
    }
}
