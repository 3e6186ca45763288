package org.cchq.migrate.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.UsageException;

/** From words to a command's options, and back to its help text. */
final class Arguments {
    private Arguments() {}

    static Option flag(String name, String text) {
        return Option.builder().longOpt(name).desc(text).get();
    }

    static Option valued(String name, String argument, String text) {
        return Option.builder()
                .longOpt(name)
                .hasArg()
                .argName(argument)
                .desc(text)
                .get();
    }

    /** The command's options, and {@code --help}. */
    static Options all(Command command) {
        Options all = new Options();
        command.options().getOptions().forEach(all::addOption);
        all.addOption(flag("help", "this text"));
        return all;
    }

    static CommandLine parse(Command command, List<String> words) throws UsageException {
        Options options = all(command);
        try {
            DefaultParser parser =
                    DefaultParser.builder().setAllowPartialMatching(false).get();
            if (!command.passesOptionsOn()) {
                return parser.parse(options, words.toArray(String[]::new));
            }
            // The words of the command that is run come after a "--", so that the parser leaves them alone.
            List<String> own = new ArrayList<>();
            List<String> passed = new ArrayList<>();
            divide(options, words, own, passed);
            own.add("--");
            own.addAll(passed);
            return parser.parse(options, own.toArray(String[]::new));
        } catch (UnrecognizedOptionException e) {
            String given = e.getOption().replaceFirst("=.*", "");
            TreeSet<String> known = options.getOptions().stream()
                    .map(o -> "--" + o.getLongOpt())
                    .collect(Collectors.toCollection(TreeSet::new));
            throw new UsageException(command.name() + ": unknown option " + given + NearestName.hint(given, known));
        } catch (ParseException e) {
            throw new UsageException(command.name() + ": " + e.getMessage());
        }
    }

    /** As cchq does: its own options are its own wherever they stand, except that {@code --help} ends with the first word. */
    private static void divide(Options options, List<String> words, List<String> own, List<String> passed) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            String name = word.replaceFirst("=.*", "");
            boolean known = name.startsWith("--")
                    ? name.length() > 2 && options.hasLongOption(name.substring(2))
                    : word.length() == 2 && word.startsWith("-") && options.hasShortOption(word.substring(1));
            if (!known || (name.equals("--help") && !passed.isEmpty())) {
                passed.add(word);
                continue;
            }
            own.add(word);
            Option option = options.getOption(name.replaceFirst("^--?", ""));
            if (option.hasArg() && !word.contains("=") && i + 1 < words.size()) {
                own.add(words.get(++i));
            }
        }
    }

    static List<String> help(Command command) {
        List<String> lines = new ArrayList<>();
        lines.add("usage: cchq-migrate <env> " + command.name() + " " + command.arguments());
        lines.add("");
        lines.add(command.summary());
        if (!command.aliases().isEmpty()) {
            lines.add("Also: " + String.join(", ", command.aliases()));
        }
        lines.add("");
        for (Option option : all(command).getOptions()) {
            String shown = (option.getOpt() == null ? "" : "-" + option.getOpt() + ", ") + "--" + option.getLongOpt()
                    + (option.hasArg() ? " " + option.getArgName() : "");
            lines.add(String.format("  %-24s %s", shown, option.getDescription()));
        }
        return lines;
    }

    /** Refuses options that have no meaning in this use of the command. */
    static void only(CommandLine line, String use, Collection<String> known) throws UsageException {
        for (Option option : line.getOptions()) {
            if (!known.contains(option.getLongOpt())) {
                throw new UsageException(use + ": --" + option.getLongOpt() + " has no meaning here");
            }
        }
    }

    /** The first word has to be a migration: {@code blobs}. */
    static void requireBlobs(CommandLine line, String command) throws UsageException {
        List<String> words = line.getArgList();
        if (words.isEmpty() || !words.get(0).equals(BlobPhase.MIGRATION)) {
            throw new UsageException(command + ": which migration? Known is: " + BlobPhase.MIGRATION);
        }
        if (words.size() > 1) {
            throw new UsageException(command + ": too many words: " + String.join(" ", words.subList(1, words.size())));
        }
    }
}
