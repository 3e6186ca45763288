package org.cchq.migrate.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.report.RunReport;

/** A migration, and what each command does for it. Results are exit statuses. */
interface Migration {
    /** As they stand in the help. */
    String WORDS = "blobs|metadata|doctype:SLUG";

    /** As it is typed: {@code blobs}. */
    String word();

    /** In a sentence: {@code the blob migration}. */
    String title();

    /** As they are typed, the one to begin with first unless {@link #firstPhase()} says otherwise. */
    List<String> phases();

    default String firstPhase() {
        return phases().get(0);
    }

    /** {@code run}, with at least a phase. */
    int start(CommandLine line) throws UserException, EndpointException, InterruptedException;

    /** {@code status}. */
    int status(boolean watch, boolean json) throws UserException, EndpointException, InterruptedException;

    /** {@code plan}. */
    int plan(TargetHost host, boolean json) throws UserException, EndpointException, InterruptedException;

    /** {@code advance}. */
    int forward(CommandLine line) throws UserException, EndpointException, InterruptedException;

    /** {@code back}. */
    int backward(CommandLine line) throws UserException, EndpointException, InterruptedException;

    /**
     * {@code report}.
     *
     * @param ended at least one, newest first
     */
    void report(List<RunReport> ended, boolean json);

    /**
     * The one that the first word names, which has to be there and to be known in the environment.
     *
     * @param more how many words may follow
     */
    static Migration of(Site site, CommandLine line, String command, int more) throws UserException {
        List<String> words = line.getArgList();
        if (words.size() > 1 + more) {
            throw new UsageException(
                    command + ": too many words: " + String.join(" ", words.subList(1 + more, words.size())));
        }
        return of(site, words.isEmpty() ? "" : words.get(0), command);
    }

    /** The one of that name. */
    static Migration of(Site site, String word, String command) throws UserException {
        List<Migration> all = new ArrayList<>(List.of(new BlobMigration(site), new MetadataMigration(site)));
        site.environment().doctypeMigrations().forEach(slug -> all.add(new DoctypeMigration(site, slug)));
        Optional<Migration> found =
                all.stream().filter(one -> one.word().equals(word)).findFirst();
        if (found.isPresent()) {
            return found.get();
        }
        List<String> known = all.stream().map(Migration::word).toList();
        if (word.isEmpty()) {
            throw new UsageException(command + ": which migration? Known are: " + String.join(", ", known));
        }
        String hint = NearestName.hint(word, known);
        throw new UsageException(command + ": unknown migration '" + word + "'"
                + (hint.isEmpty() ? "; known are: " + String.join(", ", known) : hint));
    }

    /** The second word: one of several phases that run at the same time. */
    static Optional<String> phase(CommandLine line) {
        return line.getArgList().stream().skip(1).findFirst();
    }
}
