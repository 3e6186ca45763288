package org.cchq.migrate.apply;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.apply.FoundPath.Kind;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.render.HostFile;
import org.cchq.migrate.render.HostFiles;

/** What a host shall have, held against what it has. */
final class PathComparison {
    private final HostReading reading;
    private final Merging merging;
    private final Problems problems = new Problems();
    private final List<Change> changes = new ArrayList<>();

    private PathComparison(HostReading reading, Merging merging) {
        this.reading = reading;
        this.merging = merging;
    }

    static HostDifference of(HostFiles wanted, HostReading reading, Merging merging) {
        boolean cutOff = reading.left() == HostReading.Left.CUT_OFF;
        if (reading.trouble().isPresent()) {
            return new HostDifference(wanted, List.of(), cutOff, reading.trouble());
        }
        PathComparison comparison = new PathComparison(reading, merging);
        if (reading.left() == HostReading.Left.AT_WORK) {
            comparison.problems.add(wanted.host(), "another rollout works there; wait for its end");
        }
        comparison.compare(wanted);
        Optional<Trouble> trouble = comparison.problems.isEmpty()
                ? Optional.empty()
                : Optional.of(new Trouble(false, String.join("\n", comparison.problems.all())));
        return new HostDifference(wanted, comparison.changes, cutOff, trouble);
    }

    static String fourDigits(String mode) {
        return mode.length() >= 4 ? mode : "0".repeat(4 - mode.length()) + mode;
    }

    private void compare(HostFiles wanted) {
        Set<String> named = new LinkedHashSet<>();
        for (HostFile file : wanted.files()) {
            if (!(file instanceof HostFile.NoOther)) {
                named.add(file.path());
            }
        }
        for (HostFile file : wanted.files()) {
            if (file instanceof HostFile.NoOther others) {
                for (FoundPath match : reading.matches().getOrDefault(others.path(), List.of())) {
                    if (named.add(match.path())) {
                        absent(match, new HostFile.Absent(match.path()));
                    }
                }
                continue;
            }
            FoundPath found = reading.paths().get(file.path());
            if (found == null) {
                throw new IllegalStateException("was not read: " + file.path());
            }
            if (file instanceof HostFile.Content content) {
                content(found, content);
            } else if (file instanceof HostFile.Link link) {
                link(found, link);
            } else if (file instanceof HostFile.Replaced part) {
                part(found, part);
            } else {
                absent(found, file);
            }
        }
    }

    private void content(FoundPath found, HostFile.Content wanted) {
        if (unusable(found)) {
            return;
        }
        if (found.accountGroup().isEmpty()) {
            problems.add(place(found), "the host has no account " + wanted.owner() + ", which is to own it");
            return;
        }
        HostFile.Content whole = wanted;
        if (found.kind() == Kind.FILE) {
            try {
                Secret merged = merging.merged(wanted, found.content());
                whole = new HostFile.Content(wanted.path(), merged, wanted.owner(), wanted.group(), wanted.mode());
            } catch (UserException e) {
                problems.add(place(found), String.valueOf(e.getMessage()));
                return;
            }
        }
        String group = wanted.group().isEmpty() ? found.accountGroup() : wanted.group();
        boolean same = found.kind() == Kind.FILE
                && found.content().equals(whole.content())
                && found.mode().equals(fourDigits(wanted.mode()))
                && found.owner().equals(wanted.owner())
                && found.group().equals(group);
        if (!same) {
            changes.add(new Change(found, whole));
        }
    }

    private void part(FoundPath found, HostFile.Replaced wanted) {
        if (!found.there() || unusable(found)) {
            return;
        }
        if (found.kind() != Kind.FILE) {
            problems.add(place(found), "is a link; expected a file, of which only a part is to be changed");
            return;
        }
        Secret whole = new Secret(wanted.in(found.content().reveal()));
        if (!whole.equals(found.content())) {
            changes.add(new Change(
                    found, new HostFile.Content(found.path(), whole, found.owner(), found.group(), found.mode())));
        }
    }

    private void link(FoundPath found, HostFile.Link wanted) {
        if (!unusable(found) && !(found.kind() == Kind.LINK && found.target().equals(wanted.target()))) {
            changes.add(new Change(found, wanted));
        }
    }

    private void absent(FoundPath found, HostFile wanted) {
        if (!found.there()) {
            return;
        }
        if (found.kind() == Kind.DIRECTORY) {
            problems.add(place(found), "is a directory, and only files and links are removed; move it away");
            return;
        }
        changes.add(new Change(found, wanted));
    }

    private boolean unusable(FoundPath found) {
        switch (found.kind()) {
            case NO_DIRECTORY -> problems.add(place(found), "the directory is not there");
            case DIRECTORY -> problems.add(place(found), "is a directory; expected a file");
            case OTHER -> problems.add(place(found), "cannot be read; expected a file that the account may read");
            default -> {
                return false;
            }
        }
        return true;
    }

    private String place(FoundPath found) {
        return reading.host() + ":" + found.path();
    }
}
