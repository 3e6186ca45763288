package org.cchq.migrate.agent;

import java.util.Comparator;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;
import org.cchq.migrate.base.UsageException;

/** One command's options, parsed; wrong ones are named with the nearest known word. */
final class CommandLineReader {
    private final CommandLine line;

    private CommandLineReader(CommandLine line) {
        this.line = line;
    }

    static CommandLineReader parse(Options options, String[] args) throws UsageException {
        try {
            return new CommandLineReader(
                    DefaultParser.builder().setAllowPartialMatching(true).get().parse(options, args));
        } catch (UnrecognizedOptionException e) {
            String given = e.getOption().replaceFirst("=.*", "");
            String near = options.getOptions().stream()
                    .map(Option::getLongOpt)
                    .min(Comparator.comparingInt(known -> distance(given.replaceFirst("^-+", ""), known)))
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

    /** Edits to get from one word to the other. */
    static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int change = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
