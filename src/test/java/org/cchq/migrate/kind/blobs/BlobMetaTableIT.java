package org.cchq.migrate.kind.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.hq.BlobMigrationState;
import org.cchq.migrate.hq.ShardMap;
import org.cchq.migrate.store.row.PostgresDatabase;
import org.cchq.migrate.testing.HqSchema;
import org.cchq.migrate.testing.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BlobMetaTableIT {
    private static final Instant DAY = Instant.parse("2018-01-09T12:00:00Z");
    private static final Instant LATER = Instant.parse("2019-06-01T00:00:00Z");
    private static PostgresServer server;
    private static int databases;

    @BeforeAll
    static void start() throws Exception {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @ParameterizedTest
    @EnumSource(HqSchema.class)
    void pagesThroughAllRowsOfEveryEra(HqSchema era) throws Exception {
        String database = database(era);
        Set<Long> ids = new LinkedHashSet<>();
        for (int i = 0; i < 25; i++) {
            ids.add(server.insertBlob(database, "parent", "key" + i, 2, DAY, 7));
        }

        try (BlobMetaTable table = open(database)) {
            assertThat(ids(table, "default", 10, DateRange.ALL)).containsExactlyElementsOf(ids);
            assertThat(table.estimate(DateRange.ALL)).isEqualTo(new BlobMetaEstimate(25, true));
        }
    }

    @Test
    void readsTheStoredLengthWhereBlobsMayBeCompressed() throws Exception {
        String database = database(HqSchema.E4);
        server.insertBlob(database, "form1", "form-key", 2, DAY, 1000);
        server.insertBlob(database, "form1", "picture-key", 3, DAY, 500);
        server.execute(database, "UPDATE blobs_blobmeta SET compressed_length = 90 WHERE key = 'form-key'");

        try (BlobMetaTable table = open(database)) {
            List<BlobMetaRow> rows = table.page("default", Long.MIN_VALUE, 10, DateRange.ALL);

            assertThat(rows).extracting(BlobMetaRow::key).containsExactly("form-key", "picture-key");
            assertThat(rows)
                    .extracting(BlobMetaRow::compressedLength)
                    .containsExactly(OptionalLong.of(90), OptionalLong.empty());
            assertThat(rows).extracting(BlobMetaRow::storedLength).containsExactly(90L, 500L);
            assertThat(rows).extracting(BlobMetaRow::createdOn).containsOnly(DAY);
        }
    }

    /** HQ's own view is the measure: the same rows, though it is never read. */
    @Test
    void readsWhatTheViewShowsBeginningBelowZero() throws Exception {
        String database = database(HqSchema.E2_VIEW);
        UUID uuid = UUID.fromString("0a1b2c3d-0000-4000-8000-00000000000f");
        server.insertFormAttachment(database, "f1", "form.xml", uuid, null, "b1", DAY);
        server.insertFormAttachment(database, "f1", "pic.jpg", UUID.randomUUID(), "", "b2", DAY);
        server.insertFormAttachment(database, "f2", "form.xml", UUID.randomUUID(), "bucket/x", "b3", LATER);
        server.insertBlob(database, "p", "real", 5, DAY, 3);

        try (BlobMetaTable table = open(database)) {
            List<String> seen = new ArrayList<>();
            for (BlobMetaRow row : all(table, "default", 2, DateRange.ALL)) {
                seen.add(String.join(
                        "|",
                        Long.toString(row.id()),
                        row.domain(),
                        row.parentId(),
                        row.name(),
                        row.key(),
                        Integer.toString(row.typeCode()),
                        Long.toString(row.contentLength())));
            }
            String view = server.text(
                    database,
                    "SELECT string_agg(concat_ws('|', id, domain, parent_id, name, key, type_code, content_length),"
                            + " E'\\n' ORDER BY id) FROM blobs_blobmeta");

            assertThat(String.join("\n", seen)).isEqualTo(view);
            assertThat(seen.get(2)).startsWith("-1|demo|f1|form.xml|form/0a1b2c3d00004000800000000000000f/b1|2|");
            assertThat(table.existing(List.of("b2", "bucket/x/b3", "b3", "real", "form/x")))
                    .containsExactlyInAnyOrder("b2", "bucket/x/b3", "real");
            assertThat(table.reload("default", List.of(-1L, -99L, 1L)))
                    .extracting(BlobMetaRow::id)
                    .containsExactly(-1L, 1L);
            assertThat(ids(table, "default", 10, DateRange.parse("20190101-"))).containsExactly(-3L);
            assertThat(table.recordsDeleted()).isFalse();
            assertThat(table.deleted(List.of("b2"))).isEmpty();
        }
    }

    @Test
    void looksUpOldAttachmentsByHqsIndex() throws Exception {
        String database = database(HqSchema.E2_VIEW);
        server.execute(database, "ALTER DATABASE " + database + " SET enable_seqscan = off");
        String plan = server.text(
                database,
                "EXPLAIN (FORMAT JSON) " + BlobRelation.attachments().byKeys().replace("?", "ARRAY['a','b']::text[]"));

        assertThat(plan).contains("form_processor_xformattachmentsql_blobmeta_key");
    }

    /** HQ's move makes a row of such an attachment; without it the blob would be lost. */
    @Test
    void readsAnAttachmentWhoseFormIsGone() throws Exception {
        String database = database(HqSchema.E2_VIEW);
        server.insertFormAttachment(database, "f1", "form.xml", UUID.randomUUID(), "", "b1", DAY);
        server.execute(database, "DELETE FROM form_processor_xforminstancesql");

        try (BlobMetaTable table = open(database)) {
            assertThat(table.page("default", Long.MIN_VALUE, 10, DateRange.ALL))
                    .singleElement()
                    .returns("<unknown>", BlobMetaRow::domain)
                    .returns("b1", BlobMetaRow::key);
        }
    }

    @Test
    void keepsToTheDaysOfARange() throws Exception {
        String database = database(HqSchema.E4);
        server.insertBlob(database, "p", "before", 1, Instant.parse("2018-01-08T23:59:59.999999Z"), 1);
        server.insertBlob(database, "p", "first", 1, Instant.parse("2018-01-09T00:00:00Z"), 1);
        server.insertBlob(database, "p", "last", 1, Instant.parse("2018-01-10T23:59:59.999999Z"), 1);
        server.insertBlob(database, "p", "after", 1, Instant.parse("2018-01-11T00:00:00Z"), 1);

        try (BlobMetaTable table = open(database)) {
            DateRange range = DateRange.parse("20180109-20180110");
            assertThat(all(table, "default", 10, range))
                    .extracting(BlobMetaRow::key)
                    .containsExactly("first", "last");
            assertThat(all(table, "default", 10, DateRange.parse("20180108")))
                    .extracting(BlobMetaRow::key)
                    .containsExactly("before");
            assertThat(table.estimate(range).rows()).isEqualTo(2);
        }
    }

    @Test
    void looksAtABoundedNumberOfRowsWhereNothingMatches() throws Exception {
        String database = database(HqSchema.E4);
        generate(database, 1000);

        try (BlobMetaTable table = open(database)) {
            DateRange never = DateRange.parse("20010101-20010102");

            BlobMetaWindow window = table.window("default", Long.MIN_VALUE, 10, 300, never);

            assertThat(window).isEqualTo(new BlobMetaWindow(List.of(), 300, false));
            assertThat(table.page("default", Long.MIN_VALUE, 10, never)).isEmpty();
            assertThat(table.window("default", 1000, 10, 300, never).end()).isTrue();
        }
    }

    @Test
    void findsRowsInWhicheverShardTheyAre() throws Exception {
        ShardMap map = fourShards();
        try (BlobMetaTable table = BlobMetaTable.open(map, 2)) {
            String home = map.aliasOf("abc");
            server.insertBlob("hq_" + home, "abc", "at-home", 2, DAY, 1);
            server.insertBlob("hq_" + (home.equals("s0") ? "s1" : "s0"), "abc", "astray", 2, DAY, 1);
            server.insertBlob("hq_s1", "x", "shared", 2, DAY, 1);
            server.insertBlob("hq_s3", "y", "shared", 2, DAY, 1);
            server.insertBlob("hq_s2", "z", "gone", 2, DAY, 1);
            server.text("hq_s2", "SELECT delete_blob_meta('gone')");

            assertThat(table.find("abc", "at-home").orElseThrow().shard()).isEqualTo("s2");
            assertThat(table.find("abc", "astray")).isPresent();
            assertThat(table.find("other", "at-home")).isEmpty();
            assertThat(table.existing(List.of("at-home", "astray", "shared", "gone", "never")))
                    .containsExactlyInAnyOrder("at-home", "astray", "shared");
            assertThat(table.withKeys(List.of("shared", "never")).get("shared"))
                    .extracting(BlobMetaRow::shard)
                    .containsExactlyInAnyOrder("s1", "s3");
            assertThat(table.deleted(List.of("gone", "shared"))).containsExactly("gone");
            assertThat(table.estimate(DateRange.ALL)).isEqualTo(new BlobMetaEstimate(4, true));
        }
    }

    @Test
    void takesThePlannersNumberForALargeTable() throws Exception {
        String database = database(HqSchema.E4);
        generate(database, 150_000);
        server.execute(database, "ANALYZE blobs_blobmeta");

        try (BlobMetaTable table = open(database)) {
            BlobMetaEstimate estimate = table.estimate(DateRange.ALL);

            assertThat(estimate.exact()).isFalse();
            assertThat(estimate.rows()).isBetween(140_000L, 160_000L);
            assertThat(table.estimate(DateRange.parse("20180101-20180101")).rows())
                    .isBetween(1L, 20_000L);
        }
    }

    @Test
    void namesEveryDatabaseThatHasNoSuchTable() throws Exception {
        server.createDatabase("plain1");
        server.createDatabase("plain2");
        ShardMap map = new ShardMap(
                server.spec("default", "plain1"),
                List.of(
                        new ShardMap.Shards(server.spec("s0", "plain1"), 0, 0),
                        new ShardMap.Shards(server.spec("s1", "plain2"), 1, 1)));

        assertThatThrownBy(() -> BlobMetaTable.open(map, 1))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("'s0'")
                .hasMessageContaining("'s1'")
                .hasMessageContaining("has no table blobs_blobmeta");
    }

    @Test
    void recordsACompletedMigrationAndRefreshesIt() throws Exception {
        String database = database(HqSchema.E4);
        try (PostgresDatabase main = new PostgresDatabase(server.spec("default", database), 1)) {
            BlobMigrationState state = new BlobMigrationState(main);
            assertThat(state.recorded("migrate_backend")).isEmpty();

            state.record("migrate_backend");
            Instant first = state.recorded("migrate_backend").orElseThrow();
            state.record("migrate_backend");

            assertThat(state.recorded("migrate_backend").orElseThrow()).isAfter(first);
            assertThatThrownBy(() -> state.record("migrate_backend_check"))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("21 characters");
        }
    }

    private static String database(HqSchema era) throws Exception {
        String name = "hq" + ++databases;
        server.createDatabase(name, era);
        return name;
    }

    private static ShardMap fourShards() throws Exception {
        List<ShardMap.Shards> shards = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            server.createDatabase("hq_s" + i, HqSchema.E4);
            shards.add(new ShardMap.Shards(server.spec("s" + i, "hq_s" + i), i, i));
        }
        return new ShardMap(server.spec("default", "hq_s0"), shards);
    }

    private static BlobMetaTable open(String database) throws Exception {
        return BlobMetaTable.open(ShardMap.unpartitioned(server.spec("default", database)), 2);
    }

    private static void generate(String database, int rows) throws Exception {
        server.execute(
                database,
                "INSERT INTO blobs_blobmeta (domain, parent_id, name, key, type_code, created_on, content_length)"
                        + " SELECT 'demo', 'p' || n, '', 'k' || n, 2, '2018-01-01Z'::timestamptz + n * interval '1 minute',"
                        + " 10 FROM generate_series(1, " + rows + ") n");
    }

    private static List<BlobMetaRow> all(BlobMetaTable table, String shard, int limit, DateRange range)
            throws Exception {
        List<BlobMetaRow> all = new ArrayList<>();
        long after = Long.MIN_VALUE;
        for (List<BlobMetaRow> page = table.page(shard, after, limit, range);
                !page.isEmpty();
                page = table.page(shard, after, limit, range)) {
            assertThat(page).hasSizeLessThanOrEqualTo(limit);
            all.addAll(page);
            after = page.get(page.size() - 1).id();
        }
        return all;
    }

    private static List<Long> ids(BlobMetaTable table, String shard, int limit, DateRange range) throws Exception {
        return all(table, shard, limit, range).stream().map(BlobMetaRow::id).toList();
    }
}
