package org.cchq.migrate.store.row;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.cchq.migrate.base.Secret;

/**
 * Where a database is and who connects, as one entry of Django's {@code DATABASES} says it. Usually the address is a
 * pgbouncer's.
 *
 * @param alias Django alias, unique among the databases of a site
 * @param host name or address; never a Unix socket directory
 * @param port 1 to 65535
 * @param name database name
 * @param password empty if the server asks for none
 * @param options {@code OPTIONS} by libpq's names, only those of {@link #KNOWN_OPTIONS}
 */
public record DatabaseSpec(
        String alias, String host, int port, String name, String user, Secret password, Map<String, String> options) {
    /** The libpq options that are passed on; any other has no meaning for this client. */
    public static final Set<String> KNOWN_OPTIONS =
            Set.of("sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "options", "application_name");

    /** The values of {@code sslmode}. */
    public static final Set<String> SSL_MODES =
            Set.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

    public DatabaseSpec {
        Objects.requireNonNull(alias);
        Objects.requireNonNull(name);
        Objects.requireNonNull(user);
        Objects.requireNonNull(password);
        options = Map.copyOf(options);
        if (host.isEmpty() || host.startsWith("/")) {
            throw new IllegalArgumentException("not a host: '" + host + "'");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("not a port: " + port);
        }
        if (!KNOWN_OPTIONS.containsAll(options.keySet())) {
            throw new IllegalArgumentException("unknown options among " + options.keySet());
        }
    }

    /** As a person names it, without credentials: {@code postgresql 10.1.2.3:6432/commcarehq_p1}. */
    public String endpoint() {
        return "postgresql " + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/" + name;
    }
}
