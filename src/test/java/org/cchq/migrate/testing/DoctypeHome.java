package org.cchq.migrate.testing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.cchq.migrate.agent.AgentContext;
import org.cchq.migrate.agent.AgentMain;
import org.cchq.migrate.agent.StopRequest;
import org.cchq.migrate.engine.RetryPolicy;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.document.CouchDatabase;
import org.cchq.migrate.store.document.CouchSpec;
import org.jspecify.annotations.Nullable;

/**
 * A small site whose documents of some types are to move: a main database with HQ's view, a target that is not there yet,
 * and the agent to run on them. Databases have names of their own, so that several share a server.
 */
public final class DoctypeHome {
    public static final String SLUG = "user_db_migration";

    /** As HQ's: some types are left out. */
    private static final String MAP = """
            function (doc) {
                switch (doc.doc_type) {
                    case "MessageLog":
                    case "MessageLog-Deleted":
                        return;
                }

                emit([doc.doc_type, doc._id], null);
            }
            """;

    private final CouchServer server;
    private final String main;
    private final Path directory;
    private final Map<String, @Nullable Object> settings = new LinkedHashMap<>();

    private DoctypeHome(CouchServer server, String main, Path directory) {
        this.server = server;
        this.main = main;
        this.directory = directory;
    }

    /** What one run of the agent left behind. */
    public record Run(int exit, String out, String err) {
        public List<String> lines() {
            return out.lines().toList();
        }
    }

    /**
     * @param main name of the main database, which is made
     * @param directory for state and settings
     */
    public static DoctypeHome make(CouchServer server, String main, Path directory) throws Exception {
        DoctypeHome home = new DoctypeHome(server, main, Files.createDirectories(directory));
        server.createDatabase(main);
        server.put(
                main,
                "_design/all_docs",
                Json.write(Map.of(
                        "_id",
                        "_design/all_docs",
                        "views",
                        Map.of("by_doc_type", Map.of("map", MAP, "reduce", "_count")))));
        CouchSpec spec = server.spec(main);
        home.settings.put(
                "COUCH_DATABASES",
                Map.of(
                        "default",
                        Map.of(
                                "COUCH_HTTPS",
                                spec.https(),
                                "COUCH_SERVER_ROOT",
                                spec.serverRoot(),
                                "COUCH_USERNAME",
                                spec.user(),
                                "COUCH_PASSWORD",
                                spec.password().reveal(),
                                "COUCH_DATABASE_NAME",
                                main)));
        home.settings.put(
                "DOCTYPE_MIGRATIONS",
                Map.of(
                        SLUG,
                        Map.of("target", "users", "doc_types", List.of("Group", "CommCareUser")),
                        "logs",
                        Map.of("target", "logs", "doc_types", List.of("MessageLog"))));
        return home;
    }

    /** A key of the settings. */
    public void setting(String name, Object value) {
        settings.put(name, value);
    }

    public CouchDatabase source() {
        return new CouchDatabase(server.spec(main));
    }

    public CouchDatabase target() {
        return new CouchDatabase(server.spec(main + "__users"));
    }

    /** A document of the source; its revision. */
    public String put(String id, String docType) throws Exception {
        return server.put(main, id, Json.write(Map.of("doc_type", docType, "name", "n-" + id)));
    }

    public String main() {
        return main;
    }

    public Path state() {
        return directory.resolve("state");
    }

    /** Runs the agent to its end, in this JVM. */
    public Run run(String... arguments) throws Exception {
        return run(new StopRequest(), "", arguments);
    }

    /** Runs the agent; somebody types these lines. */
    public Run typing(String typed, String... arguments) throws Exception {
        return run(new StopRequest(), typed, arguments);
    }

    /** Starts the agent as a process of its own, to be killed. */
    public Process start(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                AgentMain.class.getName()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--settings=-", "--state-dir=" + state()));
        Path input = directory.resolve("settings.json");
        Files.writeString(input, Json.write(settings) + "\n");
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(input.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("process.log").toFile())
                .start();
    }

    /** Live documents of a type, by id, with the live revisions of each. */
    public static Map<String, List<String>> live(CouchDatabase database, List<String> types) throws Exception {
        Map<String, List<String>> found = new TreeMap<>();
        List<String> ids = database.standings("", "", 100_000).stream()
                .filter(standing -> standing.live() && !standing.id().startsWith("_design/"))
                .map(standing -> standing.id())
                .toList();
        for (var leaves : database.leaves(ids)) {
            if (leaves.winner()
                    .flatMap(winner -> winner.docType())
                    .filter(types::contains)
                    .isPresent()) {
                found.put(
                        leaves.id(),
                        leaves.leaves().stream()
                                .filter(leaf -> !leaf.deleted())
                                .map(leaf -> leaf.rev())
                                .toList());
            }
        }
        return found;
    }

    /** Runs the agent until it is asked to stop. */
    public Run run(StopRequest stop, String typed, String... arguments) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--settings=-", "--state-dir=" + state()));
        String in = Json.write(settings) + "\n" + typed;
        int exit = new AgentMain(new AgentContext(
                        directory,
                        new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        Clock.systemUTC(),
                        Map.of("HOME", directory.toString()),
                        stop,
                        RetryPolicy.DEFAULT))
                .run(all.toArray(String[]::new));
        return new Run(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
