package org.cchq.migrate.stage;

import java.util.List;
import org.cchq.migrate.base.UserException;

/** An inventory's text, being edited; lines that are not concerned stay as they are, byte for byte. */
interface InventoryEdit {
    /** The text as edited so far. */
    String text();

    /** Gives one group the hosts, children and variables of another; the other keeps them. */
    void copyGroup(String from, String to) throws UserException;

    /** Takes a group out; its hosts stay wherever else they are named. */
    void removeGroup(String group) throws UserException;

    /**
     * Adds a group that is not there.
     *
     * @param near the group that it is put behind
     */
    void addGroup(String group, String near, List<NewHost> hosts) throws UserException;
}
