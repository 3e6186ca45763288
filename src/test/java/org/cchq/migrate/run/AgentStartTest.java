package org.cchq.migrate.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AgentStartTest {
    @Test
    void onlyCommandsThatHashNothingGoWithoutTheOptimisingCompiler() {
        assertThat(AgentStart.javaOptions(List.of("run_blob_migration", "migrate_backend")))
                .isEqualTo(AgentStart.JAVA_OPTIONS);
        assertThat(AgentStart.javaOptions(List.of("verify", "--log-dir", "/migrate_metadata")))
                .isEqualTo(AgentStart.JAVA_OPTIONS);
        assertThat(AgentStart.javaOptions(List.of("run_blob_migration", "migrate_metadata", "--chunk-size=1000")))
                .isEqualTo(AgentStart.DOCUMENT_JAVA_OPTIONS);
        assertThat(AgentStart.javaOptions(List.of("run_doctype_migration", "user_db_migration", "--initial")))
                .isEqualTo(AgentStart.DOCUMENT_JAVA_OPTIONS);
        assertThat(AgentStart.DOCUMENT_JAVA_OPTIONS)
                .contains("-Xmx384m", "-XX:+UseSerialGC")
                .contains("-XX:TieredStopAtLevel=1");
    }
}
