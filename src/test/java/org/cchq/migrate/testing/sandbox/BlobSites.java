package org.cchq.migrate.testing.sandbox;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.render.HostFile;
import org.cchq.migrate.render.HostFiles;
import org.cchq.migrate.render.Renderer;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.NginxServer;
import org.cchq.migrate.testing.Ports;
import org.cchq.migrate.vault.SecretPrompt;
import org.cchq.migrate.vault.VaultPassword;

/** Puts the sites before the clusters in place on the proxy as the environment says, without ssh: where a test begins. */
final class BlobSites {
    private final Path checkout;
    private final Path environments;
    private final NginxServer nginx;

    BlobSites(Path checkout, Path environments, NginxServer nginx) {
        this.checkout = checkout;
        this.environments = environments;
        this.nginx = nginx;
    }

    /** Returns when nginx listens on this port. */
    void deploy(int port) throws Exception {
        Environment environment =
                Environment.load(environments, "sandbox", new VaultPassword(Map.of(), SecretPrompt.NONE));
        TargetHost proxy = environment.host("proxy0");
        HostFiles wanted = new Renderer(checkout.resolve("templates")).proxy(environment, proxy);
        for (HostFile file : wanted.files()) {
            if (file instanceof HostFile.Content content) {
                Path path = Path.of(content.path());
                Files.writeString(path, content.content().reveal());
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
            } else if (file instanceof HostFile.Link link && !Files.exists(Path.of(link.path()))) {
                Files.createSymbolicLink(Path.of(link.path()), Path.of(link.target()));
            }
        }
        Process reload = new ProcessBuilder((nginx.command() + " -s reload").split(" ", -1))
                .redirectErrorStream(true)
                .start();
        String output = new String(reload.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (reload.waitFor() != 0) {
            throw new IllegalStateException("nginx -s reload: " + output);
        }
        Eventually.holds("nginx on port " + port, Duration.ofSeconds(10), () -> Ports.answers(port));
    }
}
