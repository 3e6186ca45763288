package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.BlobSite;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.Fault;
import org.cchq.migrate.testing.Fault.Direction;
import org.cchq.migrate.testing.Fault.Flip;
import org.cchq.migrate.testing.FaultRelay;
import org.cchq.migrate.testing.MadeBlob;
import org.cchq.migrate.testing.S3ProxyServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** {@code verify}: objects that another tool has copied, held against the old store without believing anybody. */
class VerifyIT {
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    private BlobSite site;
    private FaultRelay old;
    private FaultRelay target;
    /** "METHOD TARGET" of each request to either store. */
    private final Queue<String> requests = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void start() throws Exception {
        site = BlobSite.start(directory);
        old = FaultRelay.start(site.oldServer().port());
        target = FaultRelay.start(site.newServer().port());
        old.play(request -> {
            requests.add("old " + request.method() + " " + request.target());
            return Fault.NONE;
        });
        target.play(request -> {
            requests.add("new " + request.method() + " " + request.target());
            return Fault.NONE;
        });
    }

    @AfterEach
    void stop() throws Exception {
        target.close();
        old.close();
        site.close();
    }

    @Test
    void classifiesWhatAnotherToolHasCopiedAndFillsTheGaps() throws Exception {
        byte[] large = MadeBlob.bytes(11 * MIB, 1);
        both("same", MadeBlob.bytes(100, 1));
        both("empty", new byte[0]);
        // Parts of another size than anybody's here: the ETags cannot be compared.
        site.add("p1", "parts here", large);
        parts(site.newServer(), "parts here", large, 5 * MIB);
        site.addRow("p2", "parts both", 1, large.length);
        parts(site.oldServer(), "parts both", large, 6 * MIB);
        parts(site.newServer(), "parts both", large, 5 * MIB);
        byte[] wrongLarge = large.clone();
        wrongLarge[10 * MIB] ^= 1;
        site.addRow("p2", "wrong part", 1, large.length);
        parts(site.oldServer(), "wrong part", large, 6 * MIB);
        parts(site.newServer(), "wrong part", wrongLarge, 5 * MIB);
        site.add("p1", "wrong", MadeBlob.bytes(100, 2));
        BlobSite.put(site.newServer(), "wrong", MadeBlob.bytes(100, 3));
        site.add("p1", "truncated", MadeBlob.bytes(100, 4));
        BlobSite.put(site.newServer(), "truncated", Arrays.copyOf(MadeBlob.bytes(100, 4), 60));
        site.add("p2", "gap", MadeBlob.bytes(100, 5));
        site.addRow("p1", "new", 1, 30);
        BlobSite.put(site.newServer(), "new", new byte[30]);
        site.addRow("p1", "new, of another length", 1, 30);
        BlobSite.put(site.newServer(), "new, of another length", new byte[20]);
        site.addRow("p2", "nowhere", 1, 9);
        BlobSite.put(site.newServer(), "orphan", new byte[5]);
        BlobSite.put(site.newServer(), "form/orphan {2}", new byte[6]);

        BlobSite.Run run = verify();

        assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(5);
        assertThat(run.count("enumerated")).isEqualTo(11);
        assertThat(run.count("already_there")).isEqualTo(4);
        assertThat(run.count("copied")).isEqualTo(1);
        assertThat(run.count("only_on_target")).isEqualTo(1);
        assertThat(run.count("differs")).isEqualTo(4);
        assertThat(run.count("missing_on_source")).isEqualTo(1);
        Map<String, String> found = findings(run);
        assertThat(found.keySet())
                .containsExactlyInAnyOrder("wrong", "wrong part", "truncated", "new, of another length", "nowhere");
        assertThat(found.get("wrong")).startsWith("differs: both have 100 bytes; they differ from byte 0 on");
        assertThat(found.get("wrong part")).contains("they differ from byte " + 10 * MIB + " on");
        assertThat(found.get("truncated")).startsWith("differs: old has 100 bytes, new has 60");
        assertThat(found.get("nowhere")).startsWith("not found: ");
        assertThat(orphans(run)).containsExactlyInAnyOrder("orphan", "form/orphan {2}");
        assertThat(BlobSite.get(site.newServer(), "gap")).contains(MadeBlob.bytes(100, 5));
        assertThat(BlobSite.get(site.newServer(), "wrong")).contains(MadeBlob.bytes(100, 3));
        assertThat(BlobSite.get(site.newServer(), "orphan")).isPresent();
    }

    @Test
    void whatBothStoresListAlikeCostsNoRequestOfItsOwn() throws Exception {
        for (int i = 0; i < 40; i++) {
            both("blob-" + i, MadeBlob.bytes(i, i));
        }

        BlobSite.Run run = verify();

        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(run.count("already_there")).isEqualTo(40);
        assertThat(requests).noneMatch(request -> request.contains("blob-"));
        requests.clear();
        BlobSite.Run asked = verify("--listing=never", "--reset");
        assertThat(asked.exit()).as(asked.out() + asked.err()).isZero();
        assertThat(requests)
                .filteredOn(request -> request.startsWith("new HEAD /blobdb/blob-"))
                .hasSize(40);
        assertThat(requests).noneMatch(request -> request.contains("GET /blobdb/blob-"));
    }

    /** A ledger that says "complete" is the back-fill's; an object that was changed since then is found. */
    @Test
    void doesNotBelieveTheBackFill() throws Exception {
        site.add("p1", "fine", MadeBlob.bytes(100, 1));
        site.add("p1", "changed", MadeBlob.bytes(100, 2));
        assertThat(site.backFill().exit()).isZero();
        replace("changed", MadeBlob.bytes(100, 3));
        assertThat(site.backFill().exit()).isZero();

        BlobSite.Run run = verify();

        assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(5);
        assertThat(findings(run).keySet()).containsExactly("changed");
    }

    @Test
    void onlyReportsWhereThatIsAsked() throws Exception {
        both("same", MadeBlob.bytes(100, 1));
        site.add("p1", "gap", MadeBlob.bytes(100, 5));

        BlobSite.Run run = verify("--report-only");

        assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(5);
        assertThat(run.count("missing_on_target")).isEqualTo(1);
        assertThat(findings(run).get("gap")).startsWith("missing on new: ");
        assertThat(requests).allMatch(request -> request.matches("(old|new) (GET|HEAD) .*"));
        assertThat(BlobSite.get(site.newServer(), "gap")).isEmpty();
        assertThat(verify().exit()).isZero();
        assertThat(BlobSite.get(site.newServer(), "gap")).isPresent();
    }

    /** The listing and the ETag are right, what a reader gets is not. */
    @Test
    void readsEverythingWhereThatIsAsked() throws Exception {
        both("rotten", MadeBlob.bytes(300_000, 1));
        both("fine", MadeBlob.bytes(300_000, 2));
        target.play(
                request -> request.method().equals("GET") && request.target().contains("rotten")
                        ? new Flip(Direction.RESPONSE, 8L * 200_000)
                        : Fault.NONE);
        assertThat(verify().exit()).isZero();

        BlobSite.Run run = verify("--read");

        assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(5);
        assertThat(findings(run)).containsOnlyKeys("rotten");
        assertThat(findings(run).get("rotten")).contains("differ from byte 200000 on");
    }

    @Test
    void aRowThatIsDeletedMeanwhileIsNoFinding() throws Exception {
        site.add("p1", "deleted", MadeBlob.bytes(100, 1));
        BlobSite.put(site.newServer(), "deleted", MadeBlob.bytes(100, 2));
        both("fine", MadeBlob.bytes(10, 1));
        onFirstLookAt(
                "deleted", () -> site.postgres().execute("p1", "DELETE FROM blobs_blobmeta WHERE key = 'deleted'"));

        BlobSite.Run run = verify();

        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(run.count("not_referenced")).isEqualTo(1);
        assertThat(findings(run)).isEmpty();
    }

    /** HQ stores the compressed form under its key, in the new store alone, and notes its length in the row then. */
    @Test
    void aFormThatIsCompressedBeforeOrMeanwhileIsNoFinding() throws Exception {
        site.add("p1", "before", MadeBlob.bytes(100, 1));
        BlobSite.put(site.newServer(), "before", MadeBlob.bytes(40, 2));
        site.postgres().execute("p1", "UPDATE blobs_blobmeta SET compressed_length = 40");
        site.add("p2", "meanwhile", MadeBlob.bytes(100, 1));
        BlobSite.put(site.newServer(), "meanwhile", MadeBlob.bytes(40, 2));
        AtomicBoolean reported = new AtomicBoolean();
        // After the look, before the settle time is over.
        Thread row = new Thread(() -> {
            try {
                Eventually.holds(
                        "the form is looked at twice",
                        Duration.ofSeconds(30),
                        () -> requests.stream()
                                        .filter("new HEAD /blobdb/meanwhile"::equals)
                                        .count()
                                >= 2);
                site.postgres().execute("p2", "UPDATE blobs_blobmeta SET compressed_length = 40");
                reported.set(true);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        row.start();

        BlobSite.Run run = verify("--settle=5");
        row.join();

        assertThat(reported).isTrue();
        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(run.count("already_there")).isEqualTo(2);
    }

    @Test
    void whatCannotBeReadIsNoMatch() throws Exception {
        site.addRow("p1", "denied", 1, 100);
        both("fine", MadeBlob.bytes(10, 1));
        target.play(
                request -> request.target().contains("denied") ? new Fault.Answer(403, "AccessDenied") : Fault.NONE);

        BlobSite.Run run = verify();

        assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(4);
        assertThat(run.count("denied")).isEqualTo(1);
        assertThat(findings(run).get("denied")).startsWith("denied: ");
    }

    @Test
    void readsADirectoryOfFiles() throws Exception {
        Path drive = Files.createDirectory(directory.resolve("drive"));
        Map<String, byte[]> blobs =
                Map.of("a", MadeBlob.bytes(50, 1), "form/b", MadeBlob.bytes(60, 2), "c", new byte[3]);
        for (Map.Entry<String, byte[]> blob : blobs.entrySet()) {
            Path file = drive.resolve(blob.getKey());
            Files.createDirectories(file.getParent());
            Files.write(file, blob.getValue());
            site.addRow("p1", blob.getKey(), 1, blob.getValue().length);
        }
        BlobSite.put(site.newServer(), "a", blobs.get("a"));
        BlobSite.put(site.newServer(), "form/b", MadeBlob.bytes(60, 9));
        Map<String, Object> settings = site.settings();
        settings.remove("OLD_S3_BLOB_DB_SETTINGS");
        settings.remove("BLOB_DB_MIGRATING_FROM_S3_TO_S3");
        settings.put("BLOB_DB_MIGRATING_FROM_FS_TO_S3", true);
        settings.put("SHARED_DRIVE_CONF", Map.of("blob_dir", drive.toString()));

        BlobSite.Run run =
                site.agent(settings, "verify", "--log-dir=" + directory, "--settings=-", "--settle=0", "--output=json");

        assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(5);
        assertThat(run.count("already_there")).isEqualTo(1);
        assertThat(run.count("copied")).isEqualTo(1);
        assertThat(findings(run)).containsOnlyKeys("form/b");
    }

    @Test
    void killedAgainAndAgainEachBlobIsCountedOnce() throws Exception {
        int blobs = 240;
        for (int i = 0; i < blobs; i++) {
            byte[] bytes = MadeBlob.bytes(200, i);
            switch (i % 4) {
                case 0 -> both("k" + i, bytes);
                case 1 -> site.add("p1", "k" + i, bytes);
                case 2 -> {
                    site.add("p2", "k" + i, bytes);
                    BlobSite.put(site.newServer(), "k" + i, MadeBlob.bytes(200, -i));
                }
                default -> site.addRow("p2", "k" + i, 1, 5);
            }
        }
        BlobSite.put(site.newServer(), "orphan", new byte[5]);
        old.play(request -> new Fault.Stall(Direction.RESPONSE, -1, Duration.ofMillis(15)));
        Random random = new Random(7);
        for (int kill = 0; kill < 6; kill++) {
            int before = old.requests();
            int more = 5 + random.nextInt(60);
            Process agent = agent();
            try {
                Eventually.holds(
                        "requests", Duration.ofSeconds(60), () -> old.requests() - before > more || !agent.isAlive());
            } finally {
                agent.destroyForcibly().waitFor();
            }
        }

        BlobSite.Run run = verify("--listing=never", "--chunk-size=20");

        assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(5);
        assertThat(run.count("enumerated")).isEqualTo(blobs);
        // A blob whose copy was acknowledged just before the kill is there already.
        assertThat(run.count("already_there") + run.count("copied")).isEqualTo(blobs / 2);
        assertThat(run.count("differs")).isEqualTo(blobs / 4);
        assertThat(run.count("missing_on_source")).isEqualTo(blobs / 4);
        assertThat(findings(run)).hasSize(blobs / 2);
        assertThat(orphans(run)).containsExactly("orphan");
        assertThat(BlobSite.list(site.newServer())).hasSize(3 * blobs / 4 + 1);
    }

    private interface Doing {
        void run() throws Exception;
    }

    private void onFirstLookAt(String key, Doing doing) {
        AtomicBoolean first = new AtomicBoolean(true);
        target.play(request -> {
            if (request.target().contains(key) && first.getAndSet(false)) {
                try {
                    doing.run();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
            return Fault.NONE;
        });
    }

    private void both(String key, byte[] bytes) throws Exception {
        site.add(BlobSite.SHARDS.get(Math.floorMod(key.hashCode(), 2)), key, bytes);
        BlobSite.put(site.newServer(), key, bytes);
    }

    private void replace(String key, byte[] bytes) throws Exception {
        try (S3Client client = client(site.newServer())) {
            client.putObject(request -> request.bucket(BlobSite.BUCKET).key(key), RequestBody.fromBytes(bytes));
        }
    }

    /** As a tool does that sends in parts. */
    private static void parts(S3ProxyServer server, String key, byte[] bytes, int partBytes) {
        try (S3Client client = client(server)) {
            String id = client.createMultipartUpload(
                            request -> request.bucket(BlobSite.BUCKET).key(key))
                    .uploadId();
            List<CompletedPart> parts = new ArrayList<>();
            for (int from = 0; from < bytes.length; from += partBytes) {
                int number = parts.size() + 1;
                byte[] part = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + partBytes));
                String etag = client.uploadPart(
                                request -> request.bucket(BlobSite.BUCKET)
                                        .key(key)
                                        .uploadId(id)
                                        .partNumber(number),
                                RequestBody.fromBytes(part))
                        .eTag();
                parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
            }
            client.completeMultipartUpload(request ->
                    request.bucket(BlobSite.BUCKET).key(key).uploadId(id).multipartUpload(made -> made.parts(parts)));
        }
    }

    private static S3Client client(S3ProxyServer server) {
        return S3Client.builder()
                .endpointOverride(URI.create(server.url()))
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .serviceConfiguration(configured -> configured.chunkedEncodingEnabled(false))
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(server.accessKey(), server.secretKey())))
                .build();
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = site.settings();
        settings.put("OLD_S3_BLOB_DB_SETTINGS", BlobSite.s3(old.url(), site.oldServer()));
        settings.put("S3_BLOB_DB_SETTINGS", BlobSite.s3(target.url(), site.newServer()));
        return settings;
    }

    private BlobSite.Run verify(String... more) {
        List<String> args = new ArrayList<>(
                List.of("verify", "--log-dir=" + directory, "--settings=-", "--settle=0", "--output=json"));
        args.addAll(List.of(more));
        return site.agent(settings(), args.toArray(String[]::new));
    }

    private Process agent() throws Exception {
        Process agent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        System.getProperty("agent.jar", "target/cchq-migrate-agent.jar"),
                        "verify",
                        "--log-dir=" + directory,
                        "--settings=-",
                        "--output=json",
                        "--settle=0",
                        "--listing=never",
                        "--chunk-size=20",
                        "--num-workers=4")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("killed.out").toFile())
                .start();
        try (OutputStream in = agent.getOutputStream()) {
            in.write(Json.write(settings()).getBytes(StandardCharsets.UTF_8));
        }
        return agent;
    }

    /** The log's records: key to "error: detail". */
    private static Map<String, String> findings(BlobSite.Run run) throws Exception {
        Map<String, String> found = new LinkedHashMap<>();
        for (String line : Files.readAllLines(Path.of(String.valueOf(run.ended().get("log"))))) {
            Map<String, Object> record = Json.readObject(line, "log");
            String before = found.put(
                    String.valueOf(record.get("blob_key")), record.get("error") + ": " + record.get("detail"));
            assertThat(before).as("listed once: " + line).isNull();
        }
        return found;
    }

    private static List<String> orphans(BlobSite.Run run) throws Exception {
        Map<String, Object> event = new HashMap<>();
        for (String line : run.out().lines().toList()) {
            Map<String, Object> fields = Json.readObject(line, "event");
            if ("orphans".equals(fields.get("event"))) {
                event = fields;
            }
        }
        List<String> keys = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(String.valueOf(event.get("file"))))) {
            keys.add(String.valueOf(Json.readObject(line, "orphan").get("blob_key")));
        }
        assertThat(((Number) event.get("count")).intValue()).isEqualTo(keys.size());
        return keys;
    }
}
