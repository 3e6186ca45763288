package org.cchq.migrate.kind.doctypes;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;

/** The marks of a migration: in a file on this host and in both databases. May be written while a run goes on. */
public final class DoctypeMarks {
    private final DoctypeEnds ends;
    private final Path stateDirectory;

    public DoctypeMarks(DoctypeEnds ends, Path stateDirectory) {
        this.ends = ends;
        this.stateDirectory = stateDirectory;
    }

    /** Of all records, whatever they disagree in: a mark that cannot be taken back must not get lost with a file. */
    public Map<Mark, Instant> read() throws UserException, EndpointException, InterruptedException {
        Unfinished.check(ends, stateDirectory);
        return Map.of();
    }

    /** Sets a mark; one that is there keeps its time. */
    public void set(Mark mark) throws UserException, EndpointException, InterruptedException {
        Unfinished.check(ends, stateDirectory);
    }

    /** Takes a mark back; refused for those of the cleanup. */
    public void clear(Mark mark) throws UserException, EndpointException, InterruptedException {
        Unfinished.check(ends, stateDirectory);
    }
}
