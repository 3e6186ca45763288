package org.cchq.migrate.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.console.Console;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.Environments;
import org.cchq.migrate.stage.MoveOptions;
import org.cchq.migrate.stage.NewHost;
import org.cchq.migrate.vault.SecretPrompt;
import org.cchq.migrate.vault.VaultPassword;

/**
 * The controller as a process of its own, at {@code advance blobs --quiet --new-hosts HOSTS}: says {@code AT POINT} at the
 * first point that it is to stop at, and stands still until it is killed.
 */
public final class StoppingController {
    private StoppingController() {}

    /** @param args the hosts, the pattern of points, then the points that it has been killed at */
    public static void main(String[] args) throws InterruptedException {
        Map<String, String> variables = System.getenv();
        Path checkout = Path.of("").toAbsolutePath();
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Console console = new Console(out, out, Optional.empty(), Console.Look.LOG, Clock.systemUTC());
        Set<String> killed = Set.copyOf(List.of(args).subList(2, args.length));
        VaultPassword password = new VaultPassword(variables, SecretPrompt.NONE);
        try {
            Environment environment = Environments.find(variables, checkout).load("sandbox", password);
            Site site = new Site(
                    environment,
                    console,
                    new Workplace(variables, checkout, InputStream.nullInputStream()),
                    password,
                    new KeyPassphrases(SecretPrompt.NONE));
            MoveOptions options = new MoveOptions(
                    false,
                    true,
                    environment.inventory().groupHosts("riakcs_new").isEmpty()
                            ? NewHost.parse(args[0], "--new-hosts")
                            : List.of(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Duration.ZERO,
                    false,
                    false,
                    false);
            SiteGround ground = new SiteGround(site) {
                @Override
                public void at(String point) {
                    if (point.matches(args[1]) && !killed.contains(point)) {
                        out.println("AT " + point);
                        standStill();
                    }
                }
            };
            System.exit(new MoveRun(site, ground, options).run(MoveRun.Direction.FORWARD));
        } catch (UserException | EndpointException e) {
            out.println(e.getMessage());
            System.exit(1);
        }
    }

    private static void standStill() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
