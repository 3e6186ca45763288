package org.cchq.migrate.agent;

import java.util.Optional;
import org.cchq.migrate.base.ExitCode;

/** Prints the version, which has to be the controller's. */
final class VersionCommand implements AgentCommand {
    private final AgentContext context;

    VersionCommand(AgentContext context) {
        this.context = context;
    }

    @Override
    public ExitCode run(String... args) {
        context.out().println(version());
        return ExitCode.SUCCESS;
    }

    @Override
    public String help() {
        return "  prints the version";
    }

    /** As the jar's manifest says; {@code development} outside a jar. */
    static String version() {
        return Optional.ofNullable(AgentMain.class.getPackage().getImplementationVersion())
                .orElse("development");
    }
}
