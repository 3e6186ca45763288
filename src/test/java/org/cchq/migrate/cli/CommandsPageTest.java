package org.cchq.migrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/reference/commands.md and the options that the program knows. {@code -Dgolden.update=true} rewrites the page. */
class CommandsPageTest {
    private static final Path PAGE = Path.of("docs/reference/commands.md");
    private static final String MARK = "<!-- generated from here on by CommandsPageTest -->\n";

    @Test
    void thePageHasEveryCommandAndOptionAsTheProgramHasThem() throws Exception {
        String page = Files.readString(PAGE);
        String written = page.substring(0, page.indexOf(MARK) + MARK.length());
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(PAGE, written + generated());
        }

        assertThat(Files.readString(PAGE)).isEqualTo(written + generated());
    }

    private static String generated() {
        StringBuilder text = new StringBuilder();
        for (Command command : Main.commands().values()) {
            text.append("\n## ").append(command.name()).append("\n\n```\n");
            Arguments.help(command).forEach(line -> text.append(line).append('\n'));
            text.append("```\n");
        }
        return text.toString();
    }
}
