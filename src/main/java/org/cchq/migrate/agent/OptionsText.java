package org.cchq.migrate.agent;

import org.apache.commons.cli.Option;

/** The help of a command, 80 columns where the words allow it. */
final class OptionsText {
    private OptionsText() {}

    static String of(AgentCommand command) {
        StringBuilder text =
                new StringBuilder("  usage: ").append(command.usage()).append('\n');
        for (Option option : command.options().getOptions()) {
            String name = "--" + option.getLongOpt() + (option.hasArg() ? "=" + option.getArgName() : "");
            text.append("    ").append(name).append('\n');
            text.append("        ").append(option.getDescription()).append('\n');
        }
        return text.toString();
    }
}
