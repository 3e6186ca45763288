package org.cchq.migrate.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.cchq.migrate.apply.Change;
import org.cchq.migrate.apply.FoundPath;
import org.cchq.migrate.apply.HostDifference;
import org.cchq.migrate.apply.HostOutcome;
import org.cchq.migrate.apply.HostProcess;
import org.cchq.migrate.apply.HostProcesses;
import org.cchq.migrate.apply.Masking;
import org.cchq.migrate.base.EndpointTrouble;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.HostVariables;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.migration.CheckedClass;
import org.cchq.migrate.migration.ProbedEndpoint;
import org.cchq.migrate.render.HostFile;
import org.cchq.migrate.render.HostFiles;
import org.cchq.migrate.render.HostFiles.Purpose;
import org.cchq.migrate.render.Renderer;
import org.cchq.migrate.render.SettingsFile;
import org.cchq.migrate.run.JobEvidence;
import org.cchq.migrate.run.JobFindings;
import org.cchq.migrate.run.ProbeTarget;
import org.cchq.migrate.vault.SecretPrompt;
import org.cchq.migrate.vault.VaultPassword;
import org.jspecify.annotations.Nullable;

/**
 * The sandbox's environment with real files and hosts of paper: what is deployed is remembered, a request is followed
 * through the sites that the proxy has to the cluster that they name. Several grounds may stand on it, one after the other.
 */
final class PaperSite {
    static final String NEW_HOST = "127.0.0.3";
    static final String OLD_HOST = "127.0.0.2";

    /** A controller was killed there. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Killed(String point) {
            super(point);
        }
    }

    private static final Pattern SERVER = Pattern.compile("server\\s+([0-9.]+):\\d+;");
    private static final Pattern LISTEN = Pattern.compile("listen (\\d+);");

    private static final Map<String, HostFiles> RENDERED = new ConcurrentHashMap<>();
    private static final Map<String, Map<String, @Nullable Object>> PARSED = new ConcurrentHashMap<>();

    final Map<String, String> settings = new LinkedHashMap<>();
    final Map<String, Instant> changed = new LinkedHashMap<>();
    final Map<String, String> inMemory = new LinkedHashMap<>();
    final Map<String, Instant> started = new LinkedHashMap<>();
    final List<String> sites = new ArrayList<>();
    final List<JobEvidence> jobs = new ArrayList<>();
    final List<JobFindings.Logged> logged = new ArrayList<>();
    final Map<String, CheckedClass> checked = new LinkedHashMap<>();
    final List<String> history = new ArrayList<>();
    String seenInLogs = "seen 0";
    boolean restartWorks = true;
    boolean newTakesOldKeys = true;

    private final Path root;
    private Instant clock = Instant.parse("2026-01-01T00:00:00Z");

    private PaperSite(Path root) {
        this.root = root;
    }

    /** Before the migration, with the old cluster deployed. */
    static PaperSite before(Path directory) throws Exception {
        Path environment = Files.createDirectories(directory.resolve("environments/sandbox"));
        try (Stream<Path> files = Files.list(Path.of("environments/sandbox"))) {
            for (Path file : files.toList()) {
                Files.copy(file, environment.resolve(file.getFileName()));
            }
        }
        PaperSite site = new PaperSite(directory.resolve("environments"));
        site.edit("public.yml", "cchq_user: cchq\n", "cchq_user: cchq\ncchq_migrate_restart_command: restart\n");
        PaperGround ground = site.ground(point -> {});
        for (Purpose purpose : Purpose.values()) {
            ground.deploy(ground.compare(ground.environment(), purpose));
        }
        for (TargetHost host : ground.siteHosts(ground.environment())) {
            site.restart(host.name());
        }
        return site;
    }

    /** The same site again, with files of its own. */
    PaperSite copyTo(Path directory) throws IOException {
        PaperSite copy = new PaperSite(directory.resolve("environments"));
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted().toList()) {
                Path target = copy.root.resolve(root.relativize(file));
                Files.createDirectories(Objects.requireNonNull(target.getParent()));
                Files.copy(file, target);
            }
        }
        copy.settings.putAll(settings);
        copy.changed.putAll(changed);
        copy.inMemory.putAll(inMemory);
        copy.started.putAll(started);
        copy.sites.addAll(sites);
        copy.jobs.addAll(jobs);
        copy.newTakesOldKeys = newTakesOldKeys;
        copy.clock = clock;
        return copy;
    }

    Path file(String name) {
        return root.resolve("sandbox").resolve(name);
    }

    String text(String name) throws IOException {
        return Files.exists(file(name)) ? Files.readString(file(name)) : "";
    }

    void edit(String name, String from, String to) throws IOException {
        String text = text(name);
        if (!text.contains(from)) {
            throw new IllegalStateException(name + " does not have: " + from);
        }
        Files.writeString(file(name), text.replace(from, to));
    }

    /** The vault as it has to be while both clusters are in use. */
    void newKeysToVault() throws IOException {
        edit(
                "vault.yml",
                "  RIAKCS_S3_ACCESS_KEY: sandbox-old\n  RIAKCS_S3_SECRET_KEY: sandbox-old-q7+Rr/2bNs\n",
                "  RIAKCS_S3_ACCESS_KEY: sandbox-new\n  RIAKCS_S3_SECRET_KEY: sandbox-new-x\n"
                        + "  OLD_S3_BLOB_DB_ACCESS_KEY: sandbox-old\n  OLD_S3_BLOB_DB_SECRET_KEY: sandbox-old-q7+Rr/2bNs\n");
    }

    void oldKeysToVault() throws IOException {
        edit("vault.yml", "RIAKCS_S3_ACCESS_KEY: sandbox-new", "RIAKCS_S3_ACCESS_KEY: sandbox-old");
        edit("vault.yml", "RIAKCS_S3_SECRET_KEY: sandbox-new-x", "RIAKCS_S3_SECRET_KEY: sandbox-old-q7+Rr/2bNs");
    }

    void wait(Duration time) {
        clock = clock.plus(time);
    }

    Instant now() {
        clock = clock.plusSeconds(1);
        return clock;
    }

    void restart(String host) {
        started.put(host, now());
        inMemory.put(host, settings.getOrDefault(host, ""));
    }

    /** A controller of its own on this site, which reads everything anew. */
    PaperGround ground(Consumer<String> points) throws UserException {
        return new PaperGround(
                Environment.load(root, "sandbox", new VaultPassword(Map.of(), SecretPrompt.NONE)), points);
    }

    /** Which cluster a port of the proxy leads to: old, new, or nothing. */
    String behind(String port) {
        for (String site : sites) {
            Matcher listen = LISTEN.matcher(site);
            if (listen.find() && listen.group(1).equals(port)) {
                Matcher server = SERVER.matcher(site);
                return server.find() ? (server.group(1).equals(NEW_HOST) ? "new" : "old") : "";
            }
        }
        return "";
    }

    /** What is wrong with what the processes of a host have in memory: empty if every request of theirs would be served. */
    List<String> failingRequests() throws UserException {
        List<String> failing = new ArrayList<>();
        for (Map.Entry<String, String> host : inMemory.entrySet()) {
            Map<String, @Nullable Object> values = values(host.getValue());
            Map<?, ?> current = (Map<?, ?>) Objects.requireNonNull(values.get("S3_BLOB_DB_SETTINGS"));
            if (!accepts(current)) {
                failing.add(host.getKey() + " writes to " + current.get("url") + ", which refuses it");
            }
            if (values.get("OLD_S3_BLOB_DB_SETTINGS") instanceof Map<?, ?> old
                    && behind(port(old)).isEmpty()) {
                failing.add(host.getKey() + " reads from " + old.get("url") + ", where nothing answers");
            }
        }
        return failing;
    }

    private static Map<String, @Nullable Object> values(String settings) throws UserException {
        Map<String, @Nullable Object> known = PARSED.get(settings);
        if (known == null) {
            known = SettingsFile.parse(settings).values();
            PARSED.put(settings, known);
        }
        return known;
    }

    private boolean accepts(Map<?, ?> store) {
        String behind = behind(port(store));
        Object key = store.get("access_key");
        return ("sandbox-" + behind).equals(key)
                || newTakesOldKeys && behind.equals("new") && "sandbox-old".equals(key);
    }

    private static String port(Map<?, ?> store) {
        return String.valueOf(store.get("url")).replaceFirst(".*:", "");
    }

    /** What a controller sees and changes. */
    final class PaperGround implements Ground {
        private final Renderer renderer = new Renderer(Path.of("templates"));
        private final Consumer<String> points;
        private final Map<Environment, Map<String, HostVariables>> variables = new HashMap<>();
        private Environment environment;

        private PaperGround(Environment environment, Consumer<String> points) {
            this.environment = environment;
            this.points = points;
        }

        @Override
        public void at(String point) {
            points.accept(point);
        }

        @Override
        public Environment environment() {
            return environment;
        }

        @Override
        public void replace(FileEdit edit) throws UserException {
            Environment after = environment.withFiles(Map.of(edit.file(), edit.is()));
            EnvironmentFile.replace(environment.directory(), edit);
            environment = after;
        }

        @Override
        public List<TargetHost> siteHosts(Environment at) throws UserException {
            return at.commcarehq();
        }

        @Override
        public List<HostDifference> compare(Environment at, Purpose purpose) throws UserException {
            List<HostDifference> differences = new ArrayList<>();
            for (TargetHost host : purpose == Purpose.PROXY ? at.hosts("proxy") : siteHosts(at)) {
                HostFiles wanted = wanted(at, purpose, host);
                boolean same = purpose == Purpose.PROXY
                        ? contents(wanted).equals(sites)
                        : contents(wanted).equals(List.of(settings.getOrDefault(host.name(), "")));
                HostFile first = wanted.files().get(0);
                String there = purpose == Purpose.PROXY ? "" : settings.getOrDefault(host.name(), "");
                FoundPath found = new FoundPath(
                        first.path(), FoundPath.Kind.FILE, new Secret(there), "", "0600", "cchq", "cchq", "cchq");
                differences.add(new HostDifference(
                        wanted, same ? List.of() : List.of(new Change(found, first)), false, Optional.empty()));
            }
            return differences;
        }

        /** Texts that were rendered once are not rendered again: the tests go through the same stages over and over. */
        private HostFiles wanted(Environment at, Purpose purpose, TargetHost host) throws UserException {
            String key = purpose + host.name();
            for (String file : List.of("public.yml", "inventory.ini", "vault.yml")) {
                key += at.fileText(file).orElse("");
            }
            HostFiles known = RENDERED.get(key);
            if (known == null) {
                known = purpose == Purpose.PROXY ? renderer.proxy(at, host) : renderer.localsettings(at, host);
                RENDERED.put(key, known);
            }
            return known;
        }

        private List<String> contents(HostFiles files) {
            return files.files().stream()
                    .filter(HostFile.Content.class::isInstance)
                    .map(file -> ((HostFile.Content) file).content().reveal())
                    .toList();
        }

        @Override
        public List<HostOutcome> deploy(List<HostDifference> shown) {
            List<HostOutcome> outcomes = new ArrayList<>();
            for (HostDifference difference : shown) {
                HostFiles wanted = difference.wanted();
                if (!difference.none()) {
                    points.accept("deploying " + wanted.purpose() + " on " + wanted.host());
                    if (wanted.purpose() == Purpose.PROXY) {
                        sites.clear();
                        sites.addAll(contents(wanted));
                    } else {
                        settings.put(wanted.host(), contents(wanted).get(0));
                        changed.put(wanted.host(), PaperSite.this.now());
                    }
                }
                outcomes.add(new HostOutcome(
                        wanted.host(),
                        wanted.purpose(),
                        difference.none() ? HostOutcome.State.UNCHANGED : HostOutcome.State.CHANGED,
                        List.of(),
                        !difference.none(),
                        ""));
            }
            return outcomes;
        }

        @Override
        public List<HostProcesses.Answer> processes(Environment at) throws UserException {
            List<HostProcesses.Answer> answers = new ArrayList<>();
            for (TargetHost host : siteHosts(at)) {
                String name = host.name();
                List<HostProcess> running = started.containsKey(name)
                        ? List.of(new HostProcess(7, Objects.requireNonNull(started.get(name)), "python manage.py"))
                        : List.of();
                answers.add(new HostProcesses.Answer(
                        name, clock, Duration.ZERO, Optional.ofNullable(changed.get(name)), running, Optional.empty()));
            }
            return answers;
        }

        @Override
        public HostProcesses.Answer processes(Environment at, TargetHost host) throws UserException {
            return processes(at).stream()
                    .filter(answer -> answer.host().equals(host.name()))
                    .findFirst()
                    .orElseThrow();
        }

        @Override
        public Said command(TargetHost host, String user, String command) {
            if (command.equals("restart")) {
                if (restartWorks) {
                    restart(host.name());
                }
                return new Said(restartWorks ? 0 : 1, restartWorks ? "" : "supervisor is down");
            }
            return new Said(0, seenInLogs);
        }

        @Override
        public List<HostView> probe(List<HostQuestion> questions) throws UserException {
            List<HostView> views = new ArrayList<>();
            for (HostQuestion question : questions) {
                List<ProbedEndpoint> found = new ArrayList<>();
                String put = "";
                for (ProbeTarget target : question.question().targets()) {
                    Map<String, Object> store =
                            Json.readObject(target.settings().reveal(), "store");
                    String behind = behind(port(store));
                    ProbedEndpoint one = ProbedEndpoint.unknown(target.name(), target.url());
                    boolean putter = question.question()
                            .put()
                            .filter(target.name()::equals)
                            .isPresent();
                    put = putter ? behind : put;
                    found.add(
                            behind.isEmpty()
                                    ? one.withTrouble(EndpointTrouble.PORT_REFUSES, "nothing listens")
                                    : !accepts(store)
                                            ? one.withTrouble(EndpointTrouble.UNKNOWN_ACCESS_KEY, "unknown access key")
                                            : one.withMarker(
                                                    putter
                                                            ? ProbedEndpoint.Marker.PUT
                                                            : behind.equals(put)
                                                                    ? ProbedEndpoint.Marker.SEEN
                                                                    : ProbedEndpoint.Marker.ABSENT));
                }
                views.add(new HostView(question.host().name(), found, ""));
            }
            return views;
        }

        @Override
        public List<JobEvidence> jobs() {
            return jobs;
        }

        @Override
        public List<JobFindings.Logged> logged(JobEvidence job) {
            return logged;
        }

        @Override
        public Map<String, CheckedClass> checked(JobEvidence job) {
            return checked;
        }

        @Override
        public String setting(Environment at, TargetHost host, String name) throws UserException {
            Map<String, HostVariables> known = variables.computeIfAbsent(at, unused -> new HashMap<>());
            HostVariables own = known.get(host.name());
            if (own == null) {
                own = at.variables(host, Path.of("templates/defaults.yml"));
                known.put(host.name(), own);
            }
            return own.find(name).map(Object::toString).orElse("");
        }

        @Override
        public Masking masking(Environment at) {
            return new Masking(List.of());
        }

        @Override
        public Instant now() {
            return PaperSite.this.now();
        }

        @Override
        public void pause(Duration time) {
            PaperSite.this.wait(time);
        }

        @Override
        public String operator() {
            return "ann";
        }

        @Override
        public void note(String what, String where, String result) {
            history.add(what + " -> " + result);
        }
    }
}
