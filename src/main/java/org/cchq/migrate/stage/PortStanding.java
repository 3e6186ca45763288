package org.cchq.migrate.stage;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a port of a proxy leads, by the site's file on the host.
 *
 * @param servers as the file has them, {@code HOST:PORT}
 * @param name the group that they are: riakcs, riakcs_new, old, new; "" if they are none
 */
public record PortStanding(String host, String port, List<String> servers, String name) {
    public PortStanding {
        servers = List.copyOf(servers);
    }

    /** For a program. */
    public Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("host", host);
        fields.put("port", port);
        fields.put("servers", servers);
        fields.put("leads_to", name);
        return fields;
    }
}
