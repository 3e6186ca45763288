package org.cchq.migrate.agent;

import java.util.Map;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.kind.metadata.MetadataSpec;
import org.jspecify.annotations.Nullable;

/** What the metadata commands are given. */
final class MetadataInput {
    private MetadataInput() {}

    /** The object as it is; what is wrong with it is told together with what is wrong with the command line. */
    static Map<String, @Nullable Object> object(AgentContext context, CommandLineReader line, Asked asked)
            throws UserException {
        Map<String, @Nullable Object> object;
        try {
            object = SettingsInput.object(context, line);
        } catch (UsageException e) {
            throw e;
        } catch (UserException e) {
            throw asked.with(e);
        }
        asked.throwIfAny();
        return object;
    }

    /**
     * What a run is told by its command line.
     *
     * @param chunk documents of a page
     */
    static MetadataSpec spec(AgentContext context, CommandLineReader line, Asked asked, int chunk) {
        return new MetadataSpec(
                line.typed(),
                asked.or(context.directory(), () -> LogPlace.of(context, line, MetadataSpec.SLUG)),
                line.has(BlobMigrationOptions.RESET),
                chunk,
                line.text(BlobMigrationOptions.RUN_BY).orElse(System.getProperty("user.name", "?")));
    }
}
