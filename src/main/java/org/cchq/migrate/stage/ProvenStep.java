package org.cchq.migrate.stage;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;

/** Notes in migrations/blobs.yml that every host was read back at a stage: the end of each way. */
final class ProvenStep implements Step {
    private final Ground ground;
    private final Profile profile;
    private final Stage stage;

    ProvenStep(Ground ground, Profile profile, Stage stage) {
        this.ground = ground;
        this.profile = profile;
        this.stage = stage;
    }

    @Override
    public String title() {
        return "note in migrations/blobs.yml that every host is at " + stage;
    }

    @Override
    public boolean done(Environment now) throws UserException {
        Optional<MigrationRecord> record = BlobFacts.of(now).record();
        return record.isPresent() && record.get().proven().filter(stage::equals).isPresent();
    }

    @Override
    public List<String> preview(Environment now) {
        return List.of();
    }

    @Override
    public Environment after(Environment now) throws UserException {
        return now.withFiles(Map.of(MigrationRecord.FILE, text(now)));
    }

    @Override
    public List<String> perform(Environment now) throws UserException {
        String was = now.fileText(MigrationRecord.FILE).orElse("");
        ground.at("before noting " + stage);
        ground.replace(new FileEdit("proven", MigrationRecord.FILE, was, text(now)));
        ground.at("after noting " + stage);
        return List.of();
    }

    private String text(Environment now) throws UserException {
        return BlobFacts.of(now)
                .record()
                .orElse(MigrationRecord.of(profile))
                .provenAt(stage, ground.now())
                .write();
    }
}
