package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;

import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/** {@code history}: every command of this machine that changed something. */
final class HistoryCommand implements Command {
    @Override
    public String name() {
        return "history";
    }

    @Override
    public String arguments() {
        return "[options]";
    }

    @Override
    public String summary() {
        return "Every command from this machine that changed something: when, who, what, where, result.";
    }

    @Override
    public Options options() {
        Options options = new Options();
        options.addOption(flag("json", "one JSON object a line"));
        return options;
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException {
        if (!line.getArgList().isEmpty()) {
            throw new UsageException("history: too many words: " + String.join(" ", line.getArgList()));
        }
        for (String entry : site.history().lines()) {
            if (line.hasOption("json")) {
                site.console().result(entry);
            } else {
                Map<String, @Nullable Object> fields = Json.readObject(entry, "history.jsonl");
                site.console()
                        .result(fields.get("at") + "  " + fields.get("by") + "  " + fields.get("host") + "  "
                                + fields.get("command") + "  -> " + fields.get("result"));
            }
        }
        return ExitCode.SUCCESS.code();
    }
}
