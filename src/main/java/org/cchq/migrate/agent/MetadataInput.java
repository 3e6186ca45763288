package org.cchq.migrate.agent;

import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.kind.metadata.MetadataSettings;

/** The settings of the metadata commands. */
final class MetadataInput {
    private MetadataInput() {}

    /** What is wrong with the settings is told together with what is wrong with the command line. */
    static MetadataSettings settings(AgentContext context, CommandLineReader line, Asked asked) throws UserException {
        MetadataSettings settings;
        try {
            settings = MetadataSettings.of(SettingsInput.object(context, line));
        } catch (UsageException e) {
            throw e;
        } catch (UserException e) {
            throw asked.with(e);
        }
        asked.throwIfAny();
        return settings;
    }
}
