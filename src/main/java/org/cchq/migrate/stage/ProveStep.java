package org.cchq.migrate.stage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.cchq.migrate.apply.HostDifference;
import org.cchq.migrate.apply.HostProcesses;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.DjangoSettings;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.render.HostFiles.Purpose;

/**
 * Proves from every host of the site that the addresses answer as a stage says, with the stage's credentials. Changes
 * nothing that stays: it is done anew each time.
 */
final class ProveStep implements Step {
    /** A server that was just reloaded may answer some requests with its old workers. */
    private static final int ATTEMPTS = 5;

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Ground ground;
    private final Profile profile;
    private final Stage stage;
    private final boolean readBack;

    /** @param readBack also that every host has its files and no process is older */
    ProveStep(Ground ground, Profile profile, Stage stage, boolean readBack) {
        this.ground = ground;
        this.profile = profile;
        this.stage = stage;
        this.readBack = readBack;
    }

    @Override
    public String title() {
        return (readBack ? "read back every host, and prove" : "prove") + " from each that the stores answer as at "
                + stage;
    }

    /** Unless it was noted, what was seen is forgotten; and nothing is to be proven of a stage that the files have left. */
    @Override
    public boolean done(Environment now) throws UserException {
        BlobFacts facts = BlobFacts.of(now);
        boolean noted = facts.record()
                .flatMap(MigrationRecord::proven)
                .filter(stage::equals)
                .isPresent();
        return noted || FileStage.of(facts).stage().filter(stage::equals).isEmpty();
    }

    @Override
    public List<String> preview(Environment now) throws UserException {
        List<TargetHost> hosts = ground.siteHosts(now);
        return proof(now, hosts.get(0)).lines().stream()
                .map(line -> "# " + line)
                .toList();
    }

    @Override
    public List<String> perform(Environment now) throws UserException, EndpointException, InterruptedException {
        if (readBack) {
            readBack(now);
        }
        List<TargetHost> hosts = ground.siteHosts(now);
        List<PortProof> proofs = new ArrayList<>();
        List<Ground.HostQuestion> questions = new ArrayList<>();
        for (TargetHost host : hosts) {
            PortProof proof = proof(now, host);
            proofs.add(proof);
            questions.add(new Ground.HostQuestion(host, proof.question()));
        }
        ground.at("before proving " + stage);
        List<String> wrong = List.of();
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            wrong = wrong(proofs, ground.probe(questions));
            if (wrong.isEmpty()) {
                ground.at("after proving " + stage);
                return List.of(hosts.size()
                        + (hosts.size() == 1 ? " host: " : " hosts: ")
                        + String.join(", ", proofs.get(0).lines()));
            }
            if (attempt < ATTEMPTS) {
                ground.pause(PAUSE);
            }
        }
        throw new EndpointException(
                "the stores",
                Kind.REFUSED,
                "Tried to prove that the stores answer as at " + stage + " but\n  " + String.join("\n  ", wrong)
                        + "\nNothing after this step was done; the same command goes on from here.");
    }

    private void readBack(Environment now) throws UserException, InterruptedException {
        List<String> wrong = new ArrayList<>();
        for (HostDifference difference : ground.compare(now, Purpose.LOCALSETTINGS)) {
            if (!difference.none()) {
                wrong.add(difference.host() + ": "
                        + difference.trouble().map(trouble -> trouble.message()).orElse("localsettings.py differs"));
            }
        }
        for (HostProcesses.Answer answer : ground.processes(now)) {
            if (answer.trouble().isPresent() || !answer.older().isEmpty()) {
                wrong.add(answer.host() + ": "
                        + answer.trouble()
                                .map(trouble -> trouble.message())
                                .orElse(answer.older().size() + " processes have older settings in memory"));
            }
        }
        if (!wrong.isEmpty()) {
            throw new UserException("read back, the hosts are not at " + stage + ":\n  " + String.join("\n  ", wrong)
                    + "\nThe same command goes on from here.");
        }
    }

    private static List<String> wrong(List<PortProof> proofs, List<Ground.HostView> views) {
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < views.size(); i++) {
            Ground.HostView view = views.get(i);
            if (!view.trouble().isEmpty()) {
                wrong.add(view.host() + ": " + view.trouble());
                continue;
            }
            proofs.get(i).wrong(view.found()).forEach(what -> wrong.add(view.host() + ": " + what));
        }
        return wrong;
    }

    private PortProof proof(Environment now, TargetHost host) throws UserException {
        return PortProof.of(
                profile,
                stage,
                DjangoSettings.of(now, host),
                ground.setting(now, host, "riakcs_proxy_port"),
                ground.setting(now, host, "temp_riakcs_proxy_port"));
    }
}
