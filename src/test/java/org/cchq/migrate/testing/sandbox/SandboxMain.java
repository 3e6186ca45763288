package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/**
 * The process behind {@code bin/sandbox}: starts a sandbox, says in the state directory where it is, and lives until it
 * is told to end by SIGTERM. The script reads three files there: {@code pid}, {@code status} (one line a part, complete as
 * soon as it exists) and {@code environments}, a link to the environment files with the real ports.
 */
public final class SandboxMain {
    private SandboxMain() {}

    /** Arguments: the checkout, the state directory. */
    public static void main(String[] arguments) throws Exception {
        Path checkout = Path.of(arguments[0]);
        Path state = Path.of(arguments[1]);
        Files.createDirectories(state);
        Sandbox sandbox = Sandbox.start(checkout);
        CountDownLatch end = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(sandbox, state), "sandbox-stop"));
        Path link = state.resolve("environments");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, sandbox.environments());
        String status = sandbox.parts().stream().map(Part::line).collect(Collectors.joining("\n")) + "\n"
                + "%-22s %s%n".formatted("files", sandbox.scratch().directory());
        Path draft = state.resolve("status.new");
        Files.writeString(draft, status);
        Files.move(draft, state.resolve("status"), StandardCopyOption.ATOMIC_MOVE);
        end.await();
    }

    private static void stop(Sandbox sandbox, Path state) {
        try {
            sandbox.close();
            for (String file : new String[] {"environments", "status", "pid"}) {
                Files.deleteIfExists(state.resolve(file));
            }
        } catch (IOException e) {
            System.err.println("sandbox: not all could be removed: " + e);
        } catch (Exception e) {
            System.err.println("sandbox: not all could be stopped: " + e);
        }
    }
}
