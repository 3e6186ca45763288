package org.cchq.migrate.stage;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.DjangoSettings;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.run.JobEvidence;
import org.cchq.migrate.run.JobFindings;
import org.cchq.migrate.run.StorePair;
import org.cchq.migrate.ssh.ShellWords;

/** What the agent's jobs show: that everything was copied, what became of the missing blobs, that both ends agree. */
final class Evidence {
    private final Ground ground;
    private final Environment now;
    private final MoveOptions options;
    private final Optional<Instant> dualSince;
    private final Map<String, Duration> clocks;
    private final List<JobEvidence> jobs;
    private final StorePair stores;

    /**
     * @param dualSince since when no process of the site writes to the old store alone, by this machine's clock
     * @param clocks how far each host's clock is ahead of it
     */
    Evidence(
            Ground ground,
            Environment now,
            MoveOptions options,
            Optional<Instant> dualSince,
            Map<String, Duration> clocks)
            throws UserException, EndpointException, InterruptedException {
        this.ground = ground;
        this.now = now;
        this.options = options;
        this.dualSince = dualSince;
        this.clocks = clocks;
        this.jobs = ground.jobs();
        this.stores = stores(now);
    }

    private static StorePair stores(Environment now) throws UserException {
        for (TargetHost host : now.hosts("django_manage")) {
            Optional<StorePair> pair = StorePair.of(DjangoSettings.of(now, host));
            if (pair.isPresent()) {
                return pair.get();
            }
        }
        throw new UserException(now.name() + ": the settings of django_manage name no two stores");
    }

    /**
     * A complete pass over all rows that was begun after the last process that knew the old store alone had ended: a row
     * that such a process wrote later might have been behind the pass already.
     */
    Gate backFill() {
        String name = "back-fill complete";
        String remedy = typed("run blobs back-fill");
        Optional<JobEvidence> last =
                JobEvidence.lastComplete(jobs, "back-fill", stores).or(() -> JobEvidence.last(jobs, "back-fill"));
        if (last.isEmpty()) {
            return Gate.shut(name, "there was none yet", remedy);
        }
        if (dualSince.isEmpty()) {
            return Gate.shut(name, "some hosts may still write to the old store alone", typed("advance blobs"));
        }
        List<String> doubts = last.get().doubts(stores, here(last.get()));
        return doubts.isEmpty()
                ? Gate.open(name, last.get().id() + ": " + last.get().counts().enumerated() + " blobs")
                : Gate.shut(name, String.join("; ", doubts), remedy);
    }

    /** The moment since when the site is at dual, by the clock of the job's host. */
    private Instant here(JobEvidence job) {
        return dualSince.orElse(Instant.MAX).plus(clocks.getOrDefault(job.host(), Duration.ZERO));
    }

    /** Each missing blob was looked at: nothing refers to it any more, or somebody accepts that it is lost. */
    Gate missing() throws UserException, EndpointException, InterruptedException {
        String name = "missing blobs explained";
        Optional<JobEvidence> backFill = JobEvidence.lastComplete(jobs, "back-fill", stores);
        if (backFill.isEmpty()) {
            return Gate.shut(name, "no back-fill is complete", typed("run blobs back-fill"));
        }
        JobEvidence looked = JobEvidence.lastComplete(jobs, "verify", stores)
                .filter(verify -> verify.id().compareTo(backFill.get().id()) > 0)
                .orElse(backFill.get());
        if (looked.missing() == 0) {
            return Gate.open(name, "none is missing (" + looked.id() + ")");
        }
        Set<String> open = new LinkedHashSet<>();
        ground.logged(looked).stream().filter(JobFindings.Logged::notFound).forEach(logged -> open.add(logged.key()));
        String count = looked.missing() + " missing";
        if (open.isEmpty()) {
            return Gate.shut(name, count + ", and the log of " + looked.id() + " does not name them", remedy(looked));
        }
        for (JobEvidence check : jobs) {
            if (check.phase().equals("check-logs")
                    && check.id().compareTo(backFill.get().id()) > 0) {
                ground.checked(check).forEach((key, found) -> {
                    if (found.explained()) {
                        open.remove(key);
                    }
                });
            }
        }
        if (open.isEmpty()) {
            return Gate.open(name, count + ", nothing refers to them any more (check-logs)");
        }
        options.accepted().ifPresent(accepted -> open.removeAll(accepted.keys()));
        return open.isEmpty()
                ? Gate.accepted(name, count + ", accepted by " + ground.operator())
                : Gate.shut(
                        name,
                        count + "; " + open.size() + " keys of its log are not explained by a check-logs after it: "
                                + first(open),
                        remedy(looked));
    }

    private String remedy(JobEvidence looked) {
        return typed("run blobs check-logs " + ShellWords.quote(looked.log()))
                + ", or --accept-missing FILE with a key a line";
    }

    private static String first(Set<String> keys) {
        List<String> all = new ArrayList<>(keys);
        return String.join(", ", all.subList(0, Math.min(3, all.size()))) + (all.size() > 3 ? ", ..." : "");
    }

    /** Both ends compared after the back-fill, by a run that does not trust the back-fill's own books. */
    Gate verified() {
        String name = "target verified";
        String remedy = typed("run blobs verify");
        Optional<JobEvidence> backFill = JobEvidence.lastComplete(jobs, "back-fill", stores);
        Optional<JobEvidence> verify = JobEvidence.last(jobs, "verify");
        if (verify.isEmpty()) {
            return Gate.shut(name, "there was no verify yet", remedy);
        }
        if (backFill.isEmpty() || verify.get().id().compareTo(backFill.get().id()) < 0) {
            return Gate.shut(name, "the last verify is older than the back-fill", remedy);
        }
        List<String> doubts = verify.get().doubts(stores, here(verify.get()));
        if (!doubts.isEmpty()) {
            return Gate.shut(name, String.join("; ", doubts), remedy);
        }
        return verify.get().clean()
                ? Gate.open(
                        name, verify.get().id() + ": " + verify.get().counts().enumerated() + " blobs, no difference")
                : Gate.shut(
                        name,
                        verify.get().id() + ": " + verify.get().counts().of(Outcome.DIFFERS) + " blobs differ",
                        typed("report blobs") + ", then " + remedy);
    }

    /** What only the new store has would be lost to a site that knows the old one only. */
    Gate nothingOnlyNew() {
        String name = "nothing only on the new store";
        if (options.leaveNewBlobs()) {
            return Gate.open(name, "left behind: stated by " + ground.operator() + " with --leave-new-blobs");
        }
        String remedy = typed("run blobs copy-back") + ", or --leave-new-blobs to go without them";
        Optional<JobEvidence> last = JobEvidence.last(jobs, "copy-back");
        if (last.isEmpty()) {
            return Gate.shut(
                    name,
                    "what the site has written since dual is there only"
                            + dualSince.map(at -> " (since " + at + ")").orElse(""),
                    remedy);
        }
        List<String> doubts = last.get().doubts(stores.swapped(), here(last.get()));
        return doubts.isEmpty()
                ? Gate.open(
                        name,
                        last.get().id() + ": " + last.get().counts().of(Outcome.COPIED)
                                + " blobs copied back; what was written since then is not")
                : Gate.shut(name, String.join("; ", doubts), remedy);
    }

    private String typed(String command) {
        return "cchq-migrate " + now.name() + " " + command;
    }
}
