package org.cchq.migrate.kind.blobs;

import java.io.IOException;
import java.util.function.Consumer;
import org.cchq.migrate.hq.TypeCode;

/** Prints what {@code check_blob_logs} found: HQ's blocks as HQ prints them, then what HQ does not look at. */
final class BlobLogReport {
    private final Consumer<String> out;

    /** @param out takes lines without their ends */
    BlobLogReport(Consumer<String> out) {
        this.out = out;
    }

    void hqBlocks(CheckBlobLogsResult result) {
        if (result.interrupted()) {
            out.accept("Ended before all records were checked; what follows counts only those that were.");
        }
        if (result.malformed() > 0) {
            out.accept("Ignored " + result.malformed() + " malformed records");
        }
        result.types().forEach((code, type) -> {
            long total = type.foundInNew() + type.foundInOld() + type.notReferenced() + type.notFound();
            out.accept(TypeCode.groupName(code) + ": checked " + total + " records");
            out.accept("  Found in new db: " + type.foundInNew());
            out.accept("  Found in old db: " + type.foundInOld());
            out.accept("  Not referenced: " + type.notReferenced());
            out.accept("  Not found: " + type.notFound());
        });
    }

    /** Classes that nothing is in are left out. */
    void ownSection(CheckBlobLogsResult result, boolean deletionsAreRecorded, LostBlobs lost) throws IOException {
        out.accept("");
        out.accept("Beyond the above: what blob metadata, deletions and documents say of blobs in neither db");
        result.types().forEach((code, type) -> {
            if (type.beyondHq() > 0) {
                String name = TypeCode.of(code).map(TypeCode::label).orElse("unknown");
                out.accept(name + " (type_code " + code + "): " + type.lost() + " lost");
                unlessNone("  Lost, metadata row still there: ", type.lostWithRow());
                unlessNone("  Lost, only its document names it: ", type.lostWithDocument());
                unlessNone("  Deleted by the site: ", type.deleted());
                unlessNone("  Neither row nor deletion recorded: ", type.unexplained());
                unlessNone("  Parent could not be asked: ", type.parentNotAsked());
            }
        });
        if (!deletionsAreRecorded) {
            out.accept("This database does not record deletions (blobs_deletedblobmeta came in 2019).");
        }
        unlessNone("Records not checked: ", result.notChecked());
        unlessNone("Blobs in neither db that were not looked up any more: ", result.notLookedUp());
        lost.list(out);
        out.accept(result.lost() > 0 ? result.lost() + " lost" : nothingLost(result));
    }

    private static String nothingLost(CheckBlobLogsResult result) {
        if (result.notLookedUp() > 0) {
            return "Whether anything is lost is not known.";
        }
        boolean allKnown = result.notChecked() + result.malformed() == 0 && !result.interrupted();
        return allKnown ? "Nothing lost." : "Nothing lost among the records that were checked.";
    }

    private void unlessNone(String label, long count) {
        if (count > 0) {
            out.accept(label + count);
        }
    }
}
