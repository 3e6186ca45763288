package org.cchq.migrate.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.cchq.migrate.apply.HostDifference;
import org.cchq.migrate.apply.HostOutcome;
import org.cchq.migrate.apply.HostProcesses;
import org.cchq.migrate.apply.HostShell;
import org.cchq.migrate.apply.HostShells;
import org.cchq.migrate.apply.Masking;
import org.cchq.migrate.apply.Rollout;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.HostVariables;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.migration.CheckedClass;
import org.cchq.migrate.render.HostFiles;
import org.cchq.migrate.render.HostFiles.Purpose;
import org.cchq.migrate.render.Renderer;
import org.cchq.migrate.run.HostProbe;
import org.cchq.migrate.run.HostSession;
import org.cchq.migrate.run.JobEvidence;
import org.cchq.migrate.run.JobFindings;
import org.cchq.migrate.ssh.CommandOutput;
import org.cchq.migrate.stage.EnvironmentFile;
import org.cchq.migrate.stage.FileEdit;
import org.cchq.migrate.stage.Ground;
import org.jspecify.annotations.Nullable;

/** The real environment and its hosts, for advance and back. */
class SiteGround implements Ground {
    private static final int HOSTS_AT_ONCE = 10;
    private static final int ENVIRONMENTS_KEPT = 10;

    private final Site site;
    private final Renderer renderer;
    private final HostShells shells;
    private final Rollout rollout;
    private final HostProcesses processes;
    /** What was rendered for the newest environments: a step is looked at more than once, and hosts may be many. */
    private final Map<Environment, Map<Purpose, List<HostFiles>>> rendered = newest();

    private final Map<Environment, Map<String, HostVariables>> variables = newest();

    private Environment environment;

    SiteGround(Site site) {
        this.site = site;
        this.renderer = site.renderer();
        this.shells = site.shells();
        this.rollout = new Rollout(shells);
        this.processes = new HostProcesses(shells, site.clock());
        this.environment = site.environment();
    }

    private static <V> Map<Environment, V> newest() {
        return new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Environment, V> eldest) {
                return size() > ENVIRONMENTS_KEPT;
            }
        };
    }

    @Override
    public Environment environment() {
        return environment;
    }

    @Override
    public void replace(FileEdit edit) throws UserException {
        Environment after = environment.withFiles(Map.of(edit.file(), edit.is()));
        EnvironmentFile.replace(environment.directory(), edit);
        environment = after;
    }

    @Override
    public List<TargetHost> siteHosts(Environment at) throws UserException {
        return at.commcarehq();
    }

    @Override
    public List<HostDifference> compare(Environment at, Purpose purpose) throws UserException, InterruptedException {
        return rollout.compare(wanted(at, purpose));
    }

    private List<HostFiles> wanted(Environment at, Purpose purpose) throws UserException {
        Map<Purpose, List<HostFiles>> known = rendered.computeIfAbsent(at, unused -> new EnumMap<>(Purpose.class));
        List<HostFiles> found = known.get(purpose);
        if (found == null) {
            found = render(at, purpose);
            known.put(purpose, found);
        }
        return found;
    }

    private List<HostFiles> render(Environment at, Purpose purpose) throws UserException {
        List<HostFiles> wanted = new ArrayList<>();
        if (purpose == Purpose.PROXY) {
            for (TargetHost host : at.hosts("proxy")) {
                wanted.add(renderer.proxy(at, host));
            }
        } else {
            for (TargetHost host : siteHosts(at)) {
                wanted.add(renderer.localsettings(at, host));
            }
        }
        return wanted;
    }

    @Override
    public List<HostOutcome> deploy(List<HostDifference> shown) throws InterruptedException {
        return rollout.apply(shown, outcome -> {});
    }

    @Override
    public List<HostProcesses.Answer> processes(Environment at) throws UserException, InterruptedException {
        List<HostProcesses.Question> questions = new ArrayList<>();
        for (TargetHost host : siteHosts(at)) {
            questions.add(question(at, host));
        }
        return processes.look(questions);
    }

    @Override
    public HostProcesses.Answer processes(Environment at, TargetHost host) throws UserException, InterruptedException {
        return processes.look(List.of(question(at, host))).get(0);
    }

    private HostProcesses.Question question(Environment at, TargetHost host) throws UserException {
        Pattern pattern = Pattern.compile(setting(at, host, "cchq_migrate_process_pattern"));
        String file = setting(at, host, "code_home") + "/localsettings.py";
        return new HostProcesses.Question(host.name(), at.cchqUser(), pattern, file);
    }

    @Override
    public Said command(TargetHost host, String user, String command)
            throws UserException, EndpointException, InterruptedException {
        try (HostShell shell = shells.open(host.name(), user)) {
            CommandOutput output = shell.shell().run(command);
            return new Said(output.exit().code(), output.stdout() + output.stderr());
        }
    }

    @Override
    public List<HostView> probe(List<HostQuestion> questions) throws UserException, InterruptedException {
        site.agentJar();
        if (questions.isEmpty()) {
            return List.of();
        }
        ExecutorService pool = Executors.newFixedThreadPool(Math.min(HOSTS_AT_ONCE, questions.size()));
        try {
            List<Future<HostView>> asked = new ArrayList<>();
            questions.forEach(question -> asked.add(pool.submit(() -> probe(question))));
            List<HostView> views = new ArrayList<>();
            for (Future<HostView> view : asked) {
                views.add(view.get());
            }
            return views;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UserException refused) {
                throw refused;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    private HostView probe(HostQuestion question) throws UserException, InterruptedException {
        TargetHost host = question.host();
        try {
            return new HostView(
                    host.name(), new HostProbe(site.access(host), site.push(host)).ask(question.question()), "");
        } catch (EndpointException e) {
            return new HostView(host.name(), List.of(), String.valueOf(e.getMessage()));
        }
    }

    @Override
    public List<JobEvidence> jobs() throws UserException, EndpointException, InterruptedException {
        List<JobEvidence> jobs = new ArrayList<>();
        for (TargetHost host : environment.hosts("django_manage")) {
            try (HostSession session = site.access(host).open()) {
                jobs.addAll(JobEvidence.of(session.base(), host.name(), BlobPhase.MIGRATION));
            }
        }
        return jobs;
    }

    @Override
    public List<JobFindings.Logged> logged(JobEvidence job)
            throws UserException, EndpointException, InterruptedException {
        try (HostSession session = site.access(environment.host(job.host())).open()) {
            return JobFindings.logged(session.base(), job);
        }
    }

    @Override
    public Map<String, CheckedClass> checked(JobEvidence job)
            throws UserException, EndpointException, InterruptedException {
        try (HostSession session = site.access(environment.host(job.host())).open()) {
            return JobFindings.checked(session.base(), job);
        }
    }

    @Override
    public String setting(Environment at, TargetHost host, String name) throws UserException {
        Map<String, HostVariables> known = variables.computeIfAbsent(at, unused -> new HashMap<>());
        @Nullable HostVariables own = known.get(host.name());
        if (own == null) {
            own = at.variables(host, site.defaults());
            known.put(host.name(), own);
        }
        return own.find(name).map(Object::toString).orElse("");
    }

    @Override
    public Masking masking(Environment at) {
        return site.masking();
    }

    @Override
    public Instant now() {
        return site.clock().instant();
    }

    @Override
    public void pause(Duration time) throws InterruptedException {
        site.sleeper().sleep(time);
    }

    @Override
    public String operator() {
        return site.operator();
    }

    @Override
    public void note(String what, String where, String result) throws UserException {
        site.history().add(now().toString(), operator(), what, where, result);
    }
}
