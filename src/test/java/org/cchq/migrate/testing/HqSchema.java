package org.cchq.migrate.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The blob tables of HQ as they were at different times; the SQL is in {@code src/test/resources/hq-schema}. */
public enum HqSchema {
    /** Since the end of 2019: with {@code compressed_length}. */
    E4("common e3 e4"),
    /** 2019: {@code blobs_deletedblobmeta}, no {@code compressed_length}. */
    E3("common e3"),
    /** Autumn 2018: {@code blobs_blobmeta} is a view with negative ids; no {@code blobs_deletedblobmeta}. */
    E2_VIEW("common e2-view");

    private final String files;

    HqSchema(String files) {
        this.files = files;
    }

    /** The statements that make the tables. */
    public String sql() throws IOException {
        return read(files);
    }

    /** The statements for the default database of a sharded site, which has no blobs of its own. */
    public static String withoutBlobs() throws IOException {
        return read("common");
    }

    /** The tables of HQ's app doctypemigrations. */
    public static String doctypeMigrations() throws IOException {
        return read("doctypemigrations");
    }

    /** The tables of the SQL models that have blobs; {@code icds_reports_icdsfile} is not among them. */
    public static String models() throws IOException {
        return read("models");
    }

    private static String read(String files) throws IOException {
        StringBuilder sql = new StringBuilder();
        for (String file : List.of(files.split(" ", -1))) {
            String name = "/hq-schema/" + file + ".sql";
            try (InputStream in = HqSchema.class.getResourceAsStream(name)) {
                if (in == null) {
                    throw new IOException("no test resource " + name);
                }
                sql.append(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                        .append('\n');
            }
        }
        return sql.toString();
    }
}
