package org.cchq.migrate.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.DjangoSettings;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.plan.BlobPlan;
import org.cchq.migrate.push.AgentPush;
import org.cchq.migrate.run.HostSession;
import org.cchq.migrate.run.JobList;
import org.cchq.migrate.run.JobStatus;
import org.cchq.migrate.run.StorePair;
import org.cchq.migrate.stage.Advance;
import org.cchq.migrate.stage.MoveOptions;
import org.jspecify.annotations.Nullable;

/** {@code plan blobs}: the steps of the next advance, and what a back-fill would do; writes nothing anywhere. */
final class BlobPlanning {
    private final Site site;
    private final TargetHost host;

    BlobPlanning(Site site, TargetHost host) {
        this.site = site;
        this.host = host;
    }

    int show(boolean json) throws UserException, EndpointException, InterruptedException {
        DjangoSettings settings = DjangoSettings.of(site.environment(), host);
        Optional<Advance.Ahead> ahead = ahead(json);
        if (StorePair.of(settings).isEmpty() && ahead.isPresent()) {
            if (json) {
                site.console().result(Json.write(ahead.get().fields()));
            }
            return ExitCode.SUCCESS.code();
        }
        List<String> steps = new ArrayList<>();
        List<String> obstacles = new ArrayList<>();
        BlobPlan plan;
        try (HostSession session = site.access(host).open()) {
            AgentPush push = site.push(host);
            String logs = LogDirectory.usual(host);
            steps.add("log in as " + host.user() + ", become "
                    + site.environment().cchqUser());
            steps.addAll(push.preview(session.base()));
            steps.add("start the agent in " + session.base().jobs() + ", its log and ledger in " + logs);
            steps.add("copy every blob that the target does not have; nothing on either end is overwritten");
            LogDirectory directory = new LogDirectory(
                    site.environment().name(), site.environment().cchqUser(), logs);
            String problem = directory.problem(session.base().shell());
            if (!problem.isEmpty()) {
                obstacles.add(logs + " " + problem + "; make it with: " + directory.remedy());
            }
            JobList.newest(session.base(), BlobPhase.MIGRATION)
                    .filter(job -> job.state() == JobStatus.State.RUNNING)
                    .ifPresent(job ->
                            obstacles.add("a run is going on: " + job.job().id()));
            plan = new BlobPlan(
                    BlobPlan.name(host),
                    BlobPlan.store(settings, "OLD_S3_BLOB_DB_SETTINGS", "the file-system blob db"),
                    BlobPlan.store(settings, "S3_BLOB_DB_SETTINGS", "(no S3 store is set)"),
                    steps,
                    obstacles,
                    Forecast.of(push, session, settings));
        }
        if (json) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>(plan.fields());
            ahead.ifPresent(way -> fields.put("advance", way.fields()));
            site.console().result(Json.write(fields));
        } else {
            plan.lines().forEach(site.console()::result);
            site.console().result("next: cchq-migrate " + site.environment().name() + " run blobs back-fill");
        }
        return plan.obstacles().isEmpty() ? ExitCode.SUCCESS.code() : ExitCode.REFUSED.code();
    }

    /** The steps of the next advance; shown unless they are to be fields. Empty at the end, and where it cannot be told. */
    private Optional<Advance.Ahead> ahead(boolean json) throws EndpointException, InterruptedException {
        Optional<Advance.Ahead> ahead;
        try {
            ahead = new Advance(new SiteGround(site), StandingLines.SILENT, MoveOptions.onlyShow()).ahead();
        } catch (UserException e) {
            if (!json) {
                site.console().result("the next stage: " + e.getMessage());
            }
            return Optional.empty();
        }
        if (!json && ahead.isPresent()) {
            Advance.Ahead way = ahead.get();
            site.console().result("advance blobs, " + way.from() + " to " + way.to() + ":");
            for (int i = 0; i < way.steps().size(); i++) {
                site.console().result("  " + (i + 1) + ". " + way.steps().get(i));
            }
            StandingLines.gates(way.gates()).forEach(site.console()::result);
        }
        return ahead;
    }
}
