package org.cchq.migrate.agent;

import java.util.Map;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.kind.metadata.MetadataSettings;
import org.jspecify.annotations.Nullable;

/** The settings of the metadata commands. */
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
