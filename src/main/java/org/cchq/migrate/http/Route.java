package org.cchq.migrate.http;

import java.util.Locale;

/** Where a connection goes to. */
public record Route(boolean tls, String host, int port) {
    /** The value of the Host header: the port only where it is not the scheme's own, as every S3 client signs it. */
    public String hostHeader() {
        String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return port == (tls ? 443 : 80) ? name : name + ":" + port;
    }

    public static Route of(String scheme, String host, int port) {
        boolean tls = scheme.toLowerCase(Locale.ROOT).equals("https");
        String name = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        return new Route(tls, name, port > 0 ? port : tls ? 443 : 80);
    }
}
