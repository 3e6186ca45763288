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
import org.jspecify.annotations.Nullable;

/** The jobs of a migration, for {@code status}. */
final class JobsView {
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final int SHOWN = 5;

    private final Site site;
    private final Migration migration;
    private final boolean advises;

    /** @param advises says what to begin with where there is no job yet */
    JobsView(Site site, Migration migration, boolean advises) {
        this.site = site;
        this.migration = migration;
        this.advises = advises;
    }

    /**
     * @param where further fields of the JSON object
     * @param watch again and again until no job is running
     */
    int show(Map<String, ? extends @Nullable Object> where, boolean watch, boolean json)
            throws UserException, EndpointException, InterruptedException {
        while (true) {
            List<JobsOfHosts.Found> all = JobsOfHosts.all(site, migration.word());
            show(all, where, json);
            boolean running = all.stream().anyMatch(found -> found.status().state() == JobStatus.State.RUNNING);
            if (!watch || !running) {
                return ExitCode.SUCCESS.code();
            }
            site.sleeper().sleep(PAUSE);
        }
    }

    private void show(List<JobsOfHosts.Found> all, Map<String, ? extends @Nullable Object> where, boolean json) {
        String environment = site.environment().name();
        if (json) {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            object.put("environment", environment);
            object.putAll(where);
            object.put("jobs", fields(environment, all));
            site.console().result(Json.write(object));
            return;
        }
        if (all.isEmpty()) {
            site.console().result("no job of " + migration.title() + " yet");
            if (advises) {
                site.console()
                        .result("next: cchq-migrate " + environment + " run " + migration.word() + " "
                                + migration.firstPhase());
            }
        }
        lines(environment, all).forEach(site.console()::result);
    }

    /** The newest for a person. */
    static List<String> lines(String environment, List<JobsOfHosts.Found> all) {
        List<String> lines = new ArrayList<>();
        all.stream().limit(SHOWN).forEach(found -> lines.addAll(JobLines.of(environment, found)));
        if (all.size() > SHOWN) {
            lines.add("and " + (all.size() - SHOWN) + " older");
        }
        return lines;
    }

    /** All for a program. */
    static List<Map<String, @Nullable Object>> fields(String environment, List<JobsOfHosts.Found> all) {
        return all.stream().map(found -> JobLines.fields(environment, found)).toList();
    }
}
