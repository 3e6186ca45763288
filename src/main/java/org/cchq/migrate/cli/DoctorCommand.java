package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.DjangoSettings;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.run.HostProbe;
import org.cchq.migrate.run.ProbeQuestion;
import org.jspecify.annotations.Nullable;

/**
 * {@code doctor blobs}: goes to the stores of the settings from every host that has them, as the service user, with the
 * site's own keys. The new store gets an object that is removed again; the old one is only read.
 */
final class DoctorCommand implements Command {
    private static final int HOSTS_AT_ONCE = 10;

    @Override
    public String name() {
        return "doctor";
    }

    @Override
    public String arguments() {
        return "blobs [options]";
    }

    @Override
    public String summary() {
        return "Tries the stores of the settings from every host that has them, and says what is wrong.";
    }

    @Override
    public Options options() {
        Options options = new Options();
        options.addOption(flag("json", "one JSON object"));
        return options;
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException, EndpointException, InterruptedException {
        Arguments.requireBlobs(line, name());
        List<TargetHost> hosts = site.environment().commcarehq();
        if (hosts.isEmpty()) {
            throw new UserException(
                    site.environment().name() + ": no host has the site's settings (the group commcarehq is empty)");
        }
        List<ProbeQuestion> questions = new ArrayList<>();
        for (TargetHost host : hosts) {
            questions.add(ProbeQuestion.of(DjangoSettings.of(site.environment(), host)));
        }
        if (questions.get(0).targets().isEmpty()) {
            throw new UserException(
                    site.environment().name() + ": the settings name no S3 store; blobs are in the file system");
        }
        site.console().say("going to the stores from " + hosts.size() + (hosts.size() == 1 ? " host" : " hosts"));
        DoctorReport report =
                new DoctorReport(site.environment().name(), questions.get(0).targets(), found(site, hosts, questions));
        if (line.hasOption("json")) {
            site.console().result(Json.write(report.fields()));
        } else {
            report.lines().forEach(site.console()::result);
        }
        return report.exit().code();
    }

    private static List<DoctorReport.HostFound> found(Site site, List<TargetHost> hosts, List<ProbeQuestion> questions)
            throws UserException, InterruptedException {
        site.agentJar();
        ExecutorService pool = Executors.newFixedThreadPool(Math.min(HOSTS_AT_ONCE, hosts.size()));
        try {
            List<Future<DoctorReport.HostFound>> results = new ArrayList<>();
            for (int i = 0; i < hosts.size(); i++) {
                TargetHost host = hosts.get(i);
                ProbeQuestion question = questions.get(i);
                results.add(pool.submit(() -> found(site, host, question)));
            }
            List<DoctorReport.HostFound> found = new ArrayList<>();
            for (Future<DoctorReport.HostFound> result : results) {
                found.add(result.get());
            }
            return found;
        } catch (ExecutionException e) {
            @Nullable Throwable cause = e.getCause();
            if (cause instanceof UserException refused) {
                throw refused;
            }
            throw new IllegalStateException(cause);
        } finally {
            pool.shutdownNow();
        }
    }

    private static DoctorReport.HostFound found(Site site, TargetHost host, ProbeQuestion question)
            throws UserException, InterruptedException {
        try {
            return new DoctorReport.HostFound(
                    host.name(), new HostProbe(site.access(host), site.push(host)).ask(question), "");
        } catch (EndpointException e) {
            return new DoctorReport.HostFound(host.name(), List.of(), String.valueOf(e.getMessage()));
        }
    }
}
