package org.cchq.migrate.base;

import java.util.Locale;
import java.util.Optional;

/** What keeps an account from using an endpoint, as far as it can be told from outside. */
public enum EndpointTrouble {
    /** Nothing listens at the port, or a firewall says no. */
    PORT_REFUSES(false),
    /** The host name cannot be resolved. */
    UNKNOWN_HOST(false),
    /** No answer in time, no route, or a lost connection. */
    NO_ANSWER(false),
    /** No trusted TLS connection: unknown issuer, expired, another name, no TLS at that port. */
    TLS(false),
    /** An answer that is not an S3 server's. */
    NOT_S3(true),
    /** A proxy answers, and says that the store behind it does not: 502, 503 or 504 in its own words. */
    STORE_DOWN(true),
    /** The store asks for patience, several times. */
    BUSY(true),
    /** There are no keys, neither given nor of the machine. */
    NO_KEYS(true),
    /** The store does not know the access key. */
    UNKNOWN_ACCESS_KEY(true),
    /** The secret key is not the access key's; or something on the way changes the request for every signature. */
    WRONG_SECRET_KEY(true),
    /** The keys are right for signature version 2, and the request of version 4 was changed on the way: its Host. */
    HOST_CHANGED(true),
    /** The keys are right for signature version 2, which is the only one that the store takes. */
    ONLY_VERSION_2(true),
    /** The keys are right for signature version 4, which is the only one that the store takes. */
    ONLY_VERSION_4(true),
    /** 403 without more: wrong keys with some servers, no right to list the bucket with others. */
    DENIED(true),
    /** The keys are right, the bucket is not there. */
    NO_BUCKET(true),
    /** The clocks of this machine and the store differ. */
    CLOCK(true),
    /** The bucket is in another region. */
    OTHER_REGION(true),
    /** It can be read, and not be written to. */
    CANNOT_WRITE(true),
    /** Any other refusal. */
    REFUSED(true);

    private final boolean answered;

    EndpointTrouble(boolean answered) {
        this.answered = answered;
    }

    /** True if something answered at that address. */
    public boolean answered() {
        return answered;
    }

    /** As in JSON: {@code port_refuses}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one with this word; empty for "" and for words of a newer agent. */
    public static Optional<EndpointTrouble> of(String word) {
        for (EndpointTrouble trouble : values()) {
            if (trouble.word().equals(word)) {
                return Optional.of(trouble);
            }
        }
        return Optional.empty();
    }
}
