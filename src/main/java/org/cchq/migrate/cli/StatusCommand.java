package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.run.JobStatus;
import org.cchq.migrate.stage.MoveOptions;
import org.cchq.migrate.stage.Standing;
import org.jspecify.annotations.Nullable;

/** {@code status}: which jobs there are, and how far they are. */
final class StatusCommand implements Command {
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final int SHOWN = 5;

    @Override
    public String name() {
        return "status";
    }

    @Override
    public String arguments() {
        return "[" + Migration.WORDS + "] [options]";
    }

    @Override
    public String summary() {
        return "Stage by files and host by host, where ports lead, gates, jobs, and what to type next.";
    }

    @Override
    public Options options() {
        Options options = new Options();
        options.addOption(flag("watch", "again every 2 seconds, until no job is running"));
        options.addOption(flag("json", "one JSON object a look"));
        return options;
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException, EndpointException, InterruptedException {
        Optional<String> slug = line.getArgList().isEmpty()
                ? Optional.empty()
                : Migration.of(site, line, name(), 0).slug();
        if (slug.isPresent()) {
            return new DoctypeStatus(DoctypeSite.of(site, slug.get()))
                    .show(line.hasOption("watch"), line.hasOption("json"));
        }
        boolean standing = !line.getArgList().isEmpty() && !line.hasOption("watch");
        Map<String, @Nullable Object> where = new LinkedHashMap<>();
        if (standing) {
            where.putAll(standing(site, line.hasOption("json")));
        }
        while (true) {
            List<JobsOfHosts.Found> all = JobsOfHosts.all(site, Migration.BLOBS.word());
            show(site, all, where, line.hasOption("json"));
            boolean running = all.stream().anyMatch(found -> found.status().state() == JobStatus.State.RUNNING);
            if (!line.hasOption("watch") || !running) {
                return ExitCode.SUCCESS.code();
            }
            site.sleeper().sleep(PAUSE);
        }
    }

    /** Stage by files, hosts, ports and gates; shown, or as fields. */
    private static Map<String, @Nullable Object> standing(Site site, boolean json)
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

    private static void show(
            Site site, List<JobsOfHosts.Found> all, Map<String, @Nullable Object> where, boolean json) {
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
