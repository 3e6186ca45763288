package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.cchq.migrate.json.Json;

/**
 * Fills a sandbox with blobs as a site has them after some years: every type code, keys of every era, sizes from nothing to
 * 64 MiB, gzipped and plain form XML, rows with wrong lengths, one blob under two parents, and 60 planted problems. The same
 * seed gives the same data.
 */
final class Seed {
    private static final Instant FIRST = Instant.parse("2015-03-01T00:00:00Z");
    private static final long SECONDS = 11L * 365 * 86_400;

    private static final class Made {
        private final StoredAs blob;
        private final byte[] content;

        Made(StoredAs blob, byte[] content) {
            this.blob = blob;
            this.content = content;
        }
    }

    private final Sandbox sandbox;
    private final Truth truth;
    private final Random random;
    private final BlobKeys keys;
    private final BlobContents contents;
    private final ExecutorService uploads = Executors.newFixedThreadPool(8);
    private final List<Future<?>> pending = new ArrayList<>();
    private final PlainS3 old;
    private final PlainS3 target;
    private long bytes;

    Seed(Sandbox sandbox, Truth truth, long seed) {
        this.sandbox = sandbox;
        this.truth = truth;
        random = new Random(seed);
        keys = new BlobKeys(random);
        contents = new BlobContents(random);
        old = sandbox.old().client();
        target = sandbox.target().client();
    }

    /** Stored bytes so far. */
    long bytes() {
        return bytes;
    }

    /**
     * Puts this many rows, the planted ones among them.
     *
     * @param edges whether the large blobs are to be among them; they make 170 MB
     */
    void fill(int count, boolean edges) throws Exception {
        try {
            List<StoredAs> rows = new ArrayList<>();
            for (Planted.Kind kind : Planted.Kind.values()) {
                for (int i = 0; i < kind.count(); i++) {
                    Made made = make(typeOf(kind, i), Optional.empty(), Optional.empty());
                    plant(new Planted(kind, made.blob));
                    rows.add(made.blob);
                    if (kind.startsOnOld()) {
                        upload(old, made);
                    } else if (kind == Planted.Kind.ON_NEW_ONLY) {
                        upload(target, made);
                    }
                }
            }
            if (edges) {
                for (int size : BlobContents.EDGES) {
                    rows.add(upload(old, make(6, Optional.of(size), Optional.empty())));
                }
            }
            for (int i = 0; i < 40; i++) {
                rows.add(upload(old, make(3, Optional.empty(), Optional.of(keys.odd(i)))));
                rows.add(upload(old, make(15, Optional.empty(), Optional.of(keys.onlyS3(i)))));
            }
            for (int i = 0; i < 4; i++) {
                Made made = make(3, Optional.empty(), Optional.empty());
                rows.add(upload(old, made));
                rows.add(underAnotherParent(made.blob));
            }
            while (rows.size() < count) {
                rows.add(upload(old, make(type(rows.size()), Optional.empty(), Optional.empty())));
            }
            for (Future<?> one : pending) {
                one.get();
            }
            Collections.shuffle(rows, random);
            insert(rows);
            rows.forEach(truth::put);
        } finally {
            uploads.shutdownNow();
        }
    }

    /** The first 17 of the ordinary ones have one type each; then as on a site, mostly forms. */
    private int type(int number) {
        if (number % 50 < 17) {
            return 1 + number % 50;
        }
        return random.nextInt(3) == 0 ? 3 : 2;
    }

    private static int typeOf(Planted.Kind kind, int number) {
        return switch (kind) {
            case LOST -> List.of(1, 12, 13, 15, 8).get(number % 5);
            case LOST_FORM_REFERENCED, LOST_FORM_UNREFERENCED, LOST_FORM_IN_SQL -> number % 2 == 0 ? 2 : 3;
            default -> List.of(2, 3, 6, 9, 1).get(number % 5);
        };
    }

    private Made make(int type, Optional<Integer> size, Optional<String> key) {
        String parent = parentOf(type);
        byte[] content = type == 2 ? contents.formXml(parent) : contents.binary(size.orElseGet(contents::size));
        boolean compress = type == 2 && random.nextInt(10) < 7;
        byte[] stored = compress ? BlobContents.gzip(content) : content;
        long said = parent.equals("IcdsFile") ? 0 : content.length;
        StoredAs blob = new StoredAs(
                type == 6 ? "<shared>" : "domain-" + random.nextInt(40),
                parent,
                type == 2 ? "form.xml" : type == 3 ? "photo-" + random.nextInt(1000) + ".jpg" : "",
                key.orElseGet(() -> keys.ordinary(parent)),
                type,
                FIRST.plusSeconds((long) (random.nextDouble() * SECONDS)),
                (type == 1 || type == 12) && random.nextBoolean(),
                said,
                compress ? OptionalLong.of(stored.length) : OptionalLong.empty(),
                StoredAs.sha256(stored),
                stored.length);
        return new Made(blob, stored);
    }

    private String parentOf(int type) {
        if (type == 1 && random.nextInt(5) == 0) {
            return "IcdsFile";
        }
        if (type == 8) {
            return "domain-" + random.nextInt(40);
        }
        String hex = keys.hex(32);
        return random.nextInt(3) > 0
                ? hex
                : String.join(
                        "-",
                        hex.substring(0, 8),
                        hex.substring(8, 12),
                        hex.substring(12, 16),
                        hex.substring(16, 20),
                        hex.substring(20));
    }

    /** Old forms share blobs: the same key in two databases. */
    private StoredAs underAnotherParent(StoredAs blob) {
        while (true) {
            String parent = parentOf(blob.typeCode());
            if (!ParentShard.aliasOf(parent).equals(blob.alias())) {
                return new StoredAs(
                        blob.domain(),
                        parent,
                        blob.name(),
                        blob.key(),
                        blob.typeCode(),
                        blob.createdOn(),
                        blob.temporary(),
                        blob.contentLength(),
                        blob.compressedLength(),
                        blob.sha256(),
                        blob.size());
            }
        }
    }

    private StoredAs upload(PlainS3 cluster, Made made) throws Exception {
        bytes += made.content.length;
        if (cluster == old) {
            truth.onOld(made.blob);
        }
        pending.add(uploads.submit(() -> {
            cluster.put(made.blob.key(), made.content);
            return made.blob.key();
        }));
        if (pending.size() >= 256) {
            for (Future<?> one : pending) {
                one.get();
            }
            pending.clear();
        }
        return made.blob;
    }

    private void plant(Planted problem) throws IOException, InterruptedException {
        truth.plant(problem);
        StoredAs blob = problem.blob();
        if (problem.kind() == Planted.Kind.DENIED) {
            sandbox.old().deny(blob.key());
        }
        if (problem.kind() == Planted.Kind.LOST_FORM_REFERENCED) {
            saveForm(blob, Map.of(blob.name(), Map.of("key", blob.key(), "doc_type", "BlobMetaRef")));
        }
        if (problem.kind() == Planted.Kind.LOST_FORM_UNREFERENCED) {
            saveForm(blob, Map.of("other", Map.of("key", "of-another-blob", "doc_type", "BlobMetaRef")));
        }
    }

    private void saveForm(StoredAs blob, Map<String, ?> externalBlobs) throws IOException, InterruptedException {
        if (sandbox.couch().isPresent()) {
            sandbox.couch()
                    .get()
                    .put(
                            "commcarehq",
                            blob.parentId(),
                            Json.write(Map.of(
                                    "doc_type",
                                    "XFormInstance",
                                    "domain",
                                    blob.domain(),
                                    "external_blobs",
                                    externalBlobs)));
        }
    }

    private void insert(List<StoredAs> rows) throws SQLException {
        for (String alias : ParentShard.ALIASES) {
            try (Connection connection = sandbox.databases().connect("commcarehq_" + alias);
                    PreparedStatement statement = connection.prepareStatement(BlobRows.INSERT)) {
                connection.setAutoCommit(false);
                int waiting = 0;
                for (StoredAs blob : rows) {
                    if (blob.alias().equals(alias)) {
                        BlobRows.bind(statement, blob);
                        statement.addBatch();
                        if (++waiting % 1000 == 0) {
                            statement.executeBatch();
                        }
                    }
                }
                statement.executeBatch();
                connection.commit();
                connection.setAutoCommit(true);
                connection.createStatement().execute("ANALYZE blobs_blobmeta");
            }
        }
    }
}
