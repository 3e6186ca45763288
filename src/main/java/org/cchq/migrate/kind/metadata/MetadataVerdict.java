package org.cchq.migrate.kind.metadata;

import java.util.List;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.hq.RunFiles;

/**
 * What a run came to.
 *
 * @param result the event's word
 * @param message "" if there is nothing to say
 */
record MetadataVerdict(String result, ExitCode exit, String message) {
    static MetadataVerdict of(List<PartRun.End> ends, int parts, RunControl control, RunFiles files) {
        if (ends.contains(PartRun.End.STOPPED)) {
            return new MetadataVerdict(
                    "stopped",
                    PagedRun.stopped(control),
                    "stopped by " + control.cancelledBy().orElse("request") + "; the same command goes on from here");
        }
        if (ends.size() < parts || ends.contains(PartRun.End.INCOMPLETE)) {
            return new MetadataVerdict(
                    "incomplete",
                    ExitCode.INCOMPLETE,
                    "not complete: what was refused or failed is in " + files.log()
                            + ".*; the same command tries it again");
        }
        return new MetadataVerdict("complete", ExitCode.SUCCESS, "");
    }
}
