package org.cchq.migrate.store.blob;

import java.util.Locale;

/** Where a connection goes to. */
record Route(boolean tls, String host, int port) {
    /** The value of the Host header: the port only where it is not the scheme's own, as every S3 client signs it. */
    String hostHeader() {
        String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return port == (tls ? 443 : 80) ? name : name + ":" + port;
    }

    static Route of(String scheme, String host, int port) {
        boolean tls = scheme.toLowerCase(Locale.ROOT).equals("https");
        String name = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        return new Route(tls, name, port > 0 ? port : tls ? 443 : 80);
    }
}
