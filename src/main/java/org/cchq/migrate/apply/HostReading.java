package org.cchq.migrate.apply;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.render.HostFiles.Purpose;

/**
 * What a host has at the paths that were asked for.
 *
 * @param paths by path
 * @param matches what a pattern found, by pattern; names that begin with a dot are no matches
 * @param left of an earlier rollout
 * @param trouble why there is nothing to tell; paths and matches are empty then
 */
public record HostReading(
        String host,
        Purpose purpose,
        Map<String, FoundPath> paths,
        Map<String, List<FoundPath>> matches,
        Left left,
        Optional<Trouble> trouble) {
    /** What an earlier rollout left on the host. */
    public enum Left {
        NOTHING,
        /** It works there right now. */
        AT_WORK,
        /** It was cut off between its first file and its end: the server may not have been checked and reloaded. */
        CUT_OFF
    }

    public HostReading {
        paths = Map.copyOf(paths);
        matches = Map.copyOf(matches);
    }

    static HostReading without(String host, Purpose purpose, Trouble trouble) {
        return new HostReading(host, purpose, Map.of(), Map.of(), Left.NOTHING, Optional.of(trouble));
    }
}
