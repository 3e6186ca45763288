package org.cchq.migrate.kind.blobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.cchq.migrate.hq.ShardMap;
import org.cchq.migrate.testing.HqSchema;
import org.cchq.migrate.testing.PostgresServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Prints how long enumeration takes at a size to be looked at by a person: {@code -Dscale.rows=5000000}. */
@EnabledIfSystemProperty(named = "scale.rows", matches = "[0-9]+", disabledReason = "takes minutes; set scale.rows")
class BlobMetaScaleIT {
    private static final int ROWS = Integer.getInteger("scale.rows", 0);

    @Test
    void enumerates() throws Exception {
        try (PostgresServer server = PostgresServer.start()) {
            server.createDatabase("hq", HqSchema.E4);
            server.execute(
                    "hq",
                    "INSERT INTO blobs_blobmeta (domain, parent_id, name, key, type_code, created_on, content_length)"
                            + " SELECT 'demo', md5(n::text), 'form.xml', md5('k' || n), 2,"
                            + " '2014-01-01Z'::timestamptz + n * interval '30 seconds', 4096"
                            + " FROM generate_series(1, " + ROWS + ") n");
            ShardMap map = ShardMap.unpartitioned(server.spec("default", "hq"));
            measure("open, estimate, first page", map, "-");
            server.execute("hq", "ANALYZE");
            measure("the same, analysed", map, "-");
            measure("first page of the last days", map, "20180901-");
            measure("page of a range without rows", map, "20010101-20010102");

            long start = System.nanoTime();
            long seen = 0;
            try (BlobMetaTable table = BlobMetaTable.open(map, 1)) {
                long after = Long.MIN_VALUE;
                for (List<BlobMetaRow> page = table.page("default", after, 1000, DateRange.ALL);
                        !page.isEmpty();
                        page = table.page("default", after, 1000, DateRange.ALL)) {
                    seen += page.size();
                    after = page.get(page.size() - 1).id();
                }
            }
            System.out.printf(
                    "all %,d rows by pages of 1000: %d ms%n",
                    seen, Duration.ofNanos(System.nanoTime() - start).toMillis());
            assertThat(seen).isEqualTo(ROWS);
        }
    }

    private static void measure(String what, ShardMap map, String range) throws Exception {
        long start = System.nanoTime();
        try (BlobMetaTable table = BlobMetaTable.open(map, 1)) {
            BlobMetaEstimate estimate = table.estimate(DateRange.parse(range));
            long estimated = System.nanoTime();
            int rows = table.page("default", Long.MIN_VALUE, 1000, DateRange.parse(range))
                    .size();
            System.out.printf(
                    "%s: %s in %d ms, %d rows after another %d ms%n",
                    what,
                    estimate,
                    Duration.ofNanos(estimated - start).toMillis(),
                    rows,
                    Duration.ofNanos(System.nanoTime() - estimated).toMillis());
        }
    }
}
