package org.cchq.migrate.stage;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;

/**
 * The edits between the stages, each of one file, each leaving a stage behind. What a file says after an edit is compared
 * with what it said before: it must differ in what is intended and in nothing else. The way back takes the recorded lines
 * where they still fit, so that the file gets its old bytes.
 */
final class BlobEdits {
    static final String NEW_HOSTS = "new-hosts";
    static final String MIGRATING = "migrating";
    static final String FLIP_HOSTS = "flip-hosts";
    static final String TEMPORARY = "temporary-proxy";
    static final String DROP_NEW_HOSTS = "drop-new-hosts";
    static final String FINAL = "final";
    static final String NEW_STORE = "new-store";
    static final String DROP_CLUSTER = "drop-cluster";

    private static final String PUBLIC = "public.yml";

    private final Environment environment;
    private final BlobFacts facts;
    private final String shown;

    BlobEdits(Environment environment) throws UserException {
        this.environment = environment;
        this.facts = BlobFacts.of(environment);
        this.shown = "environments/" + environment.name() + "/";
    }

    /** Adds riakcs_new, and stanchion_new if there are hosts for it. */
    FileEdit newHosts(List<NewHost> riakcs, List<NewHost> stanchion) throws UserException {
        Map<String, List<String>> intended = new LinkedHashMap<>();
        intended.put("riakcs_new", riakcs.stream().map(NewHost::address).toList());
        if (!stanchion.isEmpty()) {
            intended.put(
                    "stanchion_new", stanchion.stream().map(NewHost::address).toList());
        }
        return inventory(NEW_HOSTS, intended, edit -> {
            edit.addGroup("riakcs_new", "riakcs", riakcs);
            if (!stanchion.isEmpty()) {
                edit.addGroup("stanchion_new", "stanchion", stanchion);
            }
        });
    }

    /** Takes riakcs_new away again. */
    FileEdit withoutNewHosts() throws UserException {
        Map<String, List<String>> intended = new LinkedHashMap<>();
        for (StoreGroup group : StoreGroup.values()) {
            intended.put(group.coming(), List.of());
        }
        return back(NEW_HOSTS, intended)
                .orElseThrow(() -> new UserException("riakcs_new is not as it was added; remove it by hand"));
    }

    FileEdit migrating() throws UserException {
        return flags(MIGRATING, List.of(BlobFacts.MIGRATING), List.of());
    }

    FileEdit notMigrating() throws UserException {
        Optional<FileEdit> recorded = publicBack(MIGRATING, List.of(), List.of(BlobFacts.MIGRATING));
        return recorded.isPresent() ? recorded.get() : flags(MIGRATING, List.of(), List.of(BlobFacts.MIGRATING));
    }

    /** Gives riakcs the hosts of riakcs_new, which keeps them; stanchion likewise. */
    FileEdit flipHosts() throws UserException {
        Map<String, List<String>> intended = new LinkedHashMap<>();
        for (StoreGroup group : StoreGroup.values()) {
            if (!facts.hosts(group.coming()).isEmpty()) {
                intended.put(group.current(), facts.hosts(group.coming()));
            }
        }
        return inventory(FLIP_HOSTS, intended, edit -> {
            for (String current : intended.keySet()) {
                edit.copyGroup(current + "_new", current);
            }
        });
    }

    /** Gives riakcs its old hosts back, which only migrations/blobs.yml knows. */
    FileEdit flipHostsBack() throws UserException {
        Map<String, List<String>> intended = new LinkedHashMap<>();
        Map<String, List<String>> old =
                facts.record().map(MigrationRecord::oldHosts).orElse(Map.of());
        for (StoreGroup group : StoreGroup.values()) {
            if (old.containsKey(group.current())) {
                intended.put(group.current(), old.getOrDefault(group.current(), List.of()));
            }
        }
        return back(FLIP_HOSTS, intended)
                .orElseThrow(() -> new UserException("the old hosts of riakcs are not known here: " + shown
                        + MigrationRecord.FILE
                        + " does not have the lines, or they have changed since. Put the old hosts"
                        + " into [riakcs] by hand, as version control has them, and leave the new ones in [riakcs_new];"
                        + " the same command goes on from there"));
    }

    FileEdit temporary() throws UserException {
        return flags(TEMPORARY, List.of(BlobFacts.TEMPORARY), List.of(BlobFacts.MIGRATING));
    }

    FileEdit migratingAgain() throws UserException {
        Optional<FileEdit> recorded = publicBack(TEMPORARY, List.of(BlobFacts.MIGRATING), List.of(BlobFacts.TEMPORARY));
        return recorded.isPresent()
                ? recorded.get()
                : flags(TEMPORARY, List.of(BlobFacts.MIGRATING), List.of(BlobFacts.TEMPORARY));
    }

    FileEdit dropNewHosts() throws UserException {
        Map<String, List<String>> intended = new LinkedHashMap<>();
        for (StoreGroup group : StoreGroup.values()) {
            if (facts.inventory().groups().containsKey(group.coming())) {
                intended.put(group.coming(), List.of());
            }
        }
        return inventory(DROP_NEW_HOSTS, intended, edit -> {
            for (String coming : intended.keySet()) {
                edit.removeGroup(coming);
            }
        });
    }

    /** Gives riakcs_new the hosts that are in riakcs. */
    FileEdit newHostsAgain() throws UserException {
        Map<String, List<String>> intended = new LinkedHashMap<>();
        intended.put("riakcs_new", facts.hosts("riakcs"));
        boolean stanchion = facts.record()
                .map(record ->
                        !record.newHosts().getOrDefault("stanchion", List.of()).isEmpty())
                .orElse(false);
        if (stanchion) {
            intended.put("stanchion_new", facts.hosts("stanchion"));
        }
        Optional<FileEdit> recorded = back(DROP_NEW_HOSTS, intended);
        return recorded.isPresent()
                ? recorded.get()
                : inventory(DROP_NEW_HOSTS, intended, edit -> {
                    for (String coming : intended.keySet()) {
                        edit.copyGroup(coming.replace("_new", ""), coming);
                    }
                });
    }

    FileEdit withoutTemporary() throws UserException {
        return flags(FINAL, List.of(), List.of(BlobFacts.TEMPORARY));
    }

    /**
     * Names the new store, and the old one where it was named so far, and sets MIGRATING.
     *
     * @param signature s3 or s3v4; empty to leave it as it is
     */
    FileEdit newStore(String url, String bucket, Optional<String> signature) throws UserException {
        String was = publicText();
        PublicEdit edit = new PublicEdit(was, shown + PUBLIC);
        Map<String, Object> intended = new LinkedHashMap<>();
        if (facts.namesStore()) {
            StoreAddress old = StoreAddress.current(edit);
            set(edit, intended, "old_s3_blob_db_url", old.url(), facts.text("s3_blob_db_url"));
            set(edit, intended, "old_s3_blob_db_s3_bucket", old.bucket(), facts.text("s3_blob_db_s3_bucket"));
        } else {
            set(edit, intended, "s3_blob_db_enabled", "yes", Optional.of(true));
        }
        set(edit, intended, "s3_blob_db_url", url, Optional.of(url));
        set(edit, intended, "s3_blob_db_s3_bucket", bucket, Optional.of(bucket));
        if (signature.isPresent()) {
            set(edit, intended, "s3_signature_version", signature.get(), Optional.of(signature.get()));
        }
        edit.putFlag(BlobFacts.MIGRATING);
        intended.put("localsettings." + BlobFacts.MIGRATING, true);
        return checked(NEW_STORE, was, edit.text(), intended);
    }

    private static void set(
            PublicEdit edit, Map<String, Object> intended, String key, String written, Optional<?> value)
            throws UserException {
        if (value.isPresent()) {
            edit.putTop(key, written);
            intended.put(key, value.get());
        }
    }

    /** Names the old store alone, as before {@link #newStore}. */
    FileEdit oldStoreAgain() throws UserException {
        Optional<MadeEdit> made = facts.record().flatMap(record -> record.edit(NEW_STORE));
        Optional<String> undone = made.flatMap(edit -> edit.undo(text(edit.file())));
        if (undone.isEmpty()) {
            throw new UserException(shown + PUBLIC + ": what named the old store is not known here: " + shown
                    + MigrationRecord.FILE
                    + " does not have the lines, or they have changed since. Put them back by hand,"
                    + " as version control has them; the same command goes on from there");
        }
        return new FileEdit(NEW_STORE, PUBLIC, publicText(), undone.get());
    }

    /** Forgets the old store. */
    FileEdit withoutOldStore() throws UserException {
        String was = publicText();
        PublicEdit edit = new PublicEdit(was, shown + PUBLIC).removeFlag(BlobFacts.MIGRATING);
        Map<String, Object> intended = new LinkedHashMap<>();
        intended.put("localsettings." + BlobFacts.MIGRATING, EditCheck.GONE);
        for (String key : facts.top().keySet()) {
            if (key.startsWith("old_s3_blob_db_") && !key.endsWith("_key")) {
                edit.removeTop(key);
                intended.put(key, EditCheck.GONE);
            }
        }
        return checked(FINAL, was, edit.text(), intended);
    }

    /** Takes the old cluster's groups out of the inventory. */
    FileEdit dropCluster() throws UserException {
        Map<String, List<String>> intended = new LinkedHashMap<>();
        for (String group : StoreGroup.names()) {
            if (facts.inventory().groups().containsKey(group)) {
                intended.put(group, List.of());
            }
        }
        return inventory(DROP_CLUSTER, intended, edit -> {
            for (String group : intended.keySet()) {
                edit.removeGroup(group);
            }
        });
    }

    private FileEdit flags(String name, List<String> put, List<String> remove) throws UserException {
        String was = publicText();
        PublicEdit edit = new PublicEdit(was, shown + PUBLIC);
        Map<String, Object> intended = new LinkedHashMap<>();
        for (String flag : put) {
            edit.putFlag(flag);
            intended.put("localsettings." + flag, true);
        }
        for (String flag : remove) {
            edit.removeFlag(flag);
            intended.put("localsettings." + flag, EditCheck.GONE);
        }
        return checked(name, was, edit.text(), intended);
    }

    /** The recorded edit taken back; empty if it is not recorded, does not fit any more, or means something else now. */
    private Optional<FileEdit> publicBack(String name, List<String> put, List<String> remove) {
        Map<String, Object> intended = new LinkedHashMap<>();
        put.forEach(flag -> intended.put("localsettings." + flag, true));
        remove.forEach(flag -> intended.put("localsettings." + flag, EditCheck.GONE));
        Optional<String> undone = facts.record()
                .flatMap(record -> record.edit(name))
                .filter(edit -> edit.file().equals(PUBLIC))
                .flatMap(edit -> edit.undo(text(PUBLIC)));
        try {
            return undone.isEmpty()
                    ? Optional.empty()
                    : Optional.of(checked(name, publicText(), undone.get(), intended));
        } catch (UserException e) {
            return Optional.empty();
        }
    }

    private FileEdit checked(String name, String was, String is, Map<String, Object> intended) throws UserException {
        EditCheck.publicFile(was, is, intended, shown + PUBLIC);
        return new FileEdit(name, PUBLIC, was, is);
    }

    private FileEdit inventory(String name, Map<String, List<String>> intended, InventoryText.Change change)
            throws UserException {
        FileEdit edit = new InventoryText(environment).edit(name, change);
        check(edit, intended);
        return edit;
    }

    private Optional<FileEdit> back(String name, Map<String, List<String>> intended) throws UserException {
        Optional<MadeEdit> made = facts.record().flatMap(record -> record.edit(name));
        Optional<String> undone = made.flatMap(edit -> edit.undo(text(edit.file())));
        if (made.isEmpty() || undone.isEmpty()) {
            return Optional.empty();
        }
        FileEdit edit = new FileEdit(name, made.get().file(), text(made.get().file()), undone.get());
        check(edit, intended);
        return Optional.of(edit);
    }

    private void check(FileEdit edit, Map<String, List<String>> intended) throws UserException {
        EditCheck.inventory(
                environment.inventory(),
                environment.withFiles(Map.of(edit.file(), edit.is())).inventory(),
                intended,
                shown + edit.file());
    }

    private String publicText() {
        return text(PUBLIC);
    }

    private String text(String file) {
        try {
            return environment.fileText(file).orElse("");
        } catch (UserException e) {
            return "";
        }
    }
}
