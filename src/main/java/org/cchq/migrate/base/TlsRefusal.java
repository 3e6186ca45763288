package org.cchq.migrate.base;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.InvalidAlgorithmParameterException;
import java.security.SignatureException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXReason;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Why two ends did not agree on a TLS connection, which asking again would not change, and what a person can do. */
public final class TlsRefusal {
    private TlsRefusal() {}

    /** What is wrong and what would be right; empty for a lost connection and all that is no matter of TLS. */
    public static Optional<String> of(IOException failure) {
        if (!(failure instanceof SSLException)) {
            return Optional.empty();
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof EOFException || root instanceof SocketException || root instanceof SocketTimeoutException) {
            return Optional.empty();
        }
        boolean handshake = failure instanceof SSLHandshakeException || failure instanceof SSLPeerUnverifiedException;
        if (root instanceof CertificateExpiredException) {
            return Optional.of("its certificate has expired (" + root.getMessage() + "); have it renewed there");
        }
        if (root instanceof CertificateNotYetValidException) {
            return Optional.of("its certificate is not valid yet (" + root.getMessage()
                    + "); set this machine's clock right, or have the certificate made again");
        }
        boolean unknownIssuer = root instanceof CertPathBuilderException
                || root instanceof SignatureException
                || (root instanceof CertPathValidatorException chain
                        && chain.getReason() == PKIXReason.NO_TRUST_ANCHOR);
        if (unknownIssuer) {
            return Optional.of(
                    "nobody whom this machine trusts has issued its certificate; put the issuer's certificate"
                            + " into /usr/local/share/ca-certificates/NAME.crt on the machine that runs this and run"
                            + " update-ca-certificates there, or name a PEM file with AWS_CA_BUNDLE");
        }
        if (root instanceof InvalidAlgorithmParameterException) {
            return Optional.of("this machine trusts no issuer at all; install ca-certificates, or name a PEM file with"
                    + " AWS_CA_BUNDLE");
        }
        if (root.getClass() == CertificateException.class) {
            return Optional.of("its certificate is for another name (" + root.getMessage()
                    + "); use a name that is in the certificate, or have it made for this one");
        }
        if (handshake && root.getClass() == SSLException.class) {
            return Optional.of("it does not speak TLS (" + root.getMessage() + "); check the port, or use http://");
        }
        return handshake
                ? Optional.of("no trusted connection could be made (" + failure.getMessage()
                        + "); check the address, and what the server's TLS allows")
                : Optional.empty();
    }
}
