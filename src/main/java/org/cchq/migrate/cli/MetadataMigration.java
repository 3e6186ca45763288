package org.cchq.migrate.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.cli.CommandLine;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.console.Console;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.push.AgentPush;
import org.cchq.migrate.report.RunReport;
import org.cchq.migrate.run.HostSession;
import org.jspecify.annotations.Nullable;

/** {@code metadata}: rows of blobs from CouchDB documents and SQL models. It has no stages: nothing of the site changes. */
record MetadataMigration(Site site) implements Migration {
    @Override
    public String word() {
        return MetadataPhase.MIGRATION;
    }

    @Override
    public String title() {
        return "the migration of blob metadata";
    }

    @Override
    public List<String> phases() {
        return MetadataPhase.words();
    }

    @Override
    public int start(CommandLine line) throws UserException, EndpointException, InterruptedException {
        return new MetadataStart(site).run(line);
    }

    @Override
    public int status(boolean watch, boolean json) throws UserException, EndpointException, InterruptedException {
        return new JobsView(site, this, true).show(Map.of("migration", word()), watch, json);
    }

    /** The steps of its first phase, and what is in their way. */
    @Override
    public int plan(TargetHost host, boolean json) throws UserException, EndpointException, InterruptedException {
        List<String> steps = new ArrayList<>();
        List<String> obstacles = new ArrayList<>();
        try (HostSession session = site.access(host).open()) {
            AgentPush push = site.push(host);
            String logs = LogDirectory.ofMetadata(host);
            steps.add("log in as " + host.user() + ", become "
                    + site.environment().cchqUser());
            steps.addAll(push.preview(session.base()));
            steps.add("start the agent in " + session.base().jobs() + ", its logs and ledgers in " + logs);
            steps.add("read every document of the CouchDB databases with blobs, and the rows of three SQL models");
            steps.add(
                    "insert the row of every blob that has none into blobs_blobmeta; nothing is changed or overwritten");
            LogDirectory directory = new LogDirectory(
                    site.environment().name(), site.environment().cchqUser(), logs);
            String problem = directory.problem(session.base().shell());
            if (!problem.isEmpty()) {
                obstacles.add(logs + " " + problem + "; make it with: " + directory.remedy());
            }
        }
        show(steps, obstacles, json);
        return obstacles.isEmpty() ? ExitCode.SUCCESS.code() : ExitCode.REFUSED.code();
    }

    private void show(List<String> steps, List<String> obstacles, boolean json) {
        Console console = site.console();
        String next = typed("run", " migrate");
        if (json) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("migration", word());
            fields.put("steps", steps);
            fields.put("obstacles", obstacles);
            fields.put("next", next);
            console.result(Json.write(fields));
            return;
        }
        for (int i = 0; i < steps.size(); i++) {
            console.result("  " + (i + 1) + ". " + steps.get(i));
        }
        obstacles.forEach(obstacle -> console.result("to be put right first: " + obstacle));
        console.result("next: " + next);
    }

    @Override
    public int forward(CommandLine line) throws UserException {
        throw new UsageException("advance metadata: it has no stages; type: " + typed("run", " migrate"));
    }

    /** Takes the inserted rows back, after saying how many. */
    @Override
    public int backward(CommandLine line) throws UserException, EndpointException, InterruptedException {
        Arguments.only(line, "back metadata", Set.of("check", "quiet"));
        TargetHost host = site.manageHost(Optional.empty());
        Phase phase = MetadataPhase.BACK.with(List.of("--log-dir=" + lastLogs(host)));
        new AgentQuestion(site, host)
                .require(AgentRun.words(phase.command(), List.of("--check")))
                .lines()
                .forEach(site.console()::result);
        if (line.hasOption("check")
                || !(line.hasOption("quiet")
                        || site.console()
                                .confirm("These rows are removed from blobs_blobmeta, and no others. Do this?"))) {
            return ExitCode.SUCCESS.code();
        }
        return new AgentRun(site, host).start(phase, phase.command(), FollowView.Show.SUMMARY, false, false);
    }

    /** Where the last run had its ledgers: left there, they would tell the next one that all rows are in. */
    private String lastLogs(TargetHost host) throws UserException, EndpointException, InterruptedException {
        return JobsOfHosts.all(site, word()).stream()
                .map(found -> found.status().job().logDirectory())
                .filter(directory -> !directory.isEmpty())
                .findFirst()
                .orElse(LogDirectory.ofMetadata(host));
    }

    @Override
    public void report(List<RunReport> ended, boolean json) {
        ReportCommand.newestOfEachPhase(site.console(), ended, json);
    }

    private String typed(String command, String more) {
        return "cchq-migrate " + site.environment().name() + " " + command + " " + word() + more;
    }
}
