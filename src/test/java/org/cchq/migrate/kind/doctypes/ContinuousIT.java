package org.cchq.migrate.kind.doctypes;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.Eventually;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContinuousIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    private static CouchServer server;

    @TempDir
    private Path state;

    @BeforeAll
    static void start() throws Exception {
        server = CouchServer.start();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Test
    void followsTheSiteUntilItIsToldToStop() throws Exception {
        MovingDocuments site = new MovingDocuments(server, state);
        site.withView();
        site.put("before", Map.of("doc_type", "Group"));
        site.initial();
        CompletableFuture<DoctypeResult> running = continuous(site.run());

        site.put("added", Map.of("doc_type", "Group", "n", 1));
        Eventually.holds(
                "the new document in the target",
                SOON,
                () -> site.target.get("added").isPresent());
        site.put("added", Map.of("doc_type", "Group", "n", 2));
        site.delete("before");
        Eventually.holds(
                "the deletion in the target",
                SOON,
                () -> site.target.get("before").isEmpty());
        Eventually.holds("the lines of HQ", SOON, () -> site.told.contains("All caught up!"));
        site.control.cancel("the test");

        DoctypeResult result = running.get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(result.exitCode()).isEqualTo(ExitCode.STOPPED);
        assertThat(result.stoppedBy()).contains("the test");
        assertThat(DoctypeState.read(site.run().ends(), state).stage()).isEqualTo(DoctypeStage.CONTINUOUS);
    }

    @Test
    void waitsForServersThatAreAway() throws Exception {
        MovingDocuments site = new MovingDocuments(server, state);
        site.withView();
        site.initial();
        AtomicBoolean away = new AtomicBoolean();
        CompletableFuture<DoctypeResult> running =
                continuous(site.run(mayBeAway(site.source, away), mayBeAway(site.target, away)));
        Eventually.holds("the first look", SOON, () -> site.told.contains("All caught up!"));

        away.set(true);
        for (int index = 0; index < 30; index++) {
            site.put("while away " + index, Map.of("doc_type", "Group"));
        }
        away.set(false);

        Eventually.holds(
                "the last document",
                SOON,
                () -> site.target.get("while away 29").isPresent());
        site.control.cancel("the test");
        assertThat(running.get(SOON.toSeconds(), TimeUnit.SECONDS).failed()).isZero();
        for (int index = 0; index < 30; index++) {
            assertThat(site.target.get("while away " + index)).isPresent();
        }
    }

    @Test
    void aSourceThatIsSetBackUnderItsHandsIsNotFollowedAsIfItWereTheSame() throws Exception {
        MovingDocuments site = new MovingDocuments(server, state);
        for (int index = 0; index < 10; index++) {
            site.put("before " + index, Map.of("doc_type", "Group"));
        }
        site.initial();
        AtomicBoolean away = new AtomicBoolean();
        CompletableFuture<DoctypeResult> running =
                continuous(site.run(mayBeAway(site.source, away), mayBeAway(site.target, away)));
        Eventually.holds("the first look", SOON, () -> site.told.contains("All caught up!"));

        away.set(true);
        site.source.drop();
        site.source.create();
        site.put("restored", Map.of("doc_type", "Group"));
        away.set(false);

        Eventually.holds(
                "the document of the other database",
                SOON,
                () -> site.target.get("restored").isPresent());
        site.control.cancel("the test");
        running.get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(site.told).anyMatch(line -> line.contains("The checkpoint is not trusted"));
    }

    private static CompletableFuture<DoctypeResult> continuous(DoctypeRun run) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return new ContinuousRun(run, Direction.FORWARD).run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static DocumentDatabase mayBeAway(DocumentDatabase database, AtomicBoolean away) {
        return (DocumentDatabase) Proxy.newProxyInstance(
                ContinuousIT.class.getClassLoader(), new Class<?>[] {DocumentDatabase.class}, (self, method, given) -> {
                    if (away.get() && !method.getName().equals("endpoint")) {
                        throw new EndpointException(database.endpoint(), Kind.UNREACHABLE, "Tried, but it is away");
                    }
                    try {
                        return method.invoke(database, given);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
