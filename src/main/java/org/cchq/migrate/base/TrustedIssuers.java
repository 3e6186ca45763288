package org.cchq.migrate.base;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whose certificates a TLS server may show. A file that {@code AWS_CA_BUNDLE} or, without that, {@code
 * REQUESTS_CA_BUNDLE} names holds all of them, as for HQ's own S3 client; else Java's {@code javax.net.ssl.trustStore} if
 * it is set; else the issuers that came with Java and those of the machine ({@code update-ca-certificates}), which a
 * runtime made elsewhere does not know.
 */
public final class TrustedIssuers {
    /** The variables that name a file of PEM certificates, the first that is set wins. */
    public static final List<String> VARIABLES = List.of("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE");

    /** Debian and Ubuntu; Red Hat and its kin; Alpine. */
    private static final List<Path> OF_MACHINE = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
            Path.of("/etc/ssl/cert.pem"));

    private final SSLContext context;

    private TrustedIssuers(SSLContext context) {
        this.context = context;
    }

    /**
     * Those of this process and machine.
     *
     * @throws UserException if a variable names a file that holds no certificates
     */
    public static TrustedIssuers ofThisMachine() throws UserException {
        return of(System.getenv(), OF_MACHINE, Optional.ofNullable(System.getProperty("javax.net.ssl.trustStore")));
    }

    /**
     * @param environment variables of the process
     * @param machine where the machine may keep its issuers; the first that exists counts
     * @param javaStore the value of {@code javax.net.ssl.trustStore}
     */
    static TrustedIssuers of(Map<String, String> environment, List<Path> machine, Optional<String> javaStore)
            throws UserException {
        for (String variable : VARIABLES) {
            String named = environment.getOrDefault(variable, "");
            if (!named.isBlank()) {
                return new TrustedIssuers(context(named(variable, Path.of(named)), List.of()));
            }
        }
        Optional<Path> ofMachine = machine.stream().filter(Files::isReadable).findFirst();
        if (javaStore.isPresent() || ofMachine.isEmpty()) {
            return new TrustedIssuers(context(List.of(), ofJava()));
        }
        return new TrustedIssuers(context(readable(ofMachine.get()), ofJava()));
    }

    /** For TLS connections that trust these and no others. */
    public SSLContext context() {
        return context;
    }

    private static Collection<? extends Certificate> named(String variable, Path file) throws UserException {
        String remedy = "; name a readable file of PEM certificates, or unset the variable";
        try {
            Collection<? extends Certificate> found = read(file);
            if (found.isEmpty()) {
                throw new UserException(variable + ": " + file + " holds no certificate" + remedy);
            }
            return found;
        } catch (IOException | CertificateException e) {
            throw new UserException(variable + ": " + file + " cannot be read (" + reason(e) + ")" + remedy, e);
        }
    }

    private static Collection<? extends Certificate> readable(Path file) throws UserException {
        try {
            return read(file);
        } catch (IOException | CertificateException e) {
            throw new UserException(
                    file + ": cannot be read (" + reason(e) + "); run update-ca-certificates on this machine, or name"
                            + " another file of PEM certificates with AWS_CA_BUNDLE",
                    e);
        }
    }

    private static String reason(Exception e) {
        return e.getClass().getSimpleName() + (e.getMessage() == null ? "" : ": " + e.getMessage());
    }

    private static Collection<? extends Certificate> read(Path file) throws IOException, CertificateException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in);
        }
    }

    private static List<Certificate> ofJava() {
        try {
            for (TrustManager manager : managers(null)) {
                if (manager instanceof X509TrustManager issuers) {
                    return List.of(issuers.getAcceptedIssuers());
                }
            }
            return List.of();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no trusted issuers of its own", e);
        }
    }

    private static SSLContext context(
            Collection<? extends Certificate> first, Collection<? extends Certificate> second) {
        try {
            KeyStore issuers = KeyStore.getInstance(KeyStore.getDefaultType());
            issuers.load(null, null);
            int number = 0;
            for (Collection<? extends Certificate> some : List.of(first, second)) {
                for (Certificate issuer : some) {
                    issuers.setCertificateEntry("issuer-" + number++, issuer);
                }
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(issuers), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this Java cannot do TLS", e);
        }
    }

    private static TrustManager[] managers(@Nullable KeyStore issuers) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(issuers);
        return factory.getTrustManagers();
    }
}
