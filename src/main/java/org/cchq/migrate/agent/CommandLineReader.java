package org.cchq.migrate.agent;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.UsageException;

/** One command's line, parsed; wrong options are named with the nearest known word. */
final class CommandLineReader {
    private final List<String> typed;
    private final CommandLine line;

    private CommandLineReader(List<String> typed, CommandLine line) {
        this.typed = typed;
        this.line = line;
    }

    /** @param typed the command's name, then what follows it */
    static CommandLineReader parse(Options options, String... typed) throws UsageException {
        String[] args = Arrays.copyOfRange(typed, 1, typed.length);
        try {
            return new CommandLineReader(
                    List.of(typed),
                    DefaultParser.builder().setAllowPartialMatching(true).get().parse(options, args));
        } catch (UnrecognizedOptionException e) {
            String given = e.getOption().replaceFirst("=.*", "");
            String near = NearestName.of(
                            given.replaceFirst("^-+", ""),
                            options.getOptions().stream()
                                    .map(Option::getLongOpt)
                                    .toList())
                    .map(known -> "; did you mean --" + known + "?")
                    .orElse("");
            throw new UsageException("unknown option " + given + near);
        } catch (ParseException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    boolean has(Option option) {
        return line.hasOption(option.getLongOpt());
    }

    /** The option's value; given twice, the last one. */
    Optional<String> text(Option option) {
        String[] values = line.getOptionValues(option.getLongOpt());
        return values == null ? Optional.empty() : Optional.of(values[values.length - 1]);
    }

    int number(Option option, int otherwise, int least, int most) throws UsageException {
        Optional<String> given = text(option);
        if (given.isEmpty()) {
            return otherwise;
        }
        String text = given.get();
        try {
            int value = Integer.parseInt(text.strip());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // told below, with the bounds
        }
        throw new UsageException(
                "--" + option.getLongOpt() + "=" + text + ": expected a whole number from " + least + " to " + most);
    }

    /** What is left when the options are taken away. */
    String[] words() {
        return line.getArgs();
    }

    void requireNoWords() throws UsageException {
        if (words().length > 0) {
            throw new UsageException(typed.get(0) + " takes no words, found '" + String.join("' and '", words()) + "'");
        }
    }

    /** The line as it was given, the command's name first. */
    List<String> typed() {
        return typed;
    }
}
