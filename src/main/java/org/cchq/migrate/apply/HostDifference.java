package org.cchq.migrate.apply;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.render.HostFiles;

/**
 * What a host has otherwise than it shall have.
 *
 * @param changes in the order in which they are made
 * @param cutOff an earlier rollout was cut off there: check and reload are still to be done
 * @param trouble why the host could not be compared, or cannot become what it shall be
 */
public record HostDifference(HostFiles wanted, List<Change> changes, boolean cutOff, Optional<Trouble> trouble) {
    public HostDifference {
        changes = List.copyOf(changes);
    }

    public String host() {
        return wanted.host();
    }

    /** True if the host was compared and has all that it shall have. */
    public boolean none() {
        return trouble.isEmpty() && changes.isEmpty() && !cutOff;
    }

    /** What a person is shown: a unified diff for each path, secrets masked; no lines if there is none. */
    public List<String> lines(Masking masking) {
        List<String> lines = new ArrayList<>();
        if (cutOff) {
            lines.add("# an earlier rollout was cut off here"
                    + (wanted.check().isEmpty() ? "" : "; to be checked with: " + wanted.check())
                    + (wanted.reload().isEmpty() ? "" : "; to be made effective with: " + wanted.reload()));
        }
        changes.forEach(change -> lines.addAll(ShownChange.lines(change, masking)));
        return lines;
    }
}
