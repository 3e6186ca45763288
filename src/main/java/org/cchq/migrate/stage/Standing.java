package org.cchq.migrate.stage;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.cchq.migrate.apply.Change;
import org.cchq.migrate.apply.HostDifference;
import org.cchq.migrate.apply.HostProcesses;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.DjangoSettings;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.render.HostFiles.Purpose;
import org.cchq.migrate.render.SettingsFile;
import org.cchq.migrate.ssh.ShellWords;
import org.jspecify.annotations.Nullable;

/**
 * Where an environment is: by its files, host by host, port by port; and what comes next. Looking changes nothing.
 *
 * @param ahead the way to the next stage; empty at the end, or if it is not known where to
 * @param obstacle why there is no way ahead; "" if there is one, or none is needed
 */
public record Standing(
        FileStage files,
        List<HostStanding> hosts,
        List<PortStanding> ports,
        Optional<Advance.Ahead> ahead,
        String obstacle) {
    private static final Pattern SERVER = Pattern.compile("(?m)^\\s*server\\s+([^\\s;{]+)\\s*;");
    private static final Pattern SITE = Pattern.compile("(?m)^# site (\\d+)$");

    public Standing {
        hosts = List.copyOf(hosts);
        ports = List.copyOf(ports);
    }

    /** Looks at everything. */
    public static Standing of(Ground hosts, AdvanceView view, MoveOptions options)
            throws UserException, EndpointException, InterruptedException {
        Ground ground = new OneLook(hosts);
        Environment now = ground.environment();
        FileStage files = FileStage.of(now);
        List<HostStanding> standing = hosts(ground, now, files);
        List<PortStanding> ports = ports(ground, now);
        if (files.stage().isEmpty()) {
            return new Standing(files, standing, ports, Optional.empty(), files.explanation());
        }
        try {
            return new Standing(files, standing, ports, new Advance(ground, view, options).ahead(), "");
        } catch (UserException e) {
            return new Standing(files, standing, ports, Optional.empty(), String.valueOf(e.getMessage()));
        }
    }

    private static List<HostStanding> hosts(Ground ground, Environment now, FileStage files)
            throws UserException, InterruptedException {
        Map<String, HostProcesses.Answer> answers = new LinkedHashMap<>();
        ground.processes(now).forEach(answer -> answers.put(answer.host(), answer));
        List<HostStanding> hosts = new ArrayList<>();
        for (HostDifference difference : ground.compare(now, Purpose.LOCALSETTINGS)) {
            HostProcesses.Answer answer = answers.get(difference.host());
            String trouble = difference.trouble().map(found -> found.message()).orElse("");
            if (answer == null || !trouble.isEmpty() || answer.trouble().isPresent()) {
                String why = trouble.isEmpty() && answer != null
                        ? answer.trouble().map(found -> found.message()).orElse("")
                        : trouble;
                hosts.add(new HostStanding(difference.host(), "", false, 0, 0, Optional.empty(), why));
                continue;
            }
            Optional<Instant> since = answer.processes().stream()
                    .findFirst()
                    .map(first -> first.started().minus(answer.clockAhead()));
            hosts.add(new HostStanding(
                    difference.host(),
                    stage(now, files, difference),
                    difference.none(),
                    answer.processes().size(),
                    answer.older().size(),
                    since,
                    ""));
        }
        return hosts;
    }

    /** By what the host's own file says of stores; where files differ, keys tell the one store from the other. */
    private static String stage(Environment now, FileStage files, HostDifference difference) throws UserException {
        String current = files.stage().map(Stage::word).orElse("");
        if (difference.none()) {
            return files.stage().filter(Stage.FLIPPING::equals).isPresent() ? Stage.DUAL.word() : current;
        }
        Optional<Change> change = difference.changes().stream()
                .filter(one -> one.path().endsWith("/localsettings.py"))
                .findFirst();
        if (change.isEmpty() || change.get().found().content().isEmpty()) {
            return "";
        }
        Map<String, @Nullable Object> there =
                SettingsFile.parse(change.get().found().content().reveal()).values();
        if (Boolean.TRUE.equals(there.get(BlobFacts.MIGRATING))) {
            return Stage.DUAL.word();
        }
        Map<String, @Nullable Object> wanted = Json.readObject(
                DjangoSettings.of(now, now.host(difference.host())).json().reveal(), "settings");
        @Nullable Object key = key(there, "S3_BLOB_DB_SETTINGS");
        boolean knowsNew = key != null && key.equals(key(wanted, "S3_BLOB_DB_SETTINGS"));
        boolean before = files.stage().filter(Stage.BEFORE::equals).isPresent();
        if (before || !knowsNew) {
            return Stage.BEFORE.word();
        }
        boolean dual = files.stage()
                .filter(stage -> stage == Stage.DUAL || stage == Stage.FLIPPING)
                .isPresent();
        return !dual ? current : files.profile() == Profile.CLUSTER ? Stage.TEMP_FLIP.word() : Stage.FINAL.word();
    }

    private static @Nullable Object key(Map<String, @Nullable Object> settings, String name) {
        return settings.get(name) instanceof Map<?, ?> store ? store.get("access_key") : null;
    }

    private static List<PortStanding> ports(Ground ground, Environment now) throws UserException, InterruptedException {
        List<PortStanding> ports = new ArrayList<>();
        for (TargetHost proxy : now.hosts("proxy")) {
            String prefix = ground.setting(now, proxy, "nginx_sites_enabled") + "/" + now.deployEnv() + "_riakcs_";
            String user = ground.setting(now, proxy, "cchq_migrate_proxy_user");
            String script = "p=" + ShellWords.quote(prefix)
                    + "; for f in \"$p\"*; do [ -e \"$f\" ] || continue; printf '# site %s\\n' \"${f#\"$p\"}\"; cat -- \"$f\"; done";
            try {
                Ground.Said said = ground.command(proxy, user.isEmpty() ? "root" : user, script);
                ports.addAll(parsed(proxy.name(), said.output(), now));
            } catch (EndpointException e) {
                ports.add(new PortStanding(proxy.name(), "?", List.of(), String.valueOf(e.getMessage())));
            }
        }
        return ports;
    }

    private static List<PortStanding> parsed(String host, String text, Environment now) throws UserException {
        List<PortStanding> ports = new ArrayList<>();
        BlobFacts facts = BlobFacts.of(now);
        Matcher site = SITE.matcher(text);
        List<int[]> spans = new ArrayList<>();
        List<String> numbers = new ArrayList<>();
        while (site.find()) {
            spans.add(new int[] {site.end(), text.length()});
            numbers.add(site.group(1));
            if (spans.size() > 1) {
                spans.get(spans.size() - 2)[1] = site.start();
            }
        }
        for (int i = 0; i < spans.size(); i++) {
            List<String> servers = SERVER.matcher(text.substring(spans.get(i)[0], spans.get(i)[1]))
                    .results()
                    .map(found -> found.group(1))
                    .toList();
            ports.add(new PortStanding(host, numbers.get(i), servers, name(servers, facts)));
        }
        return ports;
    }

    private static String name(List<String> servers, BlobFacts facts) {
        Set<String> hosts = servers.stream()
                .map(server -> server.replaceFirst(":\\d+$", ""))
                .collect(Collectors.toSet());
        Optional<MigrationRecord> record = facts.record();
        Map<String, Set<String>> known = new LinkedHashMap<>();
        record.ifPresent(found -> {
            known.put("new", Set.copyOf(found.newHosts().getOrDefault("riakcs", List.of())));
            known.put("old", Set.copyOf(found.oldHosts().getOrDefault("riakcs", List.of())));
        });
        known.put("riakcs", Set.copyOf(facts.hosts("riakcs")));
        known.put("riakcs_new", Set.copyOf(facts.hosts("riakcs_new")));
        return known.entrySet().stream()
                .filter(entry -> !hosts.isEmpty() && entry.getValue().equals(hosts))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("");
    }

    /** What to type next; "" at the end. */
    public String next(String environment) {
        if (ahead.isEmpty()) {
            return "";
        }
        return ahead.get().gates().stream()
                .filter(gate -> !gate.open())
                .findFirst()
                .map(Gate::remedy)
                .orElse("cchq-migrate " + environment + " advance blobs");
    }

    /** For a program. */
    public Map<String, @Nullable Object> fields(String environment) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("profile", files.profile().word());
        fields.put("stage", files.stage().map(Stage::word).orElse(""));
        fields.put("explanation", files.explanation());
        fields.put("hosts", hosts.stream().map(HostStanding::fields).toList());
        fields.put("ports", ports.stream().map(PortStanding::fields).toList());
        fields.put("next_stage", ahead.map(way -> way.to().word()).orElse(""));
        fields.put("begun", ahead.map(Advance.Ahead::begun).orElse(false));
        fields.put(
                "gates",
                ahead.map(way -> way.gates().stream().map(Gate::fields).toList())
                        .orElse(List.of()));
        fields.put("steps", ahead.map(Advance.Ahead::steps).orElse(List.of()));
        fields.put("obstacle", obstacle);
        fields.put("next", next(environment));
        return fields;
    }
}
