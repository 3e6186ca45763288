package org.cchq.migrate.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class AgentEventTest {
    private static final Instant AT = Instant.parse("2026-11-21T03:00:00Z");
    private static final Counts COUNTS =
            new Counts(10, Map.of(Outcome.COPIED, 7L, Outcome.MISSING_ON_SOURCE, 3L), 4096, 1);

    @Test
    void everyEventIsReadBackAsItWasWritten() throws Exception {
        List<AgentEvent> events = List.of(
                new AgentEvent.Started(
                        AT,
                        "0.1.0",
                        List.of("a", "b c"),
                        "s",
                        "t",
                        "/l",
                        "/d",
                        2,
                        true,
                        "me",
                        "all",
                        AT.minusSeconds(9)),
                new AgentEvent.Checked(AT, "k", CheckedClass.LOST_WITH_ROW),
                new AgentEvent.Progressed(
                        AT,
                        new ProgressSnapshot(
                                OptionalLong.of(20),
                                COUNTS,
                                COUNTS,
                                Duration.ofMillis(1500),
                                4,
                                12.5,
                                100,
                                "new: 503")),
                new AgentEvent.Progressed(
                        AT,
                        new ProgressSnapshot(OptionalLong.empty(), Counts.NONE, COUNTS, Duration.ZERO, 0, 0, 0, "")),
                new AgentEvent.Found(AT, new Finding("p1", -7, "k\u00e9", Outcome.DENIED, "{\"a\": 1}", "403")),
                new AgentEvent.Orphans(AT, 7, "/l/o.txt"),
                new AgentEvent.Warned(AT, "careful"),
                new AgentEvent.Ended(AT, "incomplete", 4, "m", COUNTS, COUNTS, "/l", "next"));

        for (AgentEvent event : events) {
            assertThat(event.toLine()).doesNotContain("\n");
            assertThat(AgentEvent.parse(event.toLine())).contains(event);
        }
    }

    @Test
    void anEventOfANewerAgentIsPassedOver() throws Exception {
        assertThat(AgentEvent.parse("{\"event\":\"sang\",\"at\":\"2026-11-21T03:00:00Z\"}"))
                .isEmpty();
    }
}
