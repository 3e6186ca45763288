package org.cchq.migrate.testing.kill;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.cchq.migrate.testing.BlobSite;

/** {@code bin/kill-test [KILLS [BLOBS [SEED]]]}: prints what was found; exit 0 only if nothing was. */
public final class KillMain {
    private KillMain() {}

    public static void main(String[] args) throws Exception {
        Path agent = Path.of(args[0]);
        int kills = args.length > 1 ? Integer.parseInt(args[1]) : 200;
        int blobs = args.length > 2 ? Integer.parseInt(args[2]) : 20_000;
        long seed = args.length > 3 ? Long.parseLong(args[3]) : System.nanoTime();
        Path directory = Files.createTempDirectory("cchq-migrate-kill");
        Instant begun = Instant.now();
        KillRun.Report report;
        try (BlobSite site = BlobSite.start(directory)) {
            System.out.println("seed " + seed + ", state in " + directory);
            report = new KillRun(site, agent, seed, System.out::println).run(blobs, kills, 900);
        }
        System.out.println(report.kills() + " kills (" + report.killsOfFirstPass() + " of them in the first pass) in "
                + report.sessions() + " sessions over " + blobs
                + " blobs, with " + report.puts() + " puts and " + report.deletes() + " deletes of the site, in "
                + Duration.between(begun, Instant.now()).toSeconds() + " s: " + report.lost() + " lost, "
                + report.wrong() + " wrong, " + report.orphans() + " left over, " + report.countedTwice()
                + " counted twice");
        System.exit(report.clean() ? 0 : 1);
    }
}
