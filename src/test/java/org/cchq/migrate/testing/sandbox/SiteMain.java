package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;

/**
 * A process of the simulated site on one host. It reads the host's localsettings.py when it starts and never again, says in
 * {@code ready} that it has, and goes to work when the process before it has ended; at SIGTERM it finishes what it is doing.
 *
 * <p>Its directory has {@code blobs.jsonl} (what it may touch), {@code journal.jsonl} (what was done), {@code lock},
 * {@code ready} and {@code pid}.
 */
public final class SiteMain {
    private static final int THREADS = 2;
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    private SiteMain() {}

    /** Arguments: localsettings.py, the directory, the signature version or "settings" for that of the settings, things a second. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[1]);
        SiteSettings read = SiteSettings.read(PYTHON, Path.of(arguments[0]));
        SiteSettings settings = arguments[2].equals("settings") ? read : read.signedBy(arguments[2]);
        SiteBlobDb blobs = SiteBlobDb.of(settings);
        say(directory, "ready");
        try (FileChannel lock =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock.lock();
            say(directory, "pid");
            Path file = directory.resolve("journal.jsonl");
            List<StoredAs> mine = mine(directory.resolve("blobs.jsonl"), SiteJournal.read(file));
            try (SiteJournal journal = SiteJournal.append(file)) {
                journal.add(
                        "start",
                        true,
                        settings.store()
                                + settings.old().map(old -> ", old " + old).orElse(""),
                        Optional.empty());
                work(settings, blobs, journal, mine, Integer.parseInt(arguments[3]));
                journal.add("stop", true, blobs.retries() + " requests sent again", Optional.empty());
            }
        }
        ENDED.countDown();
    }

    private static final CountDownLatch ENDED = new CountDownLatch(1);

    /** Its own process id, under this name, complete as soon as it is there. */
    private static void say(Path directory, String name) throws IOException {
        Path draft = directory.resolve(name + ".new");
        Files.writeString(draft, ProcessHandle.current().pid() + "\n");
        Files.move(draft, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private static List<StoredAs> mine(Path manifest, List<SiteJournal.Entry> journal)
            throws IOException, UserException {
        Map<String, StoredAs> blobs = new LinkedHashMap<>();
        for (String line : Files.readAllLines(manifest)) {
            StoredAs blob = StoredAs.of(Json.readObject(line, manifest.toString()));
            blobs.put(blob.key(), blob);
        }
        SiteJournal.replay(
                journal,
                stored -> blobs.put(stored.key(), stored),
                deleted -> deleted.blob().ifPresent(blob -> blobs.remove(blob.key())));
        return List.copyOf(blobs.values());
    }

    private static void work(
            SiteSettings settings, SiteBlobDb blobs, SiteJournal journal, List<StoredAs> mine, int perSecond)
            throws SQLException, InterruptedException {
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(THREADS);
        List<SiteWork> workers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            List<StoredAs> share = new ArrayList<>();
            for (int at = i; at < mine.size(); at += THREADS) {
                share.add(mine.get(at));
            }
            SiteWork worker = new SiteWork(settings, blobs, journal, share, new Random());
            workers.add(worker);
            if (perSecond > 0) {
                timer.scheduleWithFixedDelay(worker::act, 0, 1_000_000L * THREADS / perSecond, TimeUnit.MICROSECONDS);
            }
        }
        CountDownLatch told = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> finish(told), "site-stop"));
        told.await();
        timer.shutdown();
        if (!timer.awaitTermination(60, TimeUnit.SECONDS)) {
            journal.add("stop", false, "a request takes longer than 60 s", Optional.empty());
        }
        for (SiteWork worker : workers) {
            worker.close();
        }
    }

    /** SIGTERM: the process lives until its work is done. */
    private static void finish(CountDownLatch told) {
        told.countDown();
        try {
            ENDED.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
