package org.cchq.migrate.stage;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.apply.HostDifference;
import org.cchq.migrate.apply.HostOutcome;
import org.cchq.migrate.apply.HostProcesses;
import org.cchq.migrate.apply.Masking;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.migration.CheckedClass;
import org.cchq.migrate.render.HostFiles.Purpose;
import org.cchq.migrate.run.JobEvidence;
import org.cchq.migrate.run.JobFindings;
import org.jspecify.annotations.Nullable;

/**
 * A ground whose hosts are looked at once for all that is asked in a row: gates, steps and previews ask for the same files
 * and processes. A deployment and a pause end the look; so does {@link #again()}.
 */
final class OneLook implements Ground {
    private final Ground ground;
    private final Map<Environment, Map<Purpose, List<HostDifference>>> differences = new HashMap<>();
    private final Map<Environment, List<HostProcesses.Answer>> processes = new HashMap<>();

    OneLook(Ground ground) {
        this.ground = ground;
    }

    /** From here on hosts are looked at anew. */
    void again() {
        differences.clear();
        processes.clear();
    }

    @Override
    public Environment environment() {
        return ground.environment();
    }

    @Override
    public void replace(FileEdit edit) throws UserException {
        ground.replace(edit);
    }

    @Override
    public List<TargetHost> siteHosts(Environment at) throws UserException {
        return ground.siteHosts(at);
    }

    @Override
    public List<HostDifference> compare(Environment at, Purpose purpose) throws UserException, InterruptedException {
        Map<Purpose, List<HostDifference>> seen =
                differences.computeIfAbsent(at, unused -> new EnumMap<>(Purpose.class));
        @Nullable List<HostDifference> known = seen.get(purpose);
        if (known == null) {
            known = List.copyOf(ground.compare(at, purpose));
            seen.put(purpose, known);
        }
        return known;
    }

    @Override
    public List<HostOutcome> deploy(List<HostDifference> shown) throws InterruptedException {
        try {
            return ground.deploy(shown);
        } finally {
            again();
        }
    }

    @Override
    public List<HostProcesses.Answer> processes(Environment at) throws UserException, InterruptedException {
        @Nullable List<HostProcesses.Answer> known = processes.get(at);
        if (known == null) {
            known = List.copyOf(ground.processes(at));
            processes.put(at, known);
        }
        return known;
    }

    @Override
    public HostProcesses.Answer processes(Environment at, TargetHost host) throws UserException, InterruptedException {
        return ground.processes(at, host);
    }

    @Override
    public Said command(TargetHost host, String user, String command)
            throws UserException, EndpointException, InterruptedException {
        return ground.command(host, user, command);
    }

    @Override
    public List<HostView> probe(List<HostQuestion> questions) throws UserException, InterruptedException {
        return ground.probe(questions);
    }

    @Override
    public List<JobEvidence> jobs() throws UserException, EndpointException, InterruptedException {
        return ground.jobs();
    }

    @Override
    public List<JobFindings.Logged> logged(JobEvidence job)
            throws UserException, EndpointException, InterruptedException {
        return ground.logged(job);
    }

    @Override
    public Map<String, CheckedClass> checked(JobEvidence job)
            throws UserException, EndpointException, InterruptedException {
        return ground.checked(job);
    }

    @Override
    public String setting(Environment at, TargetHost host, String name) throws UserException {
        return ground.setting(at, host, name);
    }

    @Override
    public Masking masking(Environment at) throws UserException {
        return ground.masking(at);
    }

    @Override
    public Instant now() {
        return ground.now();
    }

    @Override
    public void pause(Duration time) throws InterruptedException {
        again();
        ground.pause(time);
    }

    @Override
    public String operator() {
        return ground.operator();
    }

    @Override
    public void note(String what, String where, String result) throws UserException {
        ground.note(what, where, result);
    }

    @Override
    public void at(String point) {
        ground.at(point);
    }
}
