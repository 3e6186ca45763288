package org.cchq.migrate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.cchq.migrate.migration.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PipelineTest {
    @TempDir
    Path directory;

    private Runs runs;
    private World world;

    @BeforeEach
    void start() {
        runs = new Runs(directory);
        world = World.of(3, 40);
    }

    @Test
    void copiesEverythingOnce() throws Exception {
        PassResult result = runs.run(new FakeWork(world));

        assertThat(result.end()).isEqualTo(PassResult.End.COMPLETE);
        assertThat(result.pass().enumerated()).isEqualTo(120);
        assertThat(result.pass().outcomes()).containsOnlyKeys(Outcome.COPIED).containsEntry(Outcome.COPIED, 120L);
        assertThat(result.pass().bytes()).isEqualTo(120 * FakeWork.BYTES);
        assertThat(result.session()).isEqualTo(result.pass());
        assertThat(runs.progress.snapshot().pass()).isEqualTo(result.pass());
        assertThat(world.target).isEqualTo(world.source);
    }

    @Test
    void aCompletePassIsFollowedByAnotherOverEverything() throws Exception {
        runs.run(new FakeWork(world));

        PassResult second = runs.run(new FakeWork(world));

        assertThat(second.number()).isEqualTo(2);
        assertThat(second.pass().of(Outcome.ALREADY_THERE)).isEqualTo(120);
    }
}
