package org.cchq.migrate.kind.doctypes;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.base.UserException;

/**
 * What has to hold before anything is deleted in the source: the site uses the target, the target was found to have
 * everything since then, and no replication of the servers is between the two. All that is wrong is told at once. Of a cleanup
 * that was begun the comparison is not asked for again: it would find what was deleted. Whether an agent carries documents is
 * for its {@link DoctypeLease} to tell.
 */
final class CleanupGate {
    private final DoctypeEnds ends;
    private final Path stateDirectory;
    private final EndpointPatience patience = new EndpointPatience(Sleeper.SYSTEM);

    CleanupGate(DoctypeEnds ends, Path stateDirectory) {
        this.ends = ends;
        this.stateDirectory = stateDirectory;
    }

    /** Refuses, with everything that is wrong and what would be right. */
    void require(DoctypeState state, Instant now) throws UserException, EndpointException, InterruptedException {
        String slug = ends.migrator().slug();
        if (!patience.ask(ends.source()::exists) || !patience.ask(ends.target()::exists)) {
            throw new UserException("cleanup of " + slug + ": "
                    + (patience.ask(ends.source()::exists)
                            ? ends.target().endpoint()
                            : ends.source().endpoint())
                    + " does not exist; nothing was deleted");
        }
        Problems problems = new Problems();
        String place = "cleanup of " + slug;
        if (!state.has(Mark.FLIPPED)) {
            problems.add(
                    place,
                    "the site is not known to use the target. Deploy the release that does, restart every process, then:"
                            + " doctype_mark " + slug + " flipped");
        } else if (!state.has(Mark.CLEANUP_STARTED)) {
            Instant flipped = Objects.requireNonNull(state.marks().get(Mark.FLIPPED));
            VerificationRecord.read(stateDirectory, ends.migrator())
                    .ifPresentOrElse(
                            record -> record.objection(flipped, now, ends)
                                    .ifPresent(why -> problems.add(place, why + "; run verify_doctype " + slug)),
                            () -> problems.add(
                                    place, "the databases were not compared yet; run verify_doctype " + slug));
        }
        if (!state.has(Mark.CLEANUP_STARTED)) {
            state.doubt().ifPresent(why -> problems.add(place, why + "; run verify_doctype " + slug));
        }
        for (String replication : replications()) {
            problems.add(place, replication + ". " + HqMessages.STILL_REPLICATING);
        }
        if (!problems.isEmpty()) {
            // Otherwise the leases tell, which also know who is long dead.
            state.runner().ifPresent(who -> problems.add(place, "changes are carried to the target, by " + who));
            state.reverseRunner().ifPresent(who -> problems.add(place, "changes are carried back, by " + who));
        }
        problems.throwIfAny();
    }

    /** Those of the servers that name both databases. */
    private List<String> replications() throws EndpointException, InterruptedException {
        String source = name(ends.source().endpoint());
        String target = name(ends.target().endpoint());
        return Stream.concat(
                        patience.ask(ends.source()::replications).stream(),
                        patience.ask(ends.target()::replications).stream())
                .distinct()
                .filter(sentence -> names(sentence, source) && names(sentence, target))
                .toList();
    }

    private static boolean names(String sentence, String database) {
        return sentence.matches(
                "(?s).*(?<![A-Za-z0-9_$()+-])" + java.util.regex.Pattern.quote(database) + "(?![A-Za-z0-9_$()+-]).*");
    }

    private static String name(String endpoint) {
        return endpoint.substring(endpoint.lastIndexOf('/') + 1);
    }
}
