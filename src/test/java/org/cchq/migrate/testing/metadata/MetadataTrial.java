package org.cchq.migrate.testing.metadata;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.HqSchema;
import org.cchq.migrate.testing.MetadataHome;
import org.cchq.migrate.testing.PostgresServer;

/**
 * Blob metadata of a generated site, the agent killed at random moments on the way forth and on the way back, compared by a
 * script that shares no code with it; then run once more, which changes nothing, and taken back to the last row.
 */
public final class MetadataTrial {
    private static final int SHARDS = 4;
    private static final String NAME = "commcarehq";

    private final Path jar;
    private final Path checkout;
    private final Path directory;
    private final Path settings;
    private final MetadataHome home;
    private final Random random;
    private final PrintStream out;
    private int killed;

    private MetadataTrial(Path jar, Path directory, MetadataHome home, long seed, PrintStream out) throws IOException {
        this.jar = jar;
        this.checkout = Path.of("").toAbsolutePath();
        this.directory = directory;
        this.home = home;
        this.random = new Random(seed);
        this.out = out;
        this.settings = Files.writeString(directory.resolve("settings.json"), Json.write(home.settings()));
    }

    /** @param arguments the agent's jar, documents, kills, seed */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        int documents = number(arguments, 1, 200_000);
        int kills = number(arguments, 2, 50);
        int seed = number(arguments, 3, 20_181_024);
        Path directory = Files.createTempDirectory("metadata-trial-");
        boolean good;
        try (PostgresServer postgres = PostgresServer.start();
                CouchServer couch = CouchServer.start()) {
            MetadataHome home = MetadataHome.make(postgres, couch, NAME, directory, HqSchema.E4, SHARDS);
            long blobs = new MetadataEstate(couch, NAME, home::sql, seed).make(documents);
            out.println(documents + " documents of all types with " + blobs + " blobs, " + SHARDS + " shards, seed "
                    + seed + ", in " + directory);
            good = new MetadataTrial(Path.of(arguments[0]).toAbsolutePath(), directory, home, seed, out)
                    .run(kills, documents);
        }
        out.println(good ? "GOOD" : "BAD");
        System.exit(good ? 0 : 1);
    }

    private static int number(String[] arguments, int at, int otherwise) {
        return arguments.length > at ? Integer.parseInt(arguments[at]) : otherwise;
    }

    private boolean run(int kills, int documents) throws Exception {
        String[] forth = {"run_blob_migration", "migrate_metadata", "--chunk-size=1000"};
        long began = System.nanoTime();
        agent(forth);
        double seconds = (System.nanoTime() - began) / 1e9;
        out.printf("an undisturbed run: %.1f s, %.0f documents/s of the whole process%n", seconds, documents / seconds);
        boolean good = same();
        String sum = "SELECT coalesce(sum(id), 0) + count(*) FROM blobs_blobmeta";
        long before = home.countOnShards(sum);
        agent(forth);
        agent("run_blob_migration", "migrate_metadata", "--chunk-size=1000", "--reset");
        boolean unchanged = before == home.countOnShards(sum);
        out.println("a second run, and one from the beginning: " + (unchanged ? "nothing changed" : "CHANGED ROWS"));
        good &= unchanged;
        long longest = (long) (seconds * 1000);
        while (killed < kills) {
            killing(longest, "remove_blob_metadata");
            boolean empty = home.countOnShards("SELECT count(*) FROM blobs_blobmeta") == 0;
            out.println("after the way back, " + killed + " kills so far: " + (empty ? "no row is left" : "ROWS LEFT"));
            killing(longest, forth);
            good &= empty & same();
        }
        out.println(killed + " kills");
        agent("verify_blob_metadata");
        return good;
    }

    /** Until it ends by itself, at most ten kills. */
    private void killing(long longest, String... words) throws Exception {
        for (int kill = 0; kill < 10; kill++) {
            Process process = start(words);
            if (process.waitFor(200 + (long) (random.nextDouble() * longest), TimeUnit.MILLISECONDS)) {
                requireGood(process, words);
                return;
            }
            process.destroyForcibly().waitFor();
            killed++;
        }
        agent(words);
    }

    private void agent(String... words) throws Exception {
        Process process = start(words);
        process.waitFor();
        requireGood(process, words);
    }

    private void requireGood(Process process, String... words) throws IOException {
        if (process.exitValue() != 0) {
            throw new IOException(String.join(" ", words) + " ended with " + process.exitValue() + ":\n"
                    + Files.readString(directory.resolve("agent.txt")));
        }
    }

    private Process start(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Xmx256m", "-jar", jar.toString()));
        command.addAll(List.of(words));
        command.add("--settings=" + settings);
        command.add("--log-dir=" + home.logs());
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("agent.txt").toFile())
                .start();
    }

    private boolean same() throws Exception {
        Process process = new ProcessBuilder(
                        checkout.resolve("bin/metadata-compare").toString(), settings.toString(), "--strict")
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        out.print("compared: " + said);
        return process.waitFor() == 0;
    }
}
