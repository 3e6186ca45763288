package org.cchq.migrate.stage;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where one host of the site is.
 *
 * @param stage by its localsettings.py: before, dual, temp-flip, final; "" if there is none or it is not known
 * @param asFiles it has exactly what the environment's files say
 * @param processes of the site on it
 * @param older those of them that may have older settings in memory
 * @param since start of the oldest process, by this machine's clock; empty if there is none
 * @param trouble why it could not be looked at; "" if it could
 */
public record HostStanding(
        String host, String stage, boolean asFiles, int processes, int older, Optional<Instant> since, String trouble) {
    /** For a program. */
    public Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("host", host);
        fields.put("stage", stage);
        fields.put("as_files", asFiles);
        fields.put("processes", processes);
        fields.put("older_processes", older);
        fields.put("since", since.map(Instant::toString).orElse(""));
        fields.put("trouble", trouble);
        return fields;
    }
}
