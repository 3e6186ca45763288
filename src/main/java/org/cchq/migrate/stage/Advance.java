package org.cchq.migrate.stage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.apply.HostDifference;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.render.HostFiles.Purpose;
import org.jspecify.annotations.Nullable;

/**
 * Brings an environment to its next stage, or back to the one before: looks where it is, asks the gates, shows what will
 * change, asks the operator, and goes step by step. It remembers nothing: after a kill, files and hosts tell where it was.
 */
public final class Advance {
    /** How it ended. */
    public enum Outcome {
        /** The stage is reached. */
        DONE,
        /** There is nothing to do, or no way. */
        NOTHING,
        /** A gate is shut. Nothing was changed. */
        SHUT,
        /** The operator said no. Nothing was changed. */
        DECLINED,
        /** Only shown. */
        SHOWN
    }

    private final OneLook ground;
    private final AdvanceView view;
    private final MoveOptions options;

    public Advance(Ground ground, AdvanceView view, MoveOptions options) {
        this.ground = new OneLook(ground);
        this.view = view;
        this.options = options;
    }

    /** To the next stage. */
    public Outcome forward() throws UserException, EndpointException, InterruptedException {
        return go(next(), "advance");
    }

    /** To the stage before. */
    public Outcome backward() throws UserException, EndpointException, InterruptedException {
        return go(previous(), "back");
    }

    /** The way ahead, for plan and status; empty at its end. */
    Optional<Move> next() throws UserException, EndpointException, InterruptedException {
        FileStage at = FileStage.of(ground.environment());
        Stage stage = at.require();
        Profile profile = at.profile();
        Steps steps = new Steps(ground, profile);
        Gates gates = new Gates(ground, profile, options);
        return switch (stage) {
            case BEFORE -> Optional.of(toDual(stage));
            case DUAL -> {
                if (!settled()) {
                    yield Optional.of(new Move(Stage.BEFORE, Stage.DUAL, true, List.of(), steps.toDual(options)));
                }
                boolean external = profile == Profile.EXTERNAL;
                Stage to = external ? Stage.FINAL : Stage.TEMP_FLIP;
                List<Step> coming = external ? steps.toFinal(behindProxy()) : steps.toTempFlip();
                List<Gate> shown = new ArrayList<>(gates.toNewStoreOnly(external));
                shown.add(gates.settings(to, () -> edited(coming)));
                yield Optional.of(new Move(Stage.DUAL, to, false, shown, coming));
            }
            case FLIPPING -> Optional.of(new Move(Stage.DUAL, Stage.TEMP_FLIP, true, List.of(), steps.toTempFlip()));
            case TEMP_FLIP ->
                Optional.of(
                        settled() && !newHostsLeft()
                                ? new Move(Stage.TEMP_FLIP, Stage.FINAL, false, gates.toFinal(), steps.toFinal(true))
                                : new Move(Stage.DUAL, Stage.TEMP_FLIP, true, List.of(), steps.toTempFlip()));
            case FINAL -> {
                if (settled() && !(profile == Profile.EXTERNAL && clusterBehindProxy())) {
                    boolean anotherOne = options.newStore().isPresent()
                            || !options.newHosts().isEmpty();
                    yield anotherOne ? Optional.of(toDual(stage)) : Optional.empty();
                }
                yield Optional.of(new Move(
                        profile == Profile.EXTERNAL ? Stage.DUAL : Stage.TEMP_FLIP,
                        Stage.FINAL,
                        true,
                        List.of(),
                        steps.toFinal(behindProxy())));
            }
        };
    }

    /** The way back; empty at its beginning. */
    Optional<Move> previous() throws UserException, EndpointException, InterruptedException {
        FileStage at = FileStage.of(ground.environment());
        Profile profile = at.profile();
        Steps steps = new Steps(ground, profile);
        Gates gates = new Gates(ground, profile, options);
        return switch (at.require()) {
            case BEFORE ->
                settled() && !addedHostsLeft() ? Optional.empty() : Optional.of(toBefore(profile, steps, true));
            case DUAL ->
                Optional.of(onTheWayToDual() ? backToDual(steps, gates, true) : toBefore(profile, steps, false));
            case FLIPPING -> Optional.of(backToDual(steps, gates, true));
            case TEMP_FLIP -> Optional.of(backToDual(steps, gates, false));
            case FINAL ->
                throw new UserException("there is no way back from final: the old store gets no writes any more,"
                        + " and nobody reads it. To move to that store, begin a new migration");
        };
    }

    private Move toBefore(Profile profile, Steps steps, boolean begun)
            throws UserException, EndpointException, InterruptedException {
        List<Step> coming = steps.backToBefore(addedHostsLeft());
        // The keys are asked for each time: with wrong ones the site would lose its store.
        List<Gate> gates = new Gates(ground, profile, options).backToBefore(edited(coming.subList(0, 1)), !begun);
        return new Move(Stage.DUAL, Stage.BEFORE, begun, gates, coming);
    }

    private Move backToDual(Steps steps, Gates gates, boolean begun)
            throws UserException, EndpointException, InterruptedException {
        List<Step> coming = steps.backToDual();
        return new Move(Stage.TEMP_FLIP, Stage.DUAL, begun, gates.backToDual(edited(coming.subList(0, 2))), coming);
    }

    private Outcome go(Optional<Move> found, String word)
            throws UserException, EndpointException, InterruptedException {
        if (found.isEmpty()) {
            view.said(ground.environment().name() + " is at "
                    + FileStage.of(ground.environment()).require() + ", and so are its hosts: nothing to do");
            return Outcome.NOTHING;
        }
        Move move = found.get();
        view.said((move.begun() ? "going on from " : "from ") + move.from() + " to " + move.to());
        view.gates(move.gates());
        if (options.check()) {
            show(move);
            return move.shut().isEmpty() ? Outcome.SHOWN : Outcome.SHUT;
        }
        if (!move.shut().isEmpty()) {
            return Outcome.SHUT;
        }
        show(move);
        if (!options.quiet() && !view.confirm("Do you want to apply these changes?")) {
            return Outcome.DECLINED;
        }
        recordAcceptance(move);
        perform(move, word);
        view.said(ground.environment().name() + " is at " + move.to());
        return Outcome.DONE;
    }

    /** Every step with what it would change, each on the environment as the steps before it leave it. */
    private void show(Move move) throws UserException, EndpointException, InterruptedException {
        Environment then = ground.environment();
        int number = 0;
        boolean settingsChange = false;
        for (Step step : move.steps()) {
            boolean done = step.done(then) && !(settingsChange && step instanceof RestartStep);
            settingsChange |= !done && step instanceof DeployStep deploy && deploy.purpose() == Purpose.LOCALSETTINGS;
            view.coming(++number, move.steps().size(), step.title(), done, done ? List.of() : step.preview(then));
            then = done ? then : step.after(then);
        }
    }

    /** What would be done next, and what stands in the way: for plan and status. */
    public record Ahead(Stage from, Stage to, boolean begun, List<Gate> gates, List<String> steps) {
        public Ahead {
            gates = List.copyOf(gates);
            steps = List.copyOf(steps);
        }

        /** For a program. */
        public Map<String, @Nullable Object> fields() {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("from", from.word());
            fields.put("to", to.word());
            fields.put("begun", begun);
            fields.put("gates", gates.stream().map(Gate::fields).toList());
            fields.put("steps", steps);
            return fields;
        }
    }

    /** The way ahead; changes nothing. Empty at the end. */
    public Optional<Ahead> ahead() throws UserException, EndpointException, InterruptedException {
        Optional<Move> found = next();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Move move = found.get();
        List<String> steps = new ArrayList<>();
        for (Step step : move.steps()) {
            steps.add(step.title());
        }
        return Optional.of(new Ahead(move.from(), move.to(), move.begun(), move.gates(), steps));
    }

    private void perform(Move move, String word) throws UserException, EndpointException, InterruptedException {
        String way = word + " blobs: " + move.from() + " to " + move.to();
        int number = 0;
        for (Step step : move.steps()) {
            number++;
            view.step(number, move.steps().size(), step.title());
            ground.again();
            ground.at("before step " + number);
            if (step.done(ground.environment())) {
                view.said("already so");
                continue;
            }
            String what = way + ", step " + number + ": " + step.title();
            try {
                step.perform(ground.environment()).forEach(view::said);
            } catch (UserException | EndpointException e) {
                ground.note(what, "", "refused");
                throw e;
            }
            ground.note(what, "", "done");
            ground.at("after step " + number);
        }
        ground.note(way, "", "done");
    }

    private void recordAcceptance(Move move) throws UserException {
        boolean asked = move.gates().stream().anyMatch(Gate::onAcceptance);
        if (options.accepted().isEmpty() || !asked) {
            return;
        }
        Environment now = ground.environment();
        Acceptance acceptance = options.accepted().get().by(ground.operator(), ground.now());
        MigrationRecord record = BlobFacts.of(now)
                .record()
                .orElse(MigrationRecord.of(FileStage.of(now).profile()))
                .with(acceptance);
        ground.replace(new FileEdit(
                "accepted",
                MigrationRecord.FILE,
                now.fileText(MigrationRecord.FILE).orElse(""),
                record.write()));
        ground.note(
                "accepted " + acceptance.blobs() + " missing blobs, " + acceptance.file() + " sha256 "
                        + acceptance.sha256(),
                "",
                "recorded");
    }

    /** The environment as the edits among the steps leave it. */
    private Environment edited(List<Step> steps) throws UserException, EndpointException, InterruptedException {
        Environment then = ground.environment();
        for (Step step : steps) {
            if (step instanceof EditStep && !step.done(then)) {
                then = step.after(then);
            }
        }
        return then;
    }

    /** Every host has what the files say, no process is older than its settings, and no way was left half gone. */
    private boolean settled() throws UserException, EndpointException, InterruptedException {
        Environment now = ground.environment();
        BlobFacts facts = BlobFacts.of(now);
        boolean halfWay = facts.record().isPresent()
                && !facts.record().get().edits().isEmpty()
                && !facts.record().get().proven().equals(FileStage.of(facts).stage());
        return !halfWay
                && (!behindProxy() || new DeployStep(ground, Purpose.PROXY, "").done(now))
                && new DeployStep(ground, Purpose.LOCALSETTINGS, "").done(now)
                && new RestartStep(ground).done(now);
    }

    /**
     * A way back was cut off: the site has been at dual before, and is not proven to be there again; or, where nothing was
     * recorded, the proxy still leads to the new cluster on both ports.
     */
    private boolean onTheWayToDual() throws UserException, InterruptedException {
        Environment now = ground.environment();
        BlobFacts facts = BlobFacts.of(now);
        if (facts.record()
                .filter(record -> record.dualSince().isPresent()
                        && record.proven().filter(Stage.DUAL::equals).isEmpty())
                .isPresent()) {
            return true;
        }
        if (FileStage.of(facts).profile() == Profile.EXTERNAL
                || ground.compare(now, Purpose.PROXY).stream().allMatch(HostDifference::none)) {
            return false;
        }
        FileEdit flip = new BlobEdits(now).flipHosts();
        Environment flipping = now.withFiles(Map.of(flip.file(), flip.is()));
        return ground.compare(flipping, Purpose.PROXY).stream().anyMatch(HostDifference::none);
    }

    private boolean addedHostsLeft() throws UserException {
        return newHostsLeft()
                && BlobFacts.of(ground.environment())
                        .record()
                        .flatMap(record -> record.edit(BlobEdits.NEW_HOSTS))
                        .isPresent();
    }

    private boolean newHostsLeft() throws UserException {
        return !ground.environment().inventory().groupHosts("riakcs_new").isEmpty();
    }

    private boolean clusterBehindProxy() {
        List<String> groups = new ArrayList<>(StoreGroup.names());
        return groups.stream()
                .anyMatch(group ->
                        !ground.environment().inventory().groupHosts(group).isEmpty());
    }

    /** The proxy has to do with the migration: a cluster is behind it, or was until its groups were removed. */
    private boolean behindProxy() throws UserException {
        return clusterBehindProxy()
                || BlobFacts.of(ground.environment())
                        .record()
                        .flatMap(record -> record.edit(BlobEdits.DROP_CLUSTER))
                        .isPresent();
    }

    /** From a site that knows one store, to the new one that the operator names or has prepared. */
    private Move toDual(Stage from) throws UserException, EndpointException, InterruptedException {
        Environment now = ground.environment();
        List<String> prepared = now.inventory().groupHosts("riakcs_new");
        List<String> named = options.newHosts().stream().map(NewHost::address).toList();
        Profile profile = options.newStore().isPresent() ? Profile.EXTERNAL : Profile.CLUSTER;
        boolean store = options.newStore().isPresent();
        if (!store && prepared.isEmpty() && named.isEmpty()) {
            throw new UserException("where to? Name the hosts of the new cluster with --new-hosts, or add them as"
                    + " [riakcs_new] to the inventory; or name a store with --new-url and --new-bucket");
        }
        if (store && (!prepared.isEmpty() || !named.isEmpty())) {
            throw new UserException("to a cluster or to a named store? "
                    + (named.isEmpty() ? "The inventory has riakcs_new: remove it" : "Leave --new-hosts out")
                    + ", or leave --new-url and --new-bucket out");
        }
        if (!prepared.isEmpty() && !named.isEmpty() && !prepared.equals(named)) {
            throw new UserException("riakcs_new is in the inventory with other hosts (" + String.join(", ", prepared)
                    + "); leave --new-hosts out, or correct the inventory");
        }
        List<Step> coming = new Steps(ground, profile).toDual(options);
        List<Gate> gates = new Gates(ground, profile, options).toDual(edited(coming));
        return new Move(from, Stage.DUAL, false, gates, coming);
    }
}
