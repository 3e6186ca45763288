package org.cchq.migrate.stage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;

/**
 * Edits one file of the environment. What it replaces is recorded in migrations/blobs.yml before, and that nothing is proven
 * of the new state after: a record of an edit that was not made does no harm.
 */
final class EditStep implements Step {
    /** Makes the edit of an environment. */
    interface Maker {
        FileEdit make(BlobEdits edits) throws UserException;
    }

    private final Ground ground;
    private final String title;
    private final Predicate<BlobFacts> done;
    private final Maker maker;
    private final Profile profile;

    EditStep(Ground ground, Profile profile, String title, Predicate<BlobFacts> done, Maker maker) {
        this.ground = ground;
        this.profile = profile;
        this.title = title;
        this.done = done;
        this.maker = maker;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public boolean done(Environment now) throws UserException {
        return done.test(BlobFacts.of(now));
    }

    @Override
    public List<String> preview(Environment now) throws UserException {
        return maker.make(new BlobEdits(now)).lines(ground.masking(now));
    }

    @Override
    public Environment after(Environment now) throws UserException {
        FileEdit edit = maker.make(new BlobEdits(now));
        return now.withFiles(Map.of(
                edit.file(),
                edit.is(),
                MigrationRecord.FILE,
                recorded(now, edit).underWay().write()));
    }

    @Override
    public List<String> perform(Environment now) throws UserException {
        FileEdit edit = maker.make(new BlobEdits(now));
        String was = now.fileText(MigrationRecord.FILE).orElse("");
        MigrationRecord record = recorded(now, edit);
        String is = record.write();
        if (!is.equals(was)) {
            ground.at("before the record of " + edit.name());
            ground.replace(new FileEdit("record", MigrationRecord.FILE, was, is));
        }
        ground.at("before edit " + edit.name());
        ground.replace(edit);
        ground.at("after edit " + edit.name());
        if (record.proven().isPresent()) {
            ground.replace(new FileEdit(
                    "record", MigrationRecord.FILE, is, record.underWay().write()));
        }
        return List.of(edit.file() + " is written");
    }

    private MigrationRecord recorded(Environment now, FileEdit edit) throws UserException {
        BlobFacts facts = BlobFacts.of(now);
        boolean first = FileStage.of(facts).stage().filter(Stage.FINAL::equals).isPresent() && begins(edit);
        MigrationRecord record = facts.record()
                .filter(known -> !first && known.profile() == profile)
                .orElse(MigrationRecord.of(profile));
        if (profile == Profile.CLUSTER) {
            record = withHosts(record, facts, BlobFacts.of(now.withFiles(Map.of(edit.file(), edit.is()))));
        } else if (edit.name().equals(BlobEdits.NEW_STORE)) {
            StoreAddress before = StoreAddress.current(new PublicEdit(edit.was(), edit.file()));
            StoreAddress after = StoreAddress.current(new PublicEdit(edit.is(), edit.file()));
            record = facts.flag(BlobFacts.MIGRATING) ? record : record.withStores(before, after);
        }
        boolean forward = record.edit(edit.name())
                .filter(made -> made.file().equals(edit.file()))
                .flatMap(made -> made.undo(edit.was()))
                .filter(undone -> undone.equals(edit.is()))
                .isEmpty();
        return forward ? record.with(MadeEdit.of(edit.name(), edit.file(), edit.was(), edit.is())) : record;
    }

    /** The first edit of a migration; after one that is over, it begins a new record. */
    private static boolean begins(FileEdit edit) {
        return List.of(BlobEdits.NEW_HOSTS, BlobEdits.NEW_STORE, BlobEdits.MIGRATING)
                .contains(edit.name());
    }

    /** Which hosts are the old ones and which the new is plain as long as riakcs and riakcs_new differ. */
    private static MigrationRecord withHosts(MigrationRecord record, BlobFacts before, BlobFacts after) {
        for (BlobFacts facts : List.of(before, after)) {
            List<String> current = facts.hosts("riakcs");
            List<String> coming = facts.hosts("riakcs_new");
            if (!coming.isEmpty() && !List.copyOf(current).equals(coming)) {
                return record.withHosts(hosts(facts, false), hosts(facts, true));
            }
        }
        return record;
    }

    private static Map<String, List<String>> hosts(BlobFacts facts, boolean coming) {
        Map<String, List<String>> hosts = new LinkedHashMap<>();
        for (StoreGroup group : StoreGroup.values()) {
            hosts.put(group.current(), new ArrayList<>(facts.hosts(coming ? group.coming() : group.current())));
        }
        return hosts;
    }
}
