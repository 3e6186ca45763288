package org.cchq.migrate.stage;

import java.util.ArrayList;
import java.util.List;
import org.cchq.migrate.apply.HostDifference;
import org.cchq.migrate.apply.HostOutcome;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.render.HostFiles.Purpose;

/** Brings the files that the environment describes to all hosts of a purpose; a host that fails stops none of the others. */
final class DeployStep implements Step {
    private final Ground ground;
    private final Purpose purpose;
    private final String title;

    DeployStep(Ground ground, Purpose purpose, String title) {
        this.ground = ground;
        this.purpose = purpose;
        this.title = title;
    }

    Purpose purpose() {
        return purpose;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public boolean done(Environment now) throws UserException, InterruptedException {
        return ground.compare(now, purpose).stream().allMatch(HostDifference::none);
    }

    @Override
    public List<String> preview(Environment now) throws UserException, InterruptedException {
        List<String> lines = new ArrayList<>();
        for (HostDifference difference : ground.compare(now, purpose)) {
            if (difference.trouble().isPresent()) {
                lines.add("# " + difference.host() + ": "
                        + difference.trouble().get().message());
            } else if (!difference.none()) {
                lines.add("# " + difference.host());
                lines.addAll(difference.lines(ground.masking(now)));
            }
        }
        return lines;
    }

    @Override
    public List<String> perform(Environment now) throws UserException, EndpointException, InterruptedException {
        List<HostDifference> differences = ground.compare(now, purpose);
        ground.at("before deploying " + purpose);
        List<HostOutcome> outcomes = ground.deploy(differences);
        ground.at("after deploying " + purpose);
        List<String> told = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        for (HostOutcome outcome : outcomes) {
            if (outcome.ok()) {
                told.add(outcome.host() + ": "
                        + (outcome.changed().isEmpty() ? "as it shall be" : String.join(", ", outcome.changed()))
                        + (outcome.reloaded() ? ", reloaded" : ""));
            } else {
                failed.add(outcome.host() + ": " + outcome.message());
            }
        }
        if (!failed.isEmpty()) {
            throw new EndpointException(
                    failed.size() + " of " + outcomes.size() + " hosts",
                    Kind.REFUSED,
                    "Tried to " + title + " but\n  " + String.join("\n  ", failed)
                            + "\nThe same command goes on from here when that is put right.");
        }
        return told;
    }
}
