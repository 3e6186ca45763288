package org.cchq.migrate.kind.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.engine.RetryPolicy;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.HqSchema;
import org.cchq.migrate.testing.MetadataHome;
import org.cchq.migrate.testing.PostgresServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pause, resume and cancel of the metadata commands: nothing moves while they are paused, and the same command goes on. */
class MetadataControlIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Clock CLOCK = Clock.systemUTC();
    private static final String VERSION = "test";

    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private final List<AgentEvent> events = Collections.synchronizedList(new ArrayList<>());
    private PostgresServer postgres;
    private CouchServer couch;
    private MetadataHome home;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws Exception {
        postgres = PostgresServer.start();
        couch = CouchServer.start();
        home = MetadataHome.make(postgres, couch, "control", directory.resolve("home"), HqSchema.E2_VIEW, 0);
        for (String id : List.of("a", "b", "c")) {
            Map<String, Object> blobs = Map.of("form.xml", Map.of("id", "ident", "content_length", 5));
            home.put("", id, Map.of("doc_type", "XFormInstance", "domain", "d", "external_blobs", blobs));
        }
    }

    @AfterEach
    void stop() throws Exception {
        couch.close();
        postgres.close();
    }

    @Test
    void eachCommandWaitsWhilePausedAndEndsWhenCancelled() throws Exception {
        for (String form : List.of("f1", "f2")) {
            postgres.insertFormAttachment(
                    home.name(), form, "form.xml", UUID.randomUUID(), "", form, Instant.parse("2018-05-06T07:08:09Z"));
        }

        obeys(this::move, () -> count("form_processor_xformattachmentsql"), "2", "0");
        assertThat(last(AgentEvent.Ended.class).counts().done()).isEqualTo(2);
        obeys(this::migrate, () -> count("blobs_blobmeta_tbl"), "2", "5");
        obeys(this::verify, () -> count("blobs_blobmeta_tbl"), "5", "5");
        assertThat(lines).as("all were compared in the end").anyMatch(line -> line.startsWith("3 entries, "));
        obeys(this::remove, () -> count("blobs_blobmeta_tbl"), "5", "2");
    }

    private interface Command {
        ExitCode run(RunControl control) throws Exception;
    }

    private interface Count {
        String now() throws Exception;
    }

    /** Paused and cancelled: nothing was done. Paused and resumed: everything. */
    private void obeys(Command command, Count count, String before, String after) throws Exception {
        lines.clear();
        events.clear();
        RunControl first = new RunControl(1);
        first.pause("ann");
        FutureTask<ExitCode> stopped = begun(command, first);
        pausedBy("ann");
        assertThat(count.now()).isEqualTo(before);
        first.cancel("bob");
        assertThat(stopped.get(60, TimeUnit.SECONDS)).isEqualTo(ExitCode.STOPPED);
        assertThat(count.now()).isEqualTo(before);
        assertThat(lines).anyMatch(line -> line.startsWith("stopped by bob"));
        assertThat(last(AgentEvent.Ended.class).result()).isEqualTo("stopped");
        assertThat(events.stream().filter(AgentEvent.Started.class::isInstance)).hasSize(1);

        lines.clear();
        events.clear();
        RunControl second = new RunControl(1);
        second.pause("eve");
        FutureTask<ExitCode> resumed = begun(command, second);
        pausedBy("eve");
        assertThat(resumed.isDone()).isFalse();
        second.resume();
        assertThat(resumed.get(60, TimeUnit.SECONDS))
                .as(String.join("\n", lines))
                .isEqualTo(ExitCode.SUCCESS);
        assertThat(count.now()).isEqualTo(after);
        assertThat(last(AgentEvent.Ended.class).result()).isEqualTo("complete");
    }

    private FutureTask<ExitCode> begun(Command command, RunControl control) {
        FutureTask<ExitCode> task = new FutureTask<>(() -> command.run(control));
        Thread thread = new Thread(task, "command");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    private void pausedBy(String who) throws Exception {
        Eventually.holds(
                "the pause is told",
                PATIENCE,
                () -> List.copyOf(events).stream()
                        .anyMatch(event -> event instanceof AgentEvent.Progressed progressed
                                && progressed.snapshot().waiting().equals("paused by " + who)));
    }

    private <T extends AgentEvent> T last(Class<T> type) {
        return List.copyOf(events).stream()
                .filter(type::isInstance)
                .map(type::cast)
                .reduce((one, other) -> other)
                .orElseThrow();
    }

    private ExitCode migrate(RunControl control) throws Exception {
        return new MetadataMigration(spec(), settings(), output(), control, CLOCK, VERSION, RetryPolicy.DEFAULT).run();
    }

    private ExitCode verify(RunControl control) throws Exception {
        MetadataVerification.Options options = new MetadataVerification.Options(false, Optional.empty());
        return new MetadataVerification(spec(), settings(), output(), control, CLOCK, VERSION, options).run();
    }

    private ExitCode remove(RunControl control) throws Exception {
        return new MetadataReversal(spec(), settings(), output(), control, CLOCK, VERSION, MetadataReversal.Mode.REMOVE)
                .run();
    }

    private ExitCode move(RunControl control) throws Exception {
        return new AttachmentMove(spec(), settings(), output(), control, CLOCK, VERSION, Optional.empty()).run();
    }

    private MetadataSpec spec() throws Exception {
        return new MetadataSpec(List.of("test"), Files.createDirectories(home.logs()), false, 1, "tester");
    }

    private MetadataSettings settings() throws Exception {
        return MetadataSettings.of(home.settings());
    }

    private MetadataOutput output() {
        return new MetadataOutput() {
            @Override
            public void accept(AgentEvent event) {
                events.add(event);
            }

            @Override
            public void line(String text) {
                lines.add(text);
            }

            @Override
            public void copyLinesTo(Consumer<String> summaryFile) {}
        };
    }

    private String count(String table) throws Exception {
        return home.text("SELECT count(*) FROM " + table);
    }
}
