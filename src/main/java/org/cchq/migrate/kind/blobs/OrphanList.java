package org.cchq.migrate.kind.blobs;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.blob.BlobInfo;
import org.cchq.migrate.store.blob.BlobPage;
import org.cchq.migrate.store.blob.BlobStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects of a store that no metadata row names: listed in a file, one JSON object a line, and counted; never touched.
 * The site stores an object first and its row then, so what has no row is looked for again after a while.
 *
 * <pre>{"blob_key": "0123", "length": 17}</pre>
 */
final class OrphanList {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanList.class);
    private static final int BATCH = 1_000;
    /** Objects of this program, which are removed on their own. */
    private static final String PROBES = "cchq-migrate-probe-";

    private final BlobStore store;
    private final BlobMetaTable rows;
    private final RunControl control;
    private final Duration rest;
    private final EndpointPatience patience = new EndpointPatience(Sleeper.SYSTEM);

    /** @param rest between the two looks */
    OrphanList(BlobStore store, BlobMetaTable rows, RunControl control, Duration rest) {
        this.store = store;
        this.rows = rows;
        this.control = control;
        this.rest = rest;
    }

    /**
     * Writes the file.
     *
     * @return how many there are; empty if the run was cancelled before all were looked at
     */
    Optional<Long> write(Path file) throws EndpointException, UserException, InterruptedException {
        Path candidates = file.resolveSibling(file.getFileName() + ".part");
        try {
            if (!firstLook(candidates)) {
                return Optional.empty();
            }
            Sleeper.SYSTEM.sleep(rest);
            return secondLook(candidates, file);
        } catch (IOException | UncheckedIOException e) {
            throw new UserException(file + ": cannot be written (" + e.getMessage() + "); make room", e);
        } finally {
            remove(candidates);
        }
    }

    private static void remove(Path candidates) {
        try {
            Files.deleteIfExists(candidates);
        } catch (IOException e) {
            LOG.warn("{} cannot be removed: {}", candidates, e.toString());
        }
    }

    private boolean firstLook(Path candidates) throws IOException, EndpointException, InterruptedException {
        try (BufferedWriter out = Files.newBufferedWriter(candidates)) {
            String after = "";
            boolean more = true;
            while (more) {
                if (control.cancelledBy().isPresent()) {
                    return false;
                }
                String from = after;
                BlobPage page = patience.ask(() -> store.list(from));
                List<BlobPage.Entry> entries = page.entries();
                writeWithoutRow(entries, out);
                more = page.more() && !entries.isEmpty();
                after = entries.isEmpty()
                        ? after
                        : entries.get(entries.size() - 1).key();
            }
            return true;
        }
    }

    private long writeWithoutRow(List<BlobPage.Entry> entries, Writer out)
            throws IOException, EndpointException, InterruptedException {
        List<String> keys = entries.stream().map(BlobPage.Entry::key).toList();
        Set<String> named = patience.ask(() -> rows.existing(keys));
        long written = 0;
        for (BlobPage.Entry entry : entries) {
            if (!named.contains(entry.key()) && !entry.key().startsWith(PROBES)) {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                fields.put("blob_key", entry.key());
                fields.put("length", entry.info().length());
                out.write(Json.write(fields) + "\n");
                written++;
            }
        }
        return written;
    }

    private Optional<Long> secondLook(Path candidates, Path file)
            throws IOException, EndpointException, UserException, InterruptedException {
        long found = 0;
        try (BufferedReader in = Files.newBufferedReader(candidates);
                BufferedWriter out = Files.newBufferedWriter(file)) {
            List<BlobPage.Entry> batch = new ArrayList<>();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                batch.add(entry(line, candidates));
                if (batch.size() == BATCH) {
                    if (control.cancelledBy().isPresent()) {
                        return Optional.empty();
                    }
                    found += writeWithoutRow(batch, out);
                    batch.clear();
                }
            }
            return Optional.of(found + writeWithoutRow(batch, out));
        }
    }

    private static BlobPage.Entry entry(String line, Path place) throws UserException {
        Map<String, @Nullable Object> fields = Json.readObject(line, place.toString());
        long length = fields.get("length") instanceof Number number ? number.longValue() : 0;
        return new BlobPage.Entry(String.valueOf(fields.get("blob_key")), new BlobInfo(length, ""));
    }
}
