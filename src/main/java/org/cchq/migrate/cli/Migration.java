package org.cchq.migrate.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;

/**
 * What a command is about: {@code blobs}, or document types, {@code doctype:SLUG}.
 *
 * @param word as it is typed
 * @param slug of document types; empty: blobs
 */
record Migration(String word, Optional<String> slug) {
    /** As it stands in the help. */
    static final String WORDS = "blobs|doctype:SLUG";

    static final Migration BLOBS = new Migration(BlobPhase.MIGRATION, Optional.empty());

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
        if (word.equals(BLOBS.word())) {
            return BLOBS;
        }
        List<String> slugs = site.environment().doctypeMigrations();
        List<String> known = new ArrayList<>(List.of(BLOBS.word()));
        slugs.forEach(slug -> known.add(DoctypePhase.PREFIX + slug));
        if (word.isEmpty()) {
            throw new UsageException(command + ": which migration? Known are: " + String.join(", ", known));
        }
        if (!known.contains(word)) {
            String hint = NearestName.hint(word, known);
            throw new UsageException(command + ": unknown migration '" + word + "'"
                    + (hint.isEmpty() ? "; known are: " + String.join(", ", known) : hint));
        }
        return new Migration(word, Optional.of(word.substring(DoctypePhase.PREFIX.length())));
    }

    /** The second word: one of several phases that run at the same time. */
    static Optional<String> phase(CommandLine line) {
        return line.getArgList().stream().skip(1).findFirst();
    }
}
