package org.cchq.migrate.store.blob;

import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** Signs requests of the data path. Thread-safe. */
interface RequestSigner {
    /**
     * Appends the header lines that make the request valid now, the date among them, each ended by CRLF. The caller
     * has written the request line and sends {@code Host} and {@code Content-MD5} exactly as given here.
     */
    void sign(S3Request request, String hostHeader, AwsCredentialsIdentity credentials, StringBuilder head);
}
