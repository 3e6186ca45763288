package org.cchq.migrate.stage;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.apply.HostDifference;
import org.cchq.migrate.apply.HostProcesses;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.DjangoSettings;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.migration.ProbedEndpoint;
import org.cchq.migrate.render.HostFiles.Purpose;
import org.cchq.migrate.ssh.ShellWords;
import org.jspecify.annotations.Nullable;

/** What has to hold before a way is taken, each told with its evidence, or with the command that brings it. */
final class Gates {
    private final Ground ground;
    private final Profile profile;
    private final MoveOptions options;
    private final Environment now;

    Gates(Ground ground, Profile profile, MoveOptions options) {
        this.ground = ground;
        this.profile = profile;
        this.options = options;
        this.now = ground.environment();
    }

    /** @param dual the environment as it will be */
    List<Gate> toDual(Environment dual) throws UserException, InterruptedException {
        List<Gate> gates = new ArrayList<>();
        Optional<Gate> stale = staleKeys(dual);
        stale.ifPresent(gates::add);
        gates.add(opens(
                "keys of the old store",
                dual,
                true,
                "put the old store's keys into secrets.OLD_S3_BLOB_DB_ACCESS_KEY and _SECRET_KEY of vault.yml"));
        if (profile == Profile.EXTERNAL) {
            gates.add(opens(
                    "keys of the new store",
                    dual,
                    false,
                    "put the new store's keys into " + currentKeys() + " of vault.yml"));
        }
        return gates;
    }

    /** Old keys that a former migration left behind, or nobody has filled in: they open nothing but the new store. */
    private Optional<Gate> staleKeys(Environment dual) throws UserException {
        for (TargetHost host : ground.siteHosts(dual)) {
            Map<String, @Nullable Object> all =
                    Json.readObject(DjangoSettings.of(dual, host).json().reveal(), "settings");
            if (all.get("S3_BLOB_DB_SETTINGS") instanceof Map<?, ?> current
                    && all.get("OLD_S3_BLOB_DB_SETTINGS") instanceof Map<?, ?> old
                    && current.get("access_key") != null
                    && current.get("access_key").equals(old.get("access_key"))) {
                boolean sameSecret = String.valueOf(current.get("secret_key")).equals(old.get("secret_key"));
                return sameSecret
                        ? Optional.of(Gate.shut(
                                "keys of two stores",
                                "the keys of the old and of the new store in vault.yml are the same",
                                "put the new store's keys into " + currentKeys()
                                        + ", the old store's into secrets.OLD_S3_BLOB_DB_ACCESS_KEY and _SECRET_KEY"))
                        : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private String currentKeys() {
        return "secrets.S3_ACCESS_KEY and S3_SECRET_KEY (RIAKCS_S3_ACCESS_KEY and RIAKCS_S3_SECRET_KEY where those are used)";
    }

    /** From every host, and nothing is written. */
    private Gate opens(String name, Environment at, boolean old, String remedy)
            throws UserException, InterruptedException {
        return accepted(name, at, settings -> PortProof.reading(settings, old), remedy);
    }

    /**
     * While the hosts of a flip are restarted, some send requests that are signed with the old keys to a port that leads to
     * the new cluster: every delete, and every read of a blob that is nowhere.
     */
    private Gate oldKeysAtNewCluster(Environment at) throws UserException, InterruptedException {
        String name = "keys of the old store at the new cluster";
        if (options.oldKeysRefused()) {
            return Gate.open(name, "not asked: " + ground.operator() + " lets deletes fail with --old-keys-refused");
        }
        return accepted(
                name,
                at,
                PortProof::oldKeysAtNewStore,
                "make the old pair of keys known to the new cluster: until each host is restarted, its deletes are signed"
                        + " with them; or let those fail with 403: --old-keys-refused");
    }

    /** What a host is asked with its settings. */
    private interface Asked {
        PortProof with(DjangoSettings settings) throws UserException;
    }

    private Gate accepted(String name, Environment at, Asked asked, String remedy)
            throws UserException, InterruptedException {
        if (options.check()) {
            return Gate.open(name, "not asked now: advance and back ask first, doctor at any time");
        }
        List<PortProof> proofs = new ArrayList<>();
        List<Ground.HostQuestion> questions = new ArrayList<>();
        for (TargetHost host : ground.siteHosts(at)) {
            PortProof proof = asked.with(DjangoSettings.of(at, host));
            proofs.add(proof);
            questions.add(new Ground.HostQuestion(host, proof.question()));
        }
        Set<String> wrong = new LinkedHashSet<>();
        List<Ground.HostView> views = ground.probe(questions);
        for (int i = 0; i < views.size(); i++) {
            Ground.HostView view = views.get(i);
            if (!view.trouble().isEmpty()) {
                wrong.add(view.host() + ": " + view.trouble());
            }
            List<ProbedEndpoint> found = view.found();
            proofs.get(i).wrong(found).forEach(what -> wrong.add(view.host() + ": " + what));
        }
        return wrong.isEmpty()
                ? Gate.open(name, "accepted from " + views.size() + " hosts")
                : Gate.shut(name, String.join("; ", wrong), remedy);
    }

    /** To a state where the site knows the new store only. */
    List<Gate> toNewStoreOnly(boolean oldStoreIdle) throws UserException, EndpointException, InterruptedException {
        List<Gate> gates = new ArrayList<>();
        gates.add(hostsAsFiles(Stage.DUAL));
        Evidence evidence = new Evidence(ground, now, options, dualSince(), clocks());
        gates.add(evidence.backFill());
        gates.add(evidence.missing());
        gates.add(evidence.verified());
        if (oldStoreIdle) {
            gates.add(oldStoreIdle());
        } else {
            gates.add(oldKeysAtNewCluster(now));
        }
        return gates;
    }

    /** How an environment will be. */
    interface Then {
        Environment environment() throws UserException, EndpointException, InterruptedException;
    }

    /** What the site is to be told can be told: at its end a move may need values that nothing needed before. */
    Gate settings(Stage stage, Then then) throws EndpointException, InterruptedException {
        String name = "settings at " + stage;
        try {
            Environment at = then.environment();
            List<TargetHost> hosts = ground.siteHosts(at);
            for (TargetHost host : hosts) {
                DjangoSettings.of(at, host);
            }
            return Gate.open(name, "complete for " + hosts.size() + " hosts");
        } catch (UserException e) {
            return Gate.shut(
                    name,
                    String.join("; ", String.valueOf(e.getMessage()).lines().toList()),
                    "correct it there");
        }
    }

    List<Gate> toFinal() throws UserException, EndpointException, InterruptedException {
        List<Gate> gates = new ArrayList<>();
        gates.add(hostsAsFiles(Stage.TEMP_FLIP));
        gates.add(secondPortIdle());
        gates.add(oldHostsIdle());
        return gates;
    }

    /**
     * @param before the environment as it will be
     * @param first the way was not begun yet
     */
    List<Gate> backToBefore(Environment before, boolean first)
            throws UserException, EndpointException, InterruptedException {
        List<Gate> gates = new ArrayList<>();
        gates.add(opens(
                "keys of the old store",
                before,
                false,
                "put the old store's keys into " + currentKeys()
                        + " of vault.yml: the site will know that store only"));
        if (first) {
            gates.add(new Evidence(ground, now, options, dualSince(), clocks()).nothingOnlyNew());
        }
        return gates;
    }

    /** @param flipping the environment as it will be when the site is told of both ports again */
    List<Gate> backToDual(Environment flipping) throws UserException, InterruptedException {
        return List.of(
                opens(
                        "keys of the new store",
                        flipping,
                        false,
                        "put the new store's keys into " + currentKeys() + " of vault.yml"),
                oldKeysAtNewCluster(flipping));
    }

    private Gate hostsAsFiles(Stage stage) throws UserException, InterruptedException {
        List<String> behind = new ArrayList<>();
        List<HostDifference> differences = ground.compare(now, Purpose.LOCALSETTINGS);
        for (HostDifference difference : differences) {
            if (!difference.none()) {
                behind.add(difference.host() + ": "
                        + difference.trouble().map(trouble -> trouble.message()).orElse("another localsettings.py"));
            }
        }
        for (HostProcesses.Answer answer : ground.processes(now)) {
            if (answer.trouble().isPresent()) {
                behind.add(answer.host() + ": " + answer.trouble().get().message());
            } else if (!answer.older().isEmpty()) {
                behind.add(answer.host() + ": " + answer.older().size() + " processes are older than their settings");
            }
        }
        return behind.isEmpty()
                ? Gate.open("every host at " + stage, differences.size() + " hosts, processes restarted since")
                : Gate.shut(
                        "every host at " + stage,
                        String.join("; ", new LinkedHashSet<>(behind)),
                        "cchq-migrate " + now.name() + " advance blobs");
    }

    /**
     * Since when no process of the site knows the old store alone, as advance noted it; else since all processes that run
     * now do. Empty if some may.
     */
    private Optional<Instant> dualSince() throws UserException, InterruptedException {
        Optional<Instant> noted = BlobFacts.of(now).record().flatMap(MigrationRecord::dualSince);
        return noted.isPresent() ? noted : runningSince();
    }

    /** Since when every process of the site has its host's settings; empty if some has not. */
    private Optional<Instant> runningSince() throws UserException, InterruptedException {
        Instant newest = Instant.EPOCH;
        for (HostProcesses.Answer answer : ground.processes(now)) {
            if (answer.trouble().isPresent()
                    || !answer.older().isEmpty()
                    || answer.fileChanged().isEmpty()) {
                return Optional.empty();
            }
            // By this machine's clock, which need not be the host's.
            List<Instant> times = new ArrayList<>(List.of(answer.fileChanged().get()));
            answer.processes().forEach(process -> times.add(firstOf(answer)));
            for (Instant time : times) {
                Instant here = time.minus(answer.clockAhead());
                newest = here.isAfter(newest) ? here : newest;
            }
        }
        return Optional.of(newest);
    }

    /** How far each host's clock is ahead of this machine's. */
    private Map<String, Duration> clocks() throws UserException, InterruptedException {
        Map<String, Duration> clocks = new LinkedHashMap<>();
        ground.processes(now).forEach(answer -> clocks.put(answer.host(), answer.clockAhead()));
        return clocks;
    }

    /** The moment from which all processes of a host were new: its oldest one's start. */
    private static Instant firstOf(HostProcesses.Answer answer) {
        return answer.processes().get(0).started();
    }

    private Gate secondPortIdle() throws UserException, InterruptedException {
        TargetHost proxy = now.hosts("proxy").get(0);
        String port = ground.setting(now, proxy, "temp_riakcs_proxy_port");
        String name = "nobody on port " + port;
        return idle(name, new IdleLogs(ground, now).requests(port, options.idle()), "used port " + port);
    }

    private Gate oldHostsIdle() throws UserException, EndpointException, InterruptedException {
        Optional<Gate> asked = askedCommand();
        if (asked.isPresent()) {
            return asked.get();
        }
        TargetHost proxy = now.hosts("proxy").get(0);
        String port = ground.setting(now, proxy, "riakcs_proxy_port");
        List<String> old = new ArrayList<>();
        Map<String, List<String>> recorded =
                BlobFacts.of(now).record().map(MigrationRecord::oldHosts).orElse(new LinkedHashMap<>());
        for (String host : recorded.getOrDefault("riakcs", List.of())) {
            old.add(host + ":" + ground.setting(now, proxy, "riakcs_port"));
        }
        if (old.isEmpty()) {
            return statedOr(Gate.shut(
                    "the old store is idle",
                    MigrationRecord.FILE + " does not say which hosts were the old ones",
                    "set cchq_migrate_old_reads_command in public.yml, or look at the old store yourself and say"
                            + " --old-reads-checked"));
        }
        return idle(
                "the old store is idle",
                new IdleLogs(ground, now).reads(port, options.idle(), old),
                "read from the old hosts");
    }

    /** For a store that is named: by its own numbers, or by the proxy's log where the old one is a cluster behind it. */
    private Gate oldStoreIdle() throws UserException, EndpointException, InterruptedException {
        Optional<Gate> asked = askedCommand();
        if (asked.isPresent()) {
            return asked.get();
        }
        if (!BlobFacts.of(now).hosts("riakcs").isEmpty()) {
            TargetHost proxy = now.hosts("proxy").get(0);
            String port = ground.setting(now, proxy, "riakcs_proxy_port");
            return idle(
                    "the old store is idle",
                    new IdleLogs(ground, now).reads(port, options.idle(), List.of()),
                    "read from the old store");
        }
        return statedOr(Gate.shut(
                "the old store is idle",
                "nothing here tells who reads from the old store",
                "set cchq_migrate_old_reads_command in public.yml (prints the number of successful reads since"
                        + " $CCHQ_MIGRATE_SINCE), or look at the store's own metrics and say --old-reads-checked"));
    }

    private Gate statedOr(Gate shut) {
        return options.oldReadsChecked()
                ? Gate.open(shut.name(), "stated by " + ground.operator() + " with --old-reads-checked")
                : shut;
    }

    /** The environment's own way to count reads: run on the first management host as the service user. */
    private Optional<Gate> askedCommand() throws UserException, EndpointException, InterruptedException {
        String name = "the old store is idle";
        List<TargetHost> hosts = now.hosts("django_manage");
        String command = hosts.isEmpty() ? "" : ground.setting(now, hosts.get(0), "cchq_migrate_old_reads_command");
        if (command.isEmpty()) {
            return Optional.empty();
        }
        String since = ground.now().minus(options.idle()).toString();
        Ground.Said said = ground.command(
                hosts.get(0),
                now.cchqUser(),
                "CCHQ_MIGRATE_SINCE=" + ShellWords.quote(since) + "; export CCHQ_MIGRATE_SINCE\n" + command);
        String answer = said.output().strip();
        if (said.exit() != 0 || !answer.matches("\\d{1,18}")) {
            return Optional.of(Gate.shut(
                    name,
                    "cchq_migrate_old_reads_command ended with " + said.exit() + " and said no number: " + answer,
                    "correct it in public.yml"));
        }
        return Optional.of(
                answer.matches("0+")
                        ? Gate.open(name, "no successful read since " + since)
                        : Gate.shut(
                                name,
                                answer + " successful reads since " + since,
                                "find out who reads there, then the same again"));
    }

    private Gate idle(String name, List<IdleLogs.Seen> seen, String what) throws UserException, InterruptedException {
        List<String> wrong = new ArrayList<>();
        for (IdleLogs.Seen one : seen) {
            if (!one.trouble().isEmpty()) {
                wrong.add(one.host() + ": " + one.trouble());
            } else if (one.requests() > 0) {
                wrong.add(one.host() + ": " + one.requests() + " requests " + what + ", the last at " + one.last());
            }
        }
        Optional<Instant> since = runningSince();
        String time = shown(options.idle());
        if (since.isEmpty() || since.get().isAfter(ground.now().minus(options.idle()))) {
            wrong.add("the site's newest processes are younger than " + time);
        }
        return wrong.isEmpty()
                ? Gate.open(name, "nothing in the access logs of the last " + time)
                : Gate.shut(
                        name,
                        String.join("; ", wrong),
                        "cchq-migrate " + now.name()
                                + " advance blobs, when nobody has for that long (--idle says how long)");
    }

    private static String shown(Duration time) {
        return time.toMinutes() > 0 && time.toSecondsPart() == 0
                ? time.toMinutes() + " minutes"
                : time.toSeconds() + " seconds";
    }
}
