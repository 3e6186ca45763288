package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/**
 * One thread of a process of the site: puts, reads, deletes and compresses blobs of its share, through HQ's blob db and with
 * HQ's rows. Each thing done is in the journal; what fails, or reads other bytes than were written, is there as a failure.
 */
final class SiteWork implements AutoCloseable {
    private static final int LARGEST = 1 << 20;

    private final SiteSettings settings;
    private final SiteBlobDb blobs;
    private final SiteJournal journal;
    private final List<StoredAs> mine;
    private final Random random;
    private final BlobKeys keys;
    private final BlobContents contents;
    private final Map<String, Connection> connections = new LinkedHashMap<>();

    /** @param mine blobs that nobody else touches */
    SiteWork(SiteSettings settings, SiteBlobDb blobs, SiteJournal journal, List<StoredAs> mine, Random random)
            throws SQLException {
        this.settings = settings;
        this.blobs = blobs;
        this.journal = journal;
        this.mine = new ArrayList<>(mine);
        this.random = random;
        keys = new BlobKeys(random);
        contents = new BlobContents(random);
        for (SiteSettings.Partition partition : settings.partitions()) {
            connections.put(
                    partition.alias(),
                    DriverManager.getConnection(partition.url(), partition.user(), partition.password()));
        }
    }

    /** Does one thing. */
    void act() {
        int dice = random.nextInt(100);
        if (dice < 30 || mine.isEmpty()) {
            put();
        } else if (dice < 75) {
            StoredAs blob = mine.get(random.nextInt(mine.size()));
            record("get", blob, () -> Optional.of(read(blob).fromOld() ? "old" : "new"));
        } else if (dice < 90) {
            delete(random.nextInt(mine.size()));
        } else {
            compress(random.nextInt(mine.size()));
        }
    }

    /** A request of the site. */
    private interface Request {
        /** Its detail for the journal; empty if there was nothing to do. */
        Optional<String> run() throws IOException, InterruptedException, SQLException;
    }

    private boolean record(String operation, StoredAs blob, Request request) {
        try {
            Optional<String> detail = request.run();
            detail.ifPresent(text -> journal.add(operation, true, text, Optional.of(blob)));
            return detail.isPresent();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            journal.add(operation, false, "interrupted", Optional.of(blob));
        } catch (IOException | SQLException | RuntimeException e) {
            journal.add(operation, false, e.toString(), Optional.of(blob));
        }
        return false;
    }

    private void put() {
        String parent = keys.hex(32);
        byte[] content = contents.binary(contents.size());
        StoredAs blob = new StoredAs(
                "domain-1",
                parent,
                "new.jpg",
                keys.hex(32),
                3,
                Instant.now(),
                false,
                content.length,
                OptionalLong.empty(),
                StoredAs.sha256(content),
                content.length);
        if (record("put", blob, () -> {
            blobs.put(blob.key(), content);
            BlobRows.insert(connection(blob), blob);
            return Optional.of("");
        })) {
            mine.add(blob);
        }
    }

    private SiteBlobDb.Read read(StoredAs blob) throws IOException, InterruptedException {
        SiteBlobDb.Read read = blobs.get(blob.key()).orElseThrow(() -> new IOException(blob.key() + " is not found"));
        if (!StoredAs.sha256(read.content()).equals(blob.sha256())) {
            throw new IOException(blob.key() + " has other bytes than were written");
        }
        return read;
    }

    private void delete(int at) {
        StoredAs blob = mine.get(at);
        mine.set(at, mine.get(mine.size() - 1));
        mine.remove(mine.size() - 1);
        record("delete", blob, () -> {
            boolean found = blobs.delete(blob.key());
            BlobRows.delete(connection(blob), blob.key());
            if (!found) {
                throw new IOException(blob.key() + " is not found");
            }
            return Optional.of(blobs.old().isPresent() ? "from both" : "from one");
        });
    }

    /** Looks from there on for plain form XML and stores it gzipped, as compress_form_xml does. */
    private void compress(int from) {
        for (int i = from; i < mine.size(); i++) {
            StoredAs blob = mine.get(i);
            if (blob.typeCode() == 2 && blob.compressedLength().isEmpty() && blob.size() < LARGEST) {
                int at = i;
                List<StoredAs> after = new ArrayList<>(1);
                try {
                    byte[] stored = BlobContents.gzip(read(blob).content());
                    after.add(blob.compressed(stored));
                    if (record("compress", after.get(0), () -> {
                        blobs.put(blob.key(), stored);
                        BlobRows.compress(connection(blob), after.get(0));
                        return Optional.of("");
                    })) {
                        mine.set(at, after.get(0));
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (IOException e) {
                    journal.add("get", false, e.toString(), Optional.of(blob));
                }
                return;
            }
        }
    }

    private Connection connection(StoredAs blob) {
        Connection connection =
                connections.get(settings.partitionOf(blob.parentId()).alias());
        if (connection == null) {
            throw new IllegalStateException("no database for " + blob.parentId());
        }
        return connection;
    }

    @Override
    public void close() throws SQLException {
        for (Connection connection : connections.values()) {
            connection.close();
        }
    }
}
