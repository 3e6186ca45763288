package org.cchq.migrate.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** docs/reference/events.md names every event and every field, so that neither grows without the other. */
class EventsReferenceTest {
    @Test
    void everyEventAndFieldIsDocumented() throws Exception {
        String page = Files.readString(Path.of("docs/reference/events.md"));
        List<AgentEvent> events = List.of(
                new AgentEvent.Started(Instant.EPOCH, "", List.of(), "", "", "", "", 1, false, "", "", Instant.EPOCH),
                new AgentEvent.Checked(Instant.EPOCH, "", CheckedClass.DELETED),
                new AgentEvent.Progressed(
                        Instant.EPOCH,
                        new ProgressSnapshot(
                                OptionalLong.empty(), Counts.NONE, Counts.NONE, Duration.ZERO, 0, 0, 0, "")),
                new AgentEvent.Found(Instant.EPOCH, new Finding("p", 1, "k", Outcome.FAILED, "{}", "")),
                new AgentEvent.Orphans(Instant.EPOCH, 0, ""),
                new AgentEvent.Followed(Instant.EPOCH, 0, "", true, OptionalLong.empty(), 0),
                new AgentEvent.Rows(
                        Instant.EPOCH,
                        "",
                        AgentEvent.Rows.COUNTED.stream()
                                .collect(java.util.stream.Collectors.toMap(name -> name, name -> 0L))),
                new AgentEvent.Warned(Instant.EPOCH, ""),
                new AgentEvent.Ended(Instant.EPOCH, "", 0, "", Counts.NONE, Counts.NONE, "", ""));

        for (AgentEvent event : events) {
            assertThat(page).contains("## " + event.name() + "\n");
            for (String field : event.fields().keySet()) {
                assertThat(page).contains("`" + field + "`");
            }
        }
        for (String count : EventFields.of(Counts.NONE).keySet()) {
            assertThat(page).contains("| `" + count + "` |");
        }
    }
}
