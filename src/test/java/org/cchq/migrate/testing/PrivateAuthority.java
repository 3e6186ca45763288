package org.cchq.migrate.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An issuer of TLS certificates whom no machine knows, as many sites have one; made with openssl. */
public final class PrivateAuthority {
    private final Path directory;
    private final Path openssl;

    private PrivateAuthority(Path directory, Path openssl) {
        this.directory = directory;
        this.openssl = openssl;
    }

    /** A server's certificate and its key, as nginx reads them. */
    public record Issued(Path certificate, Path key) {}

    /** Makes one with its files in this directory; skips the calling test where openssl is not installed. */
    public static PrivateAuthority in(Path directory) throws Exception {
        PrivateAuthority authority = new PrivateAuthority(directory, RequiredProgram.find("openssl", "openssl"));
        List<String> words = new ArrayList<>(List.of("req", "-x509", "-days", "30", "-subj", "/CN=Test issuer"));
        words.addAll(List.of("-addext", "basicConstraints=critical,CA:TRUE", "-out", "issuer.pem"));
        words.addAll(newKey("issuer.key"));
        authority.run(words);
        return authority;
    }

    /** PEM file of the issuer's own certificate. */
    public Path certificate() {
        return directory.resolve("issuer.pem");
    }

    /**
     * Issues a certificate.
     *
     * @param names {@code IP:127.0.0.1,DNS:blobs.example.com}
     * @param days of validity from now; -1 for one that has expired
     */
    public Issued issue(String name, String names, int days) throws Exception {
        List<String> request = new ArrayList<>(List.of("req", "-subj", "/CN=" + name, "-out", name + ".csr"));
        request.addAll(newKey(name + ".key"));
        run(request);
        Files.writeString(directory.resolve(name + ".ext"), "subjectAltName=" + names + "\n");
        List<String> sign = new ArrayList<>(List.of("x509", "-req", "-in", name + ".csr", "-out", name + ".pem"));
        sign.addAll(List.of("-CA", "issuer.pem", "-CAkey", "issuer.key", "-CAcreateserial"));
        sign.addAll(List.of("-days", Integer.toString(days), "-extfile", name + ".ext"));
        run(sign);
        return new Issued(directory.resolve(name + ".pem"), directory.resolve(name + ".key"));
    }

    private static List<String> newKey(String file) {
        return List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", file);
    }

    private void run(List<String> words) throws Exception {
        List<String> command = new ArrayList<>(List.of(openssl.toString()));
        command.addAll(words);
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output);
        }
    }
}
