package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.HqSchema;
import org.cchq.migrate.testing.MetadataHome;
import org.cchq.migrate.testing.PostgresServer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code migrate_metadata} prints, beside what HQ's procedure has printed, line by line, numbers aside. */
class MetadataSessionIT {
    private static final int DOCUMENTS = 2_500;
    private static final String LOGS = "/opt/data/blobmeta-migration-logs";

    @TempDir
    Path directory;

    @Test
    void printsTheLinesOfTheProcedure() throws Exception {
        List<String> sample = sample();
        try (PostgresServer postgres = PostgresServer.start();
                CouchServer couch = CouchServer.start()) {
            MetadataHome home = MetadataHome.make(postgres, couch, "session", directory, HqSchema.E2_VIEW, 4);
            List<Object> documents = new ArrayList<>();
            for (int number = 0; number < DOCUMENTS; number++) {
                documents.add(Map.of(
                        "_id",
                        String.format("%08x", number * 1_700_000L),
                        "doc_type",
                        "XFormInstance",
                        "domain",
                        "d",
                        "external_blobs",
                        Map.of("form.xml", Map.of("id", "i" + number, "content_length", 5))));
            }
            couch.post("session", "_bulk_docs", Json.write(Map.of("docs", documents)));

            List<String> first = home.migrate().lines().stream()
                    .takeWhile(line -> !line.isEmpty())
                    .toList();

            assertThat(first.get(0)).matches(shape(sample.get(0), home.logs()));
            assertThat(first.get(1)).matches(shape(sample.get(1), home.logs()));
            String progress = shape(sample.get(2), home.logs());
            assertThat(sample.get(3)).matches(progress);
            assertThat(first.subList(2, first.size() - 1)).isNotEmpty().allMatch(line -> line.matches(progress));
            assertThat(first.get(first.size() - 1))
                    .isEqualTo("Processed " + DOCUMENTS + "/" + DOCUMENTS + " of " + DOCUMENTS
                            + " documents (0 previously processed).");
        }
    }

    /** A printed line with any numbers; its list of types may go on, as where the page has cut it off. */
    private static String shape(String printed, Path logs) {
        String line = printed.replaceFirst("[^\\x00-\\x7f]+$", "...").replace(LOGS, logs.toString());
        return Pattern.compile("\\d+|XXXX|[^\\dX]+|X")
                .matcher(line)
                .replaceAll(part -> part.group().matches("\\d+|XXXX") ? "(\\\\d+|XXXX)" : quoted(part.group()));
    }

    private static String quoted(String text) {
        return java.util.regex.Matcher.quoteReplacement(Pattern.quote(text));
    }

    private static List<String> sample() throws Exception {
        Path seeds = Path.of(System.getenv().getOrDefault("CCHQ_SEEDS", "../shared/seeds"));
        Assumptions.assumeTrue(Files.isDirectory(seeds), "the printed procedures are not there; set CCHQ_SEEDS");
        try (Stream<Path> files = Files.list(seeds)) {
            Path page = files.filter(file -> file.getFileName().toString().startsWith("002_"))
                    .findFirst()
                    .orElseThrow();
            return Files.readAllLines(page).stream()
                    .map(String::strip)
                    .dropWhile(line -> !line.startsWith("Processing "))
                    .takeWhile(line -> !line.startsWith("..."))
                    .toList();
        }
    }
}
