package org.cchq.migrate.stage;

import java.util.Arrays;
import java.util.List;

/** The inventory's groups of a cluster's hosts, each with the group of those that are to take their place. */
enum StoreGroup {
    /** The hosts that nginx sends requests to. */
    RIAKCS("riakcs", "riakcs_new"),
    /** The host that creates users and buckets; not every cluster has one of its own. */
    STANCHION("stanchion", "stanchion_new");

    private final String current;
    private final String coming;

    StoreGroup(String current, String coming) {
        this.current = current;
        this.coming = coming;
    }

    /** {@code riakcs}. */
    String current() {
        return current;
    }

    /** {@code riakcs_new}. */
    String coming() {
        return coming;
    }

    /** All four names. */
    static List<String> names() {
        return Arrays.stream(values())
                .flatMap(group -> List.of(group.current, group.coming).stream())
                .toList();
    }
}
