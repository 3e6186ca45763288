package org.cchq.migrate.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.inventory.InventoryFiles;
import org.cchq.migrate.testing.Samples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStageTest {
    private static final String OLD = "[riakcs]\nold\n";
    private static final String NEW = "[riakcs]\nnew\n";
    private static final String COMING = "[riakcs_new]\nnew\n";
    private static final String PLAIN = "localsettings: {}\n";
    private static final String MIGRATING = "localsettings:\n  BLOB_DB_MIGRATING_FROM_S3_TO_S3: True\n";
    private static final String TEMPORARY = "localsettings:\n  TEMP_RIAKCS_PROXY: True\n";
    private static final MigrationRecord RECORD = MigrationRecord.of(Profile.CLUSTER)
            .withHosts(Map.of("riakcs", List.of("old")), Map.of("riakcs", List.of("new")));

    @TempDir
    Path directory;

    @Test
    void everyStateOfTheProcedureIsAStage() throws Exception {
        assertThat(stage(OLD, PLAIN)).contains(Stage.BEFORE);
        assertThat(stage(OLD + COMING, PLAIN)).contains(Stage.BEFORE);
        assertThat(stage(OLD + COMING, MIGRATING)).contains(Stage.DUAL);
        assertThat(stage(NEW + COMING, MIGRATING)).contains(Stage.FLIPPING);
        assertThat(stage(NEW + COMING, TEMPORARY)).contains(Stage.TEMP_FLIP);
        assertThat(stage(NEW, TEMPORARY)).contains(Stage.TEMP_FLIP);
        assertThat(of(NEW, PLAIN, Optional.of(RECORD)).stage()).contains(Stage.FINAL);
        assertThat(of(OLD, PLAIN, Optional.of(RECORD)).stage()).contains(Stage.BEFORE);
    }

    @Test
    void aMigrationThatIsOverLooksLikeBeforeWithoutItsRecord() throws Exception {
        assertThat(stage(NEW, PLAIN)).contains(Stage.BEFORE);
    }

    @Test
    void whatIsNoStageIsExplained() throws Exception {
        assertThat(why(OLD, MIGRATING)).contains("no riakcs_new");
        assertThat(why(OLD + COMING, TEMPORARY)).contains("riakcs still holds the old hosts");
        assertThat(of(OLD, TEMPORARY, Optional.of(RECORD)).explanation()).contains("riakcs still holds the old hosts");
        assertThat(why(NEW + COMING, PLAIN)).contains("same hosts");
        assertThat(why("[riakcs]\nold\nnew\n" + COMING, MIGRATING)).contains("share some hosts (new)");
        assertThat(why(
                        OLD + COMING,
                        "localsettings:\n  TEMP_RIAKCS_PROXY: True\n  BLOB_DB_MIGRATING_FROM_S3_TO_S3: True\n"))
                .contains("both set");
    }

    @Test
    void aNamedStoreHasThreeStages() throws Exception {
        String named = "s3_blob_db_url: https://new\ns3_blob_db_s3_bucket: b\n";
        MigrationRecord record = MigrationRecord.of(Profile.EXTERNAL)
                .withStores(new StoreAddress("", ""), new StoreAddress("'https://new'", "b"));
        FileStage dual = of(OLD, named + MIGRATING, Optional.empty());
        assertThat(dual.profile()).isEqualTo(Profile.EXTERNAL);
        assertThat(dual.stage()).contains(Stage.DUAL);
        assertThat(of(OLD, named, Optional.of(record)).stage()).contains(Stage.FINAL);
        assertThat(of("[web]\nw\n", named, Optional.empty()).stage()).contains(Stage.BEFORE);
        assertThat(of("[web]\nw\n", named + TEMPORARY, Optional.empty()).explanation())
                .contains("cluster");
        assertThat(of("[web]\nw\n", MIGRATING, Optional.empty()).explanation()).contains("no new store is named");
    }

    @Test
    void theCommitsOf2018AreDualTempFlipAndAfter() throws Exception {
        Path samples = Samples.directory().resolve("production-2018");
        assertThat(stage(samples.resolve("2-dual"))).contains(Stage.DUAL);
        assertThat(stage(samples.resolve("4-temp-flip"))).contains(Stage.TEMP_FLIP);
        assertThat(stage(samples.resolve("5-final"))).contains(Stage.BEFORE);
    }

    @Test
    void theRecordIsReadAsItWasWritten() throws Exception {
        MigrationRecord record = RECORD.with(MadeEdit.of("flip-hosts", "inventory.ini", OLD + "[x]\n\"a\\b\"\n", NEW))
                .with(new Acceptance("2026-01-02T03:04:05Z", "ann", 3, "ab", "missing: \"1\".txt"))
                .with(new MadeEdit("nothing", "public.yml", List.of()));
        MigrationRecord read = MigrationRecord.read(record.write(), "migrations/blobs.yml");
        assertThat(read.write()).isEqualTo(record.write());
        assertThat(read.accepted()).isEqualTo(record.accepted());
        assertThat(read.edit("flip-hosts").orElseThrow().undo("# c\n" + NEW))
                .contains("# c\n" + OLD + "[x]\n\"a\\b\"\n");
    }

    @Test
    void aRecordWithSlipsIsRefusedWithAllOfThem() {
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> MigrationRecord.read(
                        "profile: clustr\nold: {riakcs: 1}\nnew: {}\nedit: []\naccepted: [{blobs: x}]\n", "blobs.yml")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("cluster or external")
                .hasMessageContaining("'old.riakcs' must be a list")
                .hasMessageContaining("unknown key 'edit'; did you mean 'edits'?")
                .hasMessageContaining("'accepted.blobs' must be a number");
    }

    private Optional<Stage> stage(Path sample) throws IOException, UserException {
        return of(
                        Files.readString(sample.resolve("inventory.ini")),
                        Files.readString(sample.resolve("public.yml")),
                        Optional.empty())
                .stage();
    }

    private Optional<Stage> stage(String inventory, String publicText) throws IOException, UserException {
        return of(inventory, publicText, Optional.empty()).stage();
    }

    private String why(String inventory, String publicText) throws IOException, UserException {
        FileStage stage = of(inventory, publicText, Optional.empty());
        assertThat(stage.stage()).isEmpty();
        return stage.explanation();
    }

    private FileStage of(String inventory, String publicText, Optional<MigrationRecord> record)
            throws IOException, UserException {
        Files.writeString(directory.resolve("inventory.ini"), inventory);
        Problems problems = new Problems();
        var read = InventoryFiles.read(directory, "environments/e", problems);
        problems.throwIfAny();
        return FileStage.of(BlobFacts.of(read, publicText, record.map(MigrationRecord::write), "e/"));
    }
}
