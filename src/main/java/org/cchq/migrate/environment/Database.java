package org.cchq.migrate.environment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.Secret;
import org.jspecify.annotations.Nullable;

/**
 * One entry of Django's DATABASES.
 *
 * @param host the pgbouncer that serves it
 * @param shards first and last shard of a partition, both inclusive
 * @param proxy true for the PL/Proxy database itself
 */
record Database(
        String alias,
        String name,
        String host,
        int port,
        String user,
        Secret password,
        Map<String, @Nullable Object> options,
        boolean migrate,
        Optional<List<Integer>> shards,
        boolean proxy) {

    /** As localsettings.py has it, on the host of that name: a pgbouncer there is reached through the loopback. */
    Map<String, @Nullable Object> toDjango(String onHost) {
        Map<String, @Nullable Object> django = new LinkedHashMap<>();
        django.put("ENGINE", "django.db.backends.postgresql");
        django.put("NAME", name);
        django.put("USER", user);
        django.put("PASSWORD", password.reveal());
        django.put("HOST", host.equals(onHost) ? "127.0.0.1" : host);
        django.put("PORT", String.valueOf(port));
        django.put("OPTIONS", options);
        django.put("DISABLE_SERVER_SIDE_CURSORS", true);
        if (!migrate) {
            django.put("MIGRATE", false);
        }
        shards.ifPresent(range -> django.put("PLPROXY", Map.of("SHARDS", range)));
        if (proxy) {
            django.put("PLPROXY", Map.of("PROXY", true));
        }
        return django;
    }
}
