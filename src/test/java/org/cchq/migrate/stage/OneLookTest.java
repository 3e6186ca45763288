package org.cchq.migrate.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.render.HostFiles.Purpose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OneLookTest {
    private static final MoveOptions TO_NEW = new MoveOptions(
            false,
            true,
            List.of(new NewHost(PaperSite.NEW_HOST, "newriak0")),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Duration.ZERO,
            false,
            false,
            false);

    private final List<String> asked = new ArrayList<>();

    @TempDir
    Path directory;

    private PaperSite site;

    @BeforeEach
    void start() throws Exception {
        site = PaperSite.before(directory);
        site.newKeysToVault();
        new Advance(site.ground(point -> {}), new Heard(true), TO_NEW).forward();
    }

    @Test
    void hostsAreLookedAtOnceForAStatus() throws Exception {
        Standing standing = Standing.of(counted(), new Heard(false), MoveOptions.onlyShow());

        assertThat(standing.next("sandbox")).isEqualTo("cchq-migrate sandbox run blobs back-fill");
        assertThat(asked).containsExactlyInAnyOrder("processes", "compare LOCALSETTINGS", "compare PROXY");
    }

    @Test
    void whatWasSeenIsForgottenWithADeploymentAndAPause() throws Exception {
        OneLook look = new OneLook(counted());
        Environment now = look.environment();
        look.processes(now);
        look.deploy(look.compare(now, Purpose.PROXY));
        look.compare(now, Purpose.PROXY);
        look.processes(now);
        look.pause(Duration.ofSeconds(1));
        look.processes(now);
        look.processes(now, now.host("127.0.0.13"));
        look.processes(now, now.host("127.0.0.13"));

        assertThat(asked)
                .containsExactly(
                        "processes",
                        "compare PROXY",
                        "compare PROXY",
                        "processes",
                        "processes",
                        "processes 127.0.0.13",
                        "processes 127.0.0.13");
    }

    /** The paper ground, and a note of each look at a host. */
    private Ground counted() throws Exception {
        Ground ground = site.ground(point -> {});
        return (Ground) Proxy.newProxyInstance(
                Ground.class.getClassLoader(), new Class<?>[] {Ground.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "compare" -> asked.add("compare " + arguments[1]);
                        case "processes" ->
                            asked.add(
                                    arguments.length == 1
                                            ? "processes"
                                            : "processes " + ((TargetHost) arguments[1]).name());
                        default -> {}
                    }
                    try {
                        return method.invoke(ground, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
