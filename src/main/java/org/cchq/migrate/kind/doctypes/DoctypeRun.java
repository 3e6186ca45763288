package org.cchq.migrate.kind.doctypes;

import java.nio.file.Path;
import org.cchq.migrate.engine.RunControl;

/**
 * What every phase works with.
 *
 * @param stateDirectory where the files of the state are; made if it is not there
 */
public record DoctypeRun(
        DoctypeEnds ends, Path stateDirectory, CopyPolicy policy, RunControl control, DoctypeOutput output) {}
