package org.cchq.migrate.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.run.JobStatus;
import org.cchq.migrate.stage.MoveOptions;
import org.cchq.migrate.stage.Standing;
import org.jspecify.annotations.Nullable;

/** {@code status} and {@code status blobs}: stage, hosts, ports, gates, jobs, and what to type next. */
final class BlobStatus {
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final int SHOWN = 5;

    private final Site site;

    BlobStatus(Site site) {
        this.site = site;
    }

    /** @param asked the migration was named: its stage is looked up on the hosts too */
    int show(boolean asked, boolean watch, boolean json) throws UserException, EndpointException, InterruptedException {
        boolean standing = asked && !watch;
        Map<String, @Nullable Object> where = new LinkedHashMap<>();
        if (standing) {
            where.putAll(standing(json));
        }
        while (true) {
            List<JobsOfHosts.Found> all = JobsOfHosts.all(site, BlobPhase.MIGRATION);
            show(all, where, json);
            boolean running = all.stream().anyMatch(found -> found.status().state() == JobStatus.State.RUNNING);
            if (!watch || !running) {
                return ExitCode.SUCCESS.code();
            }
            site.sleeper().sleep(PAUSE);
        }
    }

    /** Stage by files, hosts, ports and gates; shown, or as fields. */
    private Map<String, @Nullable Object> standing(boolean json)
            throws EndpointException, InterruptedException {
        String environment = site.environment().name();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        try {
            Standing standing = Standing.of(new SiteGround(site), StandingLines.SILENT, MoveOptions.onlyShow());
            fields.putAll(standing.fields(environment));
            if (!json) {
                StandingLines.of(environment, standing).forEach(site.console()::result);
            }
        } catch (UserException e) {
            fields.put("obstacle", e.getMessage());
            if (!json) {
                site.console().result("stage  not known: " + e.getMessage());
            }
        }
        return fields;
    }

    private void show(List<JobsOfHosts.Found> all, Map<String, @Nullable Object> where, boolean json) {
        String environment = site.environment().name();
        if (json) {
            List<@Nullable Object> jobs = new ArrayList<>();
            all.forEach(found -> jobs.add(JobLines.fields(environment, found)));
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            object.put("environment", environment);
            object.putAll(where);
            object.put("jobs", jobs);
            site.console().result(Json.write(object));
            return;
        }
        if (all.isEmpty()) {
            site.console().result("no job of the blob migration yet");
            if (where.isEmpty()) {
                site.console().result("next: cchq-migrate " + environment + " run blobs back-fill");
            }
        }
        all.stream()
                .limit(SHOWN)
                .forEach(found -> JobLines.of(environment, found).forEach(site.console()::result));
        if (all.size() > SHOWN) {
            site.console().result("and " + (all.size() - SHOWN) + " older");
        }
    }
}
