package org.cchq.migrate.render;

import java.util.List;

/**
 * What one host shall have for one purpose.
 *
 * @param host the inventory's name
 * @param purpose what it is for
 * @param files in the order in which they are put in place
 * @param check a shell command that must succeed with the files in place, else they are taken back; empty: none
 *     ({@code nginx -t})
 * @param reload a shell command that makes a running server take them; empty: none. Run once, only after a change
 */
public record HostFiles(String host, Purpose purpose, List<HostFile> files, String check, String reload) {
    /** Which part of a host the files are. */
    public enum Purpose {
        /** The nginx sites before the blob stores, and what they need. Put in place as root. */
        PROXY,
        /** localsettings.py of the current release. Put in place as the service user. */
        LOCALSETTINGS
    }

    public HostFiles {
        files = List.copyOf(files);
    }
}
