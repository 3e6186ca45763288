package org.cchq.migrate.apply;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.render.HostFiles;

/**
 * Brings files to hosts, several at a time: reads what is there, tells the difference, makes it so, reads it back. A host
 * that cannot be reached or refuses is a result like any other; the others go on. Threads may share it.
 */
public final class Rollout {
    private final HostShells shells;
    private final Merging merging;

    /** With {@link Merging#SETTINGS}. */
    public Rollout(HostShells shells) {
        this(shells, Merging.SETTINGS);
    }

    /** @param merging for {@link HostFiles.Purpose#LOCALSETTINGS}; other files are written as rendered */
    public Rollout(HostShells shells, Merging merging) {
        this.shells = shells;
        this.merging = merging;
    }

    /**
     * What hosts have at the paths that any of these name. Several may be of one host and purpose, as for two stages: it is
     * read once, and {@link #compare(HostFiles, HostReading)} tells of each.
     *
     * @return one for each host and purpose, in the order of their first
     */
    public List<HostReading> read(List<HostFiles> wanted) throws InterruptedException {
        Map<String, List<HostFiles>> each = new LinkedHashMap<>();
        for (HostFiles files : wanted) {
            each.computeIfAbsent(files.purpose() + " " + files.host(), key -> new ArrayList<>())
                    .add(files);
        }
        return OnHosts.all(List.copyOf(each.values()), this::readOne);
    }

    /** What a host has otherwise, by a reading of all its paths. */
    public HostDifference compare(HostFiles wanted, HostReading reading) {
        boolean settings = wanted.purpose() == HostFiles.Purpose.LOCALSETTINGS;
        return PathComparison.of(wanted, reading, settings ? merging : Merging.NONE);
    }

    /** What each host has otherwise, in the order given. */
    public List<HostDifference> compare(List<HostFiles> wanted) throws InterruptedException {
        return OnHosts.all(wanted, files -> compare(files, readOne(List.of(files))));
    }

    /**
     * Makes the changes that were shown, and only if what is there is still what was shown.
     *
     * @param ended told of each host as it ends, by one thread at a time
     * @return what became of each, in the order given
     */
    public List<HostOutcome> apply(List<HostDifference> differences, Consumer<HostOutcome> ended)
            throws InterruptedException {
        return OnHosts.all(differences, difference -> {
            HostOutcome outcome = applyOne(difference);
            synchronized (ended) {
                ended.accept(outcome);
            }
            return outcome;
        });
    }

    private HostReading readOne(List<HostFiles> wanted) throws InterruptedException {
        HostFiles first = wanted.get(0);
        HostShell host;
        try {
            host = open(first);
        } catch (EndpointException e) {
            return HostReading.without(first.host(), first.purpose(), Trouble.ofConnecting(e));
        } catch (UserException e) {
            return HostReading.without(
                    first.host(), first.purpose(), new Trouble(false, String.valueOf(e.getMessage())));
        }
        try (host) {
            return new HostReader(wanted).read(host.shell());
        } catch (EndpointException e) {
            return HostReading.without(first.host(), first.purpose(), Trouble.ofWorking(e));
        }
    }

    private HostOutcome applyOne(HostDifference shown) throws InterruptedException {
        HostFiles wanted = shown.wanted();
        if (shown.trouble().isPresent()) {
            return troubled(wanted, shown.trouble().get());
        }
        if (shown.none()) {
            return new HostOutcome(wanted.host(), wanted.purpose(), HostOutcome.State.UNCHANGED, List.of(), false, "");
        }
        HostShell host;
        try {
            host = open(wanted);
        } catch (EndpointException e) {
            return troubled(wanted, Trouble.ofConnecting(e));
        } catch (UserException e) {
            return troubled(wanted, new Trouble(false, String.valueOf(e.getMessage())));
        }
        try (host) {
            return applyOver(host, shown);
        } catch (EndpointException e) {
            return troubled(wanted, Trouble.ofWorking(e));
        }
    }

    private HostOutcome applyOver(HostShell host, HostDifference shown) throws EndpointException, InterruptedException {
        HostFiles wanted = shown.wanted();
        HostReader reader = new HostReader(List.of(wanted));
        HostDifference now = compare(wanted, reader.read(host.shell()));
        if (now.trouble().isPresent()) {
            return troubled(wanted, now.trouble().get());
        }
        if (!now.changes().equals(shown.changes())) {
            return troubled(
                    wanted,
                    new Trouble(
                            false,
                            "the host's files have changed since the difference was shown; nothing was changed. Look"
                                    + " again"));
        }
        HostOutcome outcome = new HostWriter(shown).write(host.shell());
        if (outcome.state() != HostOutcome.State.CHANGED) {
            return outcome;
        }
        HostDifference left = compare(wanted, reader.read(host.shell()));
        if (left.none()) {
            return outcome;
        }
        String what = left.trouble()
                .map(Trouble::message)
                .orElseGet(() -> "read back, these are not as they were written: "
                        + String.join(
                                ", ", left.changes().stream().map(Change::path).toList()));
        return new HostOutcome(
                wanted.host(), wanted.purpose(), HostOutcome.State.FAILED, outcome.changed(), outcome.reloaded(), what);
    }

    private HostShell open(HostFiles wanted) throws UserException, EndpointException, InterruptedException {
        return shells.open(wanted.host(), shells.account(wanted.host(), wanted.purpose()));
    }

    private static HostOutcome troubled(HostFiles wanted, Trouble trouble) {
        HostOutcome.State state = trouble.unreachable() ? HostOutcome.State.UNREACHABLE : HostOutcome.State.FAILED;
        return new HostOutcome(wanted.host(), wanted.purpose(), state, List.of(), false, trouble.message());
    }
}
