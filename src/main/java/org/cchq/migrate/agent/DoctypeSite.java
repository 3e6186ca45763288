package org.cchq.migrate.agent;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.hq.ShardMap;
import org.cchq.migrate.kind.doctypes.DoctypeEnds;
import org.cchq.migrate.kind.doctypes.DoctypeSettings;
import org.cchq.migrate.kind.doctypes.HqMessages;
import org.cchq.migrate.kind.doctypes.Migrator;
import org.cchq.migrate.store.document.CouchDatabase;
import org.cchq.migrate.store.document.CouchSpec;
import org.cchq.migrate.store.row.DatabaseSpec;

/** What every doctype command works with: one migration, its two databases, and the directory of its state. */
record DoctypeSite(
        Migrator migrator,
        DoctypeEnds ends,
        CouchSpec source,
        CouchSpec target,
        Optional<DatabaseSpec> main,
        Path state) {

    /** @param words what names the migration: one slug */
    static DoctypeSite open(AgentContext context, CommandLineReader line, DoctypeSettings settings, String... words)
            throws UserException {
        Migrator migrator = migrator(settings, words);
        DoctypeEnds ends = DoctypeEnds.open(migrator, settings.couch(), CouchDatabase::new);
        return new DoctypeSite(
                migrator,
                ends,
                settings.couch().of(migrator.source()).orElseThrow(),
                settings.couch().of(migrator.target()).orElseThrow(),
                settings.databases().map(ShardMap::defaultDatabase),
                directory(context, line, migrator.slug()));
    }

    /** The migration that the words name; none, or another word, is answered with HQ's usage. */
    static Migrator migrator(DoctypeSettings settings, String... words) throws UserException {
        Migrator found = words.length == 1 ? settings.migrators().get(words[0]) : null;
        if (found == null) {
            throw unknown(settings.migrators().keySet());
        }
        return found;
    }

    static UserException unknown(Collection<String> slugs) {
        return new UserException(HqMessages.usage(slugs));
    }

    /** {@code --state-dir}, else in the user's state directory. */
    static Path directory(AgentContext context, CommandLineReader line, String name) throws UserException {
        String option = "--state-dir=DIR";
        Optional<String> given = line.text(DoctypeOptions.STATE_DIR);
        if (given.filter(String::isBlank).isPresent()) {
            throw new UserException("--state-dir=: names no directory");
        }
        return given.isPresent()
                ? StateDirectory.made(context.directory().resolve(given.get()), option)
                : StateDirectory.ofUser(context, name, option);
    }
}
