package org.cchq.migrate.agent;

import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.kind.doctypes.CopyPolicy;

/** {@code --conflicts} and {@code --retyped}. */
final class DoctypePolicy {
    private DoctypePolicy() {}

    static CopyPolicy of(CommandLineReader line) throws UsageException {
        String conflicts = line.text(DoctypeOptions.CONFLICTS).orElse("all");
        String retyped = line.text(DoctypeOptions.RETYPED).orElse("delete");
        return CopyPolicy.DEFAULT
                .with(
                        switch (conflicts) {
                            case "all" -> CopyPolicy.Conflicts.ALL;
                            case "winner" -> CopyPolicy.Conflicts.WINNER;
                            default ->
                                throw new UsageException("--conflicts=" + conflicts + ": expected all or winner");
                        })
                .with(
                        switch (retyped) {
                            case "delete" -> CopyPolicy.Retyped.DELETE;
                            case "keep" -> CopyPolicy.Retyped.KEEP;
                            default -> throw new UsageException("--retyped=" + retyped + ": expected delete or keep");
                        });
    }
}
