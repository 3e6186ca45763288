package org.cchq.migrate.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.console.Console;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.run.HostSession;
import org.jspecify.annotations.Nullable;

/** {@code plan doctype:SLUG}: the steps of the next advance and its gates, and how much there is; writes nothing anywhere. */
final class DoctypePlan {
    private final DoctypeSite doctypes;

    DoctypePlan(DoctypeSite doctypes) {
        this.doctypes = doctypes;
    }

    int show(boolean json) throws UserException, EndpointException, InterruptedException {
        Console console = doctypes.site().console();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("migration", doctypes.word());
        List<String> toPush = toPush();
        if (!toPush.isEmpty()) {
            // Only the agent can look at the databases, and it is not there; to push it would be to write.
            fields.put("steps", toPush);
            if (json) {
                console.result(Json.write(fields));
            } else {
                console.result("the agent is not on " + doctypes.host().name() + " yet; it would be pushed:");
                toPush.forEach(step -> console.result("  " + step));
                console.result("next: " + doctypes.typed("status", ""));
            }
            return ExitCode.SUCCESS.code();
        }
        DoctypeStanding standing = doctypes.standing();
        DoctypeAhead ahead = DoctypeAhead.of(doctypes, standing, doctypes.jobs(), DoctypeMove.DEFAULT_LAG);
        List<String> stats = new AgentQuestion(doctypes.site(), doctypes.host())
                .require(List.of("run_doctype_migration", doctypes.slug(), "--stats"))
                .lines()
                .toList();
        if (json) {
            fields.put("stage", standing.stage().word());
            fields.put("stats", stats);
            fields.put("advance", ahead.fields());
            console.result(Json.write(fields));
        } else {
            stats.forEach(console::result);
            console.result("");
            console.result("advance " + doctypes.word() + ", "
                    + standing.stage().word()
                    + (ahead.act().to().isEmpty() ? "" : " to " + ahead.act().to()) + ":");
            for (int i = 0; i < ahead.steps().size(); i++) {
                console.result("  " + (i + 1) + ". " + ahead.steps().get(i));
            }
            StandingLines.gates(ahead.gates()).forEach(console::result);
        }
        return ahead.open() ? ExitCode.SUCCESS.code() : ExitCode.REFUSED.code();
    }

    private List<String> toPush() throws UserException, EndpointException, InterruptedException {
        try (HostSession session = doctypes.site().access(doctypes.host()).open()) {
            var push = doctypes.site().push(doctypes.host());
            return push.installed(session.base()).isPresent() ? List.of() : push.preview(session.base());
        }
    }
}
