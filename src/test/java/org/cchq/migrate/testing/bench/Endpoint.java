package org.cchq.migrate.testing.bench;

import java.net.URI;
import org.cchq.migrate.base.Secret;

/** One S3 endpoint with the account to use there. */
record Endpoint(String url, String accessKey, Secret secretKey) {
    String host() {
        return URI.create(url).getHost();
    }

    int port() {
        return URI.create(url).getPort();
    }

    /** The same account, reached through a port of this machine. */
    Endpoint through(int port) {
        return new Endpoint("http://127.0.0.1:" + port, accessKey, secretKey);
    }
}
