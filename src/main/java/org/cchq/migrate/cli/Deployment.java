package org.cchq.migrate.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.apply.HostDifference;
import org.cchq.migrate.apply.HostOutcome;
import org.cchq.migrate.apply.Masking;
import org.cchq.migrate.apply.Rollout;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.console.Console;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.render.HostFile;
import org.cchq.migrate.render.HostFiles;
import org.cchq.migrate.render.Renderer;

/** One {@link Deployable} on some hosts: rendered, compared with what is there, shown, put in place. */
final class Deployment {
    private final Site site;
    private final Deployable what;
    private final List<HostFiles> wanted;
    private final Rollout rollout;
    private final Masking masking;
    private final Console console;
    private Optional<List<HostDifference>> shown = Optional.empty();

    private Deployment(Site site, Deployable what, List<HostFiles> wanted) {
        this.site = site;
        this.what = what;
        this.wanted = List.copyOf(wanted);
        this.rollout = new Rollout(site.shells());
        this.masking = site.masking();
        this.console = site.console();
    }

    /**
     * Renders everything; touches no host.
     *
     * @param limit a host pattern that hosts must match as well; empty: all
     * @throws UserException with the problems of all hosts
     */
    static Deployment of(Site site, Deployable what, Optional<String> limit) throws UserException {
        List<TargetHost> hosts = new ArrayList<>(what.hosts(site.environment()));
        if (limit.isPresent()) {
            List<TargetHost> among = site.environment().hosts(limit.get());
            hosts.removeIf(host -> !among.contains(host));
        }
        if (hosts.isEmpty()) {
            throw new UserException(what.playbook() + ": no host of "
                    + site.environment().name()
                    + limit.map(pattern -> " is in --limit " + pattern + " and").orElse("") + " is one that it is for");
        }
        Renderer renderer = site.renderer();
        Problems problems = new Problems();
        List<HostFiles> wanted = new ArrayList<>();
        for (TargetHost host : hosts) {
            try {
                wanted.add(what.of(renderer, site.environment(), host));
            } catch (UserException e) {
                problems.add(e);
            }
        }
        problems.throwIfAny();
        return new Deployment(site, what, wanted);
    }

    List<String> hosts() {
        return wanted.stream().map(HostFiles::host).toList();
    }

    /** Shows what would change. */
    int check() throws UserException, InterruptedException {
        echo("compare");
        List<HostDifference> differences = rollout.compare(wanted);
        shown = Optional.of(differences);
        show(differences);
        Recap recap = new Recap();
        for (HostDifference difference : differences) {
            recap.add(
                    difference.host(),
                    difference
                            .trouble()
                            .map(trouble -> trouble.unreachable() ? Recap.Result.UNREACHABLE : Recap.Result.FAILED)
                            .orElse(difference.none() ? Recap.Result.OK : Recap.Result.CHANGED));
        }
        recap.lines().forEach(console::result);
        return recap.status();
    }

    /** Makes it so, exactly as {@link #check()} showed it if it did, and writes it into the history. */
    int apply() throws UserException, InterruptedException {
        String at = site.clock().instant().toString();
        if (shown.isEmpty()) {
            shown = Optional.of(rollout.compare(wanted));
        }
        echo("put in place");
        List<HostOutcome> outcomes = rollout.apply(shown.get(), this::tell);
        Recap recap = new Recap();
        for (HostOutcome outcome : outcomes) {
            recap.add(
                    outcome.host(),
                    switch (outcome.state()) {
                        case UNCHANGED -> Recap.Result.OK;
                        case CHANGED -> Recap.Result.CHANGED;
                        case TAKEN_BACK, FAILED -> Recap.Result.FAILED;
                        case UNREACHABLE -> Recap.Result.UNREACHABLE;
                    });
        }
        recap.lines().forEach(console::result);
        int changed = (int) outcomes.stream()
                .filter(outcome -> outcome.state() == HostOutcome.State.CHANGED)
                .count();
        site.history()
                .add(
                        at,
                        site.operator(),
                        "deploy " + what.playbook(),
                        String.join(",", hosts()),
                        "exit " + recap.status() + ", changed " + changed + " of " + outcomes.size() + " hosts");
        return recap.status();
    }

    private void tell(HostOutcome outcome) {
        String how = switch (outcome.state()) {
            case UNCHANGED -> "unchanged";
            case CHANGED ->
                "changed, read back" + (outcome.reloaded() ? ", reloaded" : "") + ": "
                        + String.join(" ", outcome.changed());
            case TAKEN_BACK -> "taken back: ";
            case FAILED -> "failed: ";
            case UNREACHABLE -> "unreachable: ";
        };
        console.say(outcome.host() + ": " + how + masking.masked(outcome.message()));
    }

    /** The same difference on many hosts is shown once. */
    private void show(List<HostDifference> differences) {
        Map<List<String>, List<String>> hostsByDifference = new LinkedHashMap<>();
        for (HostDifference difference : differences) {
            List<String> lines = difference
                    .trouble()
                    .map(trouble -> List.of((trouble.unreachable() ? "unreachable: " : "failed: ") + trouble.message()))
                    .orElseGet(() -> difference.none() ? List.of("no difference") : difference.lines(masking));
            hostsByDifference.computeIfAbsent(lines, key -> new ArrayList<>()).add(difference.host());
        }
        hostsByDifference.forEach((lines, hosts) -> {
            console.result(String.join(", ", hosts) + ":");
            lines.forEach(console::result);
            console.result("");
        });
    }

    /** What is about to be done on the hosts, in place of the ansible-playbook that cchq would echo. */
    private void echo(String verb) throws UserException {
        HostFiles first = wanted.get(0);
        String account = site.shells().account(first.host(), first.purpose());
        List<String> paths = first.files().stream()
                .map(HostFile::path)
                .map(path -> path.substring(0, path.lastIndexOf('/') + 1))
                .distinct()
                .toList();
        boolean writes = !verb.equals("compare");
        String after = !writes
                ? ""
                : (first.check().isEmpty() ? "" : "; " + first.check())
                        + (first.reload().isEmpty() ? "" : "; " + first.reload());
        console.command(
                verb + " on " + String.join(",", hosts()) + " as " + account + ": " + String.join(" ", paths) + after);
    }
}
