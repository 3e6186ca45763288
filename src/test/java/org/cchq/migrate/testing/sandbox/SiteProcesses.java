package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.cchq.migrate.json.Json;

/**
 * The simulated site: one process on each of some hosts, run by a script of the host that is also what the environment names
 * as its restart command. See {@link SiteMain}.
 */
final class SiteProcesses {
    /**
     * Restarting is graceful: the new process reads its settings while the old one works; then the old one finishes what it
     * is doing, and the new one goes to work as soon as it has ended. If the new one cannot start, the old one stays.
     */
    private static final String SCRIPT = """
            #!/bin/sh
            # The site's process on this host: site start|restart|stop
            dir=%1$s
            said() { cat "$dir/$1" 2>/dev/null || echo none; }
            alive() { case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in '' | Z*) false ;; esac; }
            launch() {
                setsid %2$s "$(cat "$dir/rate")" </dev/null >>"$dir/output.log" 2>&1 &
                new=$!
                for _ in $(seq 600); do
                    [ "$(said ready)" != "$new" ] || return 0
                    alive "$new" || break
                    sleep 0.05
                done
                kill "$new" 2>/dev/null
                tail -n 5 "$dir/output.log" >&2
                echo "the new process does not start" >&2
                exit 1
            }
            takes_over() {
                for _ in $(seq 1400); do
                    [ "$(said pid)" != "$new" ] || return 0
                    sleep 0.05
                done
                echo "process $new does not take over" >&2
                exit 1
            }
            end() {
                alive "$1" || return 0
                kill "$1"
                for _ in $(seq 1400); do alive "$1" || return 0; sleep 0.05; done
                echo "process $1 does not end" >&2
                exit 1
            }
            old=$(said pid)
            case $1 in
                start) alive "$old" || { launch; takes_over; } ;;
                restart) launch; alive "$old" && kill "$old"; takes_over ;;
                stop) end "$old" ;;
                *) echo "usage: site start|restart|stop" >&2; exit 2 ;;
            esac
            """;

    private final List<SandboxHost> hosts;
    private final SiteAccount account;
    private final Map<String, Integer> replayed = new TreeMap<>();

    private SiteProcesses(List<SandboxHost> hosts, SiteAccount account) {
        this.hosts = List.copyOf(hosts);
        this.account = account;
    }

    /** Puts script and program on the hosts, and tells the environment of them; starts nothing. */
    static SiteProcesses install(Scratch scratch, List<SandboxHost> hosts, SiteAccount account) throws IOException {
        String classpath = copyProgram(scratch.open("site"));
        SiteProcesses site = new SiteProcesses(hosts, account);
        for (SandboxHost host : hosts) {
            Path directory = account.give(Files.createDirectory(host.directory().resolve("site")));
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            String command = (account.canGive()
                            ? "setpriv --reuid=" + account.user() + " --regid=" + account.group()
                                    + " --clear-groups -- "
                            : "")
                    + Path.of(System.getProperty("java.home"), "bin/java")
                    + " -Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:ActiveProcessorCount=1 -cp " + classpath
                    + " "
                    + SiteMain.class.getName() + " " + host.localSettings() + " " + directory
                    + (host.name().equals("web0") ? " s3v4" : " settings");
            Path script =
                    Files.createDirectory(host.directory().resolve("services")).resolve("site");
            Files.writeString(script, SCRIPT.formatted(directory, command));
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.setPosixFilePermissions(script.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
            host.set("cchq_migrate_restart_command", script + " restart");
            host.set("cchq_migrate_process_pattern", "SiteMain " + host.directory() + "/");
        }
        site.give(List.of(), 2);
        return site;
    }

    /** What a process needs, where every user can read it: the checkout may be closed to others. */
    private static String copyProgram(Path directory) throws IOException {
        List<String> classpath = new ArrayList<>(List.of(directory.toString()));
        for (Class<?> one : List.of(SiteMain.class, Json.class)) {
            Path place = place(one);
            if (Files.isRegularFile(place)) {
                classpath.add(copyJar(place, directory));
            } else {
                for (String part : List.of("testing/sandbox", "json", "base")) {
                    copyTree(place, "org/cchq/migrate/" + part, directory);
                }
            }
        }
        for (String name : System.getProperty("java.class.path").split(":", -1)) {
            if (name.matches(".*/(jackson-(core|databind|annotations)|postgresql)-[^/]*\\.jar")) {
                classpath.add(copyJar(Path.of(name), directory));
            }
        }
        if (classpath.size() < 5) {
            throw new IOException("not all jars of the site are on the classpath, but " + classpath);
        }
        return String.join(":", classpath);
    }

    private static String copyJar(Path jar, Path directory) throws IOException {
        Path copy = directory.resolve(jar.getFileName());
        Files.copy(jar, copy);
        return copy.toString();
    }

    private static Path place(Class<?> type) throws IOException {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private static void copyTree(Path classes, String part, Path directory) throws IOException {
        if (!Files.isDirectory(classes.resolve(part))) {
            return;
        }
        try (Stream<Path> files = Files.walk(classes.resolve(part))) {
            for (Path file : files.sorted().toList()) {
                Path copy = directory.resolve(classes.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    /**
     * What the site may touch, shared out among the hosts, and how much each does a second: 0, it is up and at rest. Before
     * it is started or restarted.
     */
    void give(List<StoredAs> blobs, int perSecond) throws IOException {
        for (int i = 0; i < hosts.size(); i++) {
            StringBuilder share = new StringBuilder();
            for (int at = i; at < blobs.size(); at += hosts.size()) {
                share.append(Json.write(blobs.get(at).fields())).append('\n');
            }
            Path directory = directory(hosts.get(i));
            account.write(directory.resolve("blobs.jsonl"), share.toString(), "rw-r--r--");
            account.write(directory.resolve("rate"), perSecond + "\n", "rw-r--r--");
        }
    }

    private static Path directory(SandboxHost host) {
        return host.directory().resolve("site");
    }

    void start() throws IOException, InterruptedException {
        runAll("start");
    }

    /** Returns when all have finished what they were doing. */
    void stop() throws IOException, InterruptedException {
        runAll("stop");
    }

    private void runAll(String word) throws IOException, InterruptedException {
        for (SandboxHost host : hosts) {
            Process script = new ProcessBuilder(
                            host.directory().resolve("services/site").toString(), word)
                    .redirectErrorStream(true)
                    .start();
            String output = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (script.waitFor() != 0) {
                throw new IOException("site " + word + " on " + host.name() + ": " + output);
            }
        }
    }

    /** All that the site did on a host so far. */
    List<SiteJournal.Entry> journal(SandboxHost host) throws IOException {
        return SiteJournal.read(directory(host).resolve("journal.jsonl"));
    }

    /** All that the site did so far. */
    List<SiteJournal.Entry> journal() throws IOException {
        List<SiteJournal.Entry> all = new ArrayList<>();
        for (SandboxHost host : hosts) {
            all.addAll(journal(host));
        }
        return all;
    }

    /** Tells the truth what the site did since it was told last. */
    void tell(Truth truth) throws IOException {
        for (SandboxHost host : hosts) {
            List<SiteJournal.Entry> entries = journal(host);
            SiteJournal.replay(
                    entries.subList(replayed.getOrDefault(host.name(), 0), entries.size()),
                    truth::put,
                    entry -> entry.blob().ifPresent(blob -> truth.remove(blob, entry.at())));
            replayed.put(host.name(), entries.size());
        }
    }

    /** Requests that failed, one sentence each. */
    List<String> failures() throws IOException {
        return journal().stream()
                .filter(entry -> !entry.ok())
                .map(entry -> entry.operation() + " at " + entry.at() + ": " + entry.detail()
                        + entry.blob().map(blob -> " (" + blob.key() + ")").orElse(""))
                .toList();
    }

    /** Counts for a report. */
    Map<String, Object> counts() throws IOException {
        Map<String, Object> counts = new LinkedHashMap<>();
        List<SiteJournal.Entry> entries = journal();
        for (String operation : List.of("put", "get", "compress", "delete")) {
            counts.put(
                    operation,
                    entries.stream()
                            .filter(entry -> entry.ok() && entry.operation().equals(operation))
                            .count());
        }
        counts.put(
                "read_from_old",
                entries.stream()
                        .filter(entry -> entry.operation().equals("get")
                                && entry.detail().equals("old"))
                        .count());
        counts.put(
                "processes",
                entries.stream()
                        .filter(entry -> entry.operation().equals("start"))
                        .count());
        counts.put("failed", entries.stream().filter(entry -> !entry.ok()).count());
        return counts;
    }
}
