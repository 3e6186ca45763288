package org.cchq.migrate.apply;

import org.cchq.migrate.base.Secret;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.render.HostFile;
import org.cchq.migrate.render.SettingsFile;

/** What to do about a file on the host that holds more than was rendered. */
@FunctionalInterface
public interface Merging {
    /** The rendered text takes the place of whatever is there. */
    Merging NONE = (wanted, there) -> wanted.content();

    /** A localsettings.py that another tool made keeps all that is not of the blob stores. */
    Merging SETTINGS = (wanted, there) ->
            new Secret(SettingsFile.merge(there.reveal(), wanted.content().reveal()));

    /**
     * The whole text that shall be on the host.
     *
     * @param wanted as rendered
     * @param there the file's text on the host
     * @throws UserException if the text on the host cannot be understood
     */
    Secret merged(HostFile.Content wanted, Secret there) throws UserException;
}
