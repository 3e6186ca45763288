package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Looks, after a migration, whether both stores and the rows are as they must be. Reads the rows by SQL and the objects from
 * the stores themselves; it uses no code of the product and nothing that the product reported.
 *
 * @param findings what is wrong, one sentence each
 * @param counts of what was looked at
 */
record Comparison(List<String> findings, Map<String, Object> counts) {
    Comparison {
        findings = List.copyOf(findings);
    }

    /**
     * Compares.
     *
     * @param repaired whether the denied objects have been copied by now
     */
    static Comparison of(Sandbox sandbox, Truth truth, boolean repaired) throws Exception {
        return new Look(sandbox, truth, repaired, Instant.MAX, sandbox.target()::sha256).run();
    }

    /**
     * Compares after the flip, reading every blob as the site does, each other one signed by version 4.
     *
     * @param flipped when the site's requests to the old cluster began to go to the new one
     * @param url of the proxy
     */
    static Comparison throughProxy(Sandbox sandbox, Truth truth, Instant flipped, URI url) throws Exception {
        PlainS3 v2 = sandbox.target().through(url, S3Signature.V2);
        PlainS3 v4 = sandbox.target().through(url, S3Signature.V4);
        return new Look(
                        sandbox,
                        truth,
                        true,
                        flipped,
                        key -> ((key.hashCode() & 1) == 0 ? v2 : v4).get(key).map(StoredAs::sha256))
                .run();
    }

    /** Reads one object of the new cluster. */
    private interface Reading {
        /** SHA-256 of its bytes; empty if there is none. */
        Optional<String> sha256(String key) throws IOException, InterruptedException;
    }

    /** One comparison at work. */
    private static final class Look {
        private final Sandbox sandbox;
        private final Truth truth;
        private final boolean repaired;
        private final Instant flipped;
        private final Reading reading;
        private final List<String> findings = new ArrayList<>();
        private final Map<String, Object> counts = new LinkedHashMap<>();

        Look(Sandbox sandbox, Truth truth, boolean repaired, Instant flipped, Reading reading) {
            this.flipped = flipped;
            this.reading = reading;
            this.sandbox = sandbox;
            this.truth = truth;
            this.repaired = repaired;
        }

        Comparison run() throws Exception {
            compareRows();
            Map<String, String> stored = compareTarget();
            compareOld();
            counts.put("unfinished_uploads", sandbox.target().unfinishedUploads());
            counts.put("objects_on_new", stored.size());
            counts.put("findings", findings.size());
            return new Comparison(findings, counts);
        }

        private void compareRows() throws SQLException {
            Map<String, StoredAs> wanted = new HashMap<>();
            truth.rows().forEach(row -> wanted.put(row.alias() + " " + row.key(), row));
            int found = 0;
            for (String alias : ParentShard.ALIASES) {
                try (Connection connection = sandbox.databases().connect("commcarehq_" + alias);
                        Statement statement = connection.createStatement();
                        ResultSet rows = statement.executeQuery(
                                "SELECT key, parent_id, type_code, content_length, compressed_length FROM blobs_blobmeta")) {
                    while (rows.next()) {
                        found++;
                        compareRow(alias, rows, wanted.remove(alias + " " + rows.getString("key")));
                    }
                }
            }
            wanted.keySet().forEach(row -> findings.add("row is gone: " + row));
            counts.put("rows", found);
        }

        private void compareRow(String alias, ResultSet row, StoredAs wanted) throws SQLException {
            String name = alias + " " + row.getString("key");
            if (wanted == null) {
                findings.add("row that nobody wrote: " + name);
                return;
            }
            row.getLong("compressed_length");
            boolean plain = row.wasNull();
            if (!row.getString("parent_id").equals(wanted.parentId())
                    || row.getInt("type_code") != wanted.typeCode()
                    || row.getLong("content_length") != wanted.contentLength()
                    || plain != wanted.compressedLength().isEmpty()
                    || row.getLong("compressed_length")
                            != wanted.compressedLength().orElse(0)) {
                findings.add("row was changed: " + name);
            }
        }

        /** Key to digest of all that is on the new cluster. */
        private Map<String, String> compareTarget() throws Exception {
            Map<String, String> stored = digests();
            Set<String> orphans = new HashSet<>(stored.keySet());
            int verified = 0;
            for (StoredAs row : truth.rows()) {
                String digest = stored.get(row.key());
                orphans.remove(row.key());
                boolean expected = truth.planted(row.key())
                        .map(problem -> !problem.kind().lost() && (repaired || problem.kind() != Planted.Kind.DENIED))
                        .orElse(true);
                if (expected && digest == null) {
                    findings.add("not on new: " + row.key());
                } else if (!expected && digest != null) {
                    findings.add("on new, though nobody had it: " + row.key());
                } else if (digest != null && !digest.equals(row.sha256())) {
                    findings.add("wrong bytes on new: " + row.key());
                } else if (digest != null) {
                    verified++;
                }
            }
            orphans.forEach(key -> findings.add("on new without a row: " + key + truth.history(key)));
            counts.put("verified", verified);
            counts.put("orphans", orphans.size());
            return stored;
        }

        /** The old cluster loses nothing but what the site deletes, and after the flip not even that. */
        private void compareOld() {
            Map<String, Long> old = sandbox.old().contents();
            Set<String> strangers = new HashSet<>(old.keySet());
            for (StoredAs row : truth.rows()) {
                strangers.remove(row.key());
                if (truth.startedOnOld(row) && !old.containsKey(row.key())) {
                    findings.add("gone from old: " + row.key());
                }
            }
            strangers.removeIf(key ->
                    truth.removedAt(key).filter(at -> at.isAfter(flipped)).isPresent());
            strangers.forEach(key -> findings.add("on old without a row: " + key));
            counts.put("objects_on_old", old.size());
        }

        private Map<String, String> digests() throws Exception {
            ExecutorService pool = Executors.newFixedThreadPool(4);
            try {
                Map<String, Future<String>> running = new LinkedHashMap<>();
                for (String key : sandbox.target().contents().keySet()) {
                    running.put(key, pool.submit(() -> reading.sha256(key).orElse("gone meanwhile")));
                }
                Map<String, String> digests = new HashMap<>();
                for (Map.Entry<String, Future<String>> one : running.entrySet()) {
                    digests.put(one.getKey(), one.getValue().get());
                }
                return digests;
            } finally {
                pool.shutdownNow();
            }
        }
    }
}
