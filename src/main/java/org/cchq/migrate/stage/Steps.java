package org.cchq.migrate.stage;

import java.util.ArrayList;
import java.util.List;
import org.cchq.migrate.render.HostFiles.Purpose;

/**
 * The steps of each way. On the way to dual and temp-flip the proxy changes before the site is told, on the way back and to
 * the final stage after; so a port leads somewhere before anybody is sent there.
 */
final class Steps {
    private final Ground ground;
    private final Profile profile;

    Steps(Ground ground, Profile profile) {
        this.ground = ground;
        this.profile = profile;
    }

    List<Step> toDual(MoveOptions options) {
        List<Step> steps = new ArrayList<>();
        if (profile == Profile.EXTERNAL) {
            steps.add(edit(
                    "name both stores in public.yml, and set MIGRATING",
                    facts -> facts.flag(BlobFacts.MIGRATING),
                    edits -> {
                        MoveOptions.NamedStore store = options.newStore().orElseThrow();
                        return edits.newStore(store.url(), store.bucket(), store.signature());
                    }));
            steps.add(prove(Stage.DUAL));
        } else {
            if (!options.newHosts().isEmpty()) {
                steps.add(edit(
                        "add riakcs_new to the inventory",
                        facts -> !facts.hosts("riakcs_new").isEmpty(),
                        edits -> edits.newHosts(options.newHosts(), options.newStanchion())));
            }
            steps.add(edit(
                    "set MIGRATING in public.yml", facts -> facts.flag(BlobFacts.MIGRATING), BlobEdits::migrating));
            steps.add(proxy("deploy the proxy: the second port leads to the new cluster"));
            steps.add(prove(Stage.DUAL));
        }
        steps.addAll(site("the site reads both stores", Stage.DUAL));
        steps.add(proven(Stage.DUAL));
        return steps;
    }

    List<Step> toTempFlip() {
        List<Step> steps = new ArrayList<>();
        steps.add(edit(
                "move the hosts of riakcs_new to riakcs in the inventory",
                facts -> !facts.flag(BlobFacts.MIGRATING)
                        || FileStage.of(facts)
                                .stage()
                                .filter(Stage.FLIPPING::equals)
                                .isPresent(),
                BlobEdits::flipHosts));
        steps.add(proxy("deploy the proxy: both ports lead to the new cluster"));
        steps.add(prove(Stage.FLIPPING));
        steps.add(edit(
                "set TEMP_RIAKCS_PROXY in place of MIGRATING in public.yml",
                facts -> facts.flag(BlobFacts.TEMPORARY),
                BlobEdits::temporary));
        steps.addAll(site("the site knows the new cluster only", Stage.TEMP_FLIP));
        steps.add(edit(
                "remove riakcs_new from the inventory",
                facts -> facts.hosts("riakcs_new").isEmpty()
                        && facts.hosts("stanchion_new").isEmpty(),
                BlobEdits::dropNewHosts));
        steps.add(proven(Stage.TEMP_FLIP));
        return steps;
    }

    List<Step> toFinal(boolean clusterBehindProxy) {
        List<Step> steps = new ArrayList<>();
        if (profile == Profile.CLUSTER) {
            steps.add(edit(
                    "remove TEMP_RIAKCS_PROXY from public.yml",
                    facts -> !facts.flag(BlobFacts.TEMPORARY),
                    BlobEdits::withoutTemporary));
            steps.add(proxy("deploy the proxy: the second port goes"));
            steps.add(prove(Stage.FINAL));
            steps.add(proven(Stage.FINAL));
            return steps;
        }
        steps.add(edit(
                "remove MIGRATING and the old store from public.yml",
                facts -> !facts.flag(BlobFacts.MIGRATING),
                BlobEdits::withoutOldStore));
        steps.addAll(site("the site knows the new store only", Stage.FINAL));
        if (clusterBehindProxy) {
            steps.add(edit(
                    "remove the old cluster's groups from the inventory",
                    facts -> StoreGroup.names().stream()
                            .allMatch(group -> facts.hosts(group).isEmpty()),
                    BlobEdits::dropCluster));
            steps.add(proxy("deploy the proxy: the old cluster's port goes"));
        }
        steps.add(proven(Stage.FINAL));
        return steps;
    }

    List<Step> backToBefore(boolean removeNewHosts) {
        List<Step> steps = new ArrayList<>();
        boolean external = profile == Profile.EXTERNAL;
        steps.add(edit(
                external ? "name the old store alone in public.yml" : "remove MIGRATING from public.yml",
                facts -> !facts.flag(BlobFacts.MIGRATING),
                external ? BlobEdits::oldStoreAgain : BlobEdits::notMigrating));
        steps.add(settings("the site knows the old store only"));
        steps.add(new RestartStep(ground));
        if (external) {
            steps.add(readBack(Stage.BEFORE));
            steps.add(proven(Stage.BEFORE));
            return steps;
        }
        if (removeNewHosts) {
            steps.add(edit(
                    "remove riakcs_new from the inventory",
                    facts -> facts.hosts("riakcs_new").isEmpty(),
                    BlobEdits::withoutNewHosts));
        }
        steps.add(proxy("deploy the proxy: the second port goes"));
        steps.add(readBack(Stage.BEFORE));
        steps.add(proven(Stage.BEFORE));
        return steps;
    }

    List<Step> backToDual() {
        List<Step> steps = new ArrayList<>();
        steps.add(edit(
                "put the hosts of riakcs into riakcs_new again in the inventory",
                facts -> !facts.hosts("riakcs_new").isEmpty(),
                BlobEdits::newHostsAgain));
        steps.add(edit(
                "set MIGRATING in place of TEMP_RIAKCS_PROXY in public.yml",
                facts -> facts.flag(BlobFacts.MIGRATING),
                BlobEdits::migratingAgain));
        steps.add(settings("the site reads both ports, which lead to the new cluster"));
        steps.add(new RestartStep(ground));
        steps.add(edit(
                "put the old hosts back into riakcs in the inventory",
                facts -> FileStage.of(facts).stage().filter(Stage.DUAL::equals).isPresent(),
                BlobEdits::flipHostsBack));
        steps.add(proxy("deploy the proxy: the first port leads to the old cluster"));
        steps.add(readBack(Stage.DUAL));
        steps.add(proven(Stage.DUAL));
        return steps;
    }

    private List<Step> site(String what, Stage stage) {
        return List.of(settings(what), new RestartStep(ground), readBack(stage));
    }

    private Step edit(String title, java.util.function.Predicate<BlobFacts> done, EditStep.Maker maker) {
        return new EditStep(ground, profile, title, done, maker);
    }

    private Step proxy(String title) {
        return new DeployStep(ground, Purpose.PROXY, title);
    }

    private Step settings(String what) {
        return new DeployStep(ground, Purpose.LOCALSETTINGS, "deploy localsettings.py: " + what);
    }

    private Step prove(Stage stage) {
        return new ProveStep(ground, profile, stage, false);
    }

    private Step proven(Stage stage) {
        return new ProvenStep(ground, profile, stage);
    }

    private Step readBack(Stage stage) {
        return new ProveStep(ground, profile, stage, true);
    }
}
