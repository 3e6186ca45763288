package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.console.Console;
import org.cchq.migrate.environment.EnvironmentCheck;
import org.cchq.migrate.environment.Remark;
import org.cchq.migrate.environment.Remark.Level;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * {@code check}: everything that is wrong in the environment's files, with file and line, all at once. Touches no host. Exit
 * status 1 for errors only: warnings are what works today.
 */
final class CheckCommand implements Command {
    @Override
    public String name() {
        return "check";
    }

    @Override
    public String arguments() {
        return "[options]";
    }

    @Override
    public String summary() {
        return "Everything that is wrong or doubtful in the environment's files, with file and line.";
    }

    @Override
    public Options options() {
        Options options = new Options();
        options.addOption(flag("json", "one JSON object"));
        return options;
    }

    @Override
    public int run(Site site, CommandLine line) {
        throw new IllegalStateException("check reads the files itself");
    }

    /** Shows what was found. */
    int show(EnvironmentCheck check, Console console, CommandLine line) throws UserException {
        if (!line.getArgList().isEmpty()) {
            throw new UsageException("check: too many words: " + String.join(" ", line.getArgList()));
        }
        if (line.hasOption("json")) {
            console.result(Json.write(json(check)));
        } else {
            text(check, console);
        }
        return check.passed() ? ExitCode.SUCCESS.code() : ExitCode.REFUSED.code();
    }

    private static void text(EnvironmentCheck check, Console console) {
        for (Remark remark : check.remarks()) {
            console.result(word(remark.level()) + ": " + remark.text());
        }
        String counts = Stream.of(Level.values())
                .map(level -> counted(check.count(level), level))
                .collect(Collectors.joining(", "));
        String rest = check.passed() ? hosts(check) : "mend the errors before anything is run or deployed";
        console.result(check.environment() + ": " + counts + "; " + rest);
    }

    private static String hosts(EnvironmentCheck check) {
        return check.settings().isEmpty()
                ? "settings for no host in particular"
                : "settings for " + String.join(", ", check.settings().keySet());
    }

    private static String counted(long count, Level level) {
        return count + " " + word(level) + (count == 1 ? "" : "s");
    }

    private static String word(Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, @Nullable Object> json(EnvironmentCheck check) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("environment", check.environment());
        json.put("passed", check.passed());
        json.put("remarks", check.remarks().stream().map(CheckCommand::json).toList());
        json.put("hosts", check.settings());
        return json;
    }

    private static Map<String, @Nullable Object> json(Remark remark) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("level", word(remark.level()));
        remark.file().ifPresent(file -> json.put("file", file));
        remark.line().ifPresent(number -> json.put("line", number));
        json.put("text", remark.text());
        return json;
    }
}
