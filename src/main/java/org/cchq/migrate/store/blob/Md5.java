package org.cchq.migrate.store.blob;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The checksum that S3 servers have had from the beginning. Not for secrets. */
final class Md5 {
    private Md5() {}

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }

    /** A digest that goes on from where this one is. */
    static MessageDigest copy(MessageDigest from) {
        try {
            return (MessageDigest) from.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the MD5 of every Java can be cloned", e);
        }
    }
}
