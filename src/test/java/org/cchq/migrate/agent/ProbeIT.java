package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cchq.migrate.base.EndpointTrouble;
import org.cchq.migrate.engine.RetryPolicy;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.migration.ProbedEndpoint;
import org.cchq.migrate.migration.ProbedEndpoint.Marker;
import org.cchq.migrate.testing.BlobSite;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.Fault;
import org.cchq.migrate.testing.FaultRelay;
import org.cchq.migrate.testing.NginxServer;
import org.cchq.migrate.testing.Ports;
import org.cchq.migrate.testing.PrivateAuthority;
import org.cchq.migrate.testing.RadosGateway;
import org.cchq.migrate.testing.S3ProxyServer;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** The agent's {@code probe} against real servers, with and without an nginx before them. */
class ProbeIT {
    private static final String BUCKET = BlobSite.BUCKET;
    /** As the original's sites have it: the port is lost. */
    private static final String HOST_WITHOUT_PORT =
            "location /blobdb/ { proxy_pass http://store; proxy_set_header Host $host; }";

    @TempDir
    static Path directory;

    private static S3ProxyServer newStore;
    private static S3ProxyServer oldStore;

    @BeforeAll
    static void start() throws Exception {
        newStore = S3ProxyServer.start(BUCKET);
        oldStore = S3ProxyServer.start(BUCKET);
    }

    @AfterAll
    static void stop() throws Exception {
        oldStore.close();
        newStore.close();
    }

    private record Said(int exit, String out, String err) {
        Map<String, ProbedEndpoint> found() throws Exception {
            Map<String, ProbedEndpoint> found = new LinkedHashMap<>();
            for (String line : out.lines().toList()) {
                ProbedEndpoint endpoint = ProbedEndpoint.parse(line);
                found.put(endpoint.name(), endpoint);
            }
            return found;
        }
    }

    @Test
    void tellsWhichPortsLeadToOneStoreAndWritesToNoOther() throws Exception {
        Queue<String> atOld = new ConcurrentLinkedQueue<>();
        try (FaultRelay old = FaultRelay.start(oldStore.port());
                NginxServer second = NginxServer.before(newStore.port())) {
            old.play(request -> {
                atOld.add(request.method());
                return Fault.NONE;
            });

            Said said = probe(
                    Map.of("put", "new", "look", List.of("new", "old", "second")),
                    endpoint("new", newStore.url(), newStore),
                    endpoint("old", old.url(), oldStore),
                    endpoint("second", url(second), newStore));

            assertThat(said.exit()).as(said.err()).isZero();
            Map<String, ProbedEndpoint> found = said.found();
            assertThat(found.keySet()).containsExactly("new", "old", "second");
            assertThat(found.get("new").marker()).isEqualTo(Marker.PUT);
            assertThat(found.get("old").marker()).isEqualTo(Marker.ABSENT);
            assertThat(found.get("second").marker()).isEqualTo(Marker.SEEN);
            assertThat(found.values()).allSatisfy(endpoint -> {
                assertThat(endpoint.trouble()).isEmpty();
                assertThat(endpoint.signatures()).containsExactly("v2", "v4");
                assertThat(endpoint.leftBehind()).isEmpty();
            });
            assertThat(found.get("new").abilities())
                    .hasValueSatisfying(can -> assertThat(can.conditionalPut()).isTrue());
            assertThat(found.get("old").abilities()).isEmpty();
        }
        assertThat(atOld).containsOnly("GET", "HEAD");
        assertThat(BlobSite.list(newStore)).isEmpty();
    }

    @Test
    void writesNowhereWithoutAMarker() throws Exception {
        Queue<String> methods = new ConcurrentLinkedQueue<>();
        try (FaultRelay store = FaultRelay.start(newStore.port())) {
            store.play(request -> {
                methods.add(request.method());
                return Fault.NONE;
            });

            Said said = probe(Map.of(), endpoint("only", store.url(), newStore));

            assertThat(said.found().get("only").trouble()).isEmpty();
            assertThat(said.found().get("only").marker()).isEqualTo(Marker.NOT_LOOKED);
        }
        assertThat(methods).isNotEmpty().containsOnly("GET");
    }

    @Test
    void tellsWhyAnEndpointCannotBeUsed() throws Exception {
        PrivateAuthority authority = PrivateAuthority.in(directory);
        try (NginxServer tls = NginxServer.before(newStore.port(), authority.issue("probe", "IP:127.0.0.1", 5));
                NginxServer dead = NginxServer.before(new Ports().free());
                NginxServer page = NginxServer.before(
                        newStore.port(), "location /blobdb/ { default_type text/html; return 200 '<html>hello'; }")) {
            Said said = probe(
                    Map.of("put", "port", "look", List.of("port", "bucket")),
                    endpoint("port", "http://127.0.0.1:" + new Ports().free(), newStore),
                    endpoint("name", "http://no-such-host.invalid:8080", newStore),
                    with(endpoint("access", newStore.url(), newStore), "access_key", "someone-else"),
                    with(endpoint("secret", newStore.url(), newStore), "secret_key", "not-the-secret"),
                    with(endpoint("bucket", newStore.url(), newStore), "s3_bucket", "no-such-bucket"),
                    endpoint("untrusted", url(tls).replace("http:", "https:"), newStore),
                    endpoint("no-tls", newStore.url().replace("http:", "https:"), newStore),
                    endpoint("plain", url(tls), newStore),
                    endpoint("dead", url(dead), newStore),
                    endpoint("page", url(page), newStore));

            assertThat(said.exit()).as(said.err()).isZero();
            Map<String, EndpointTrouble> troubles = new LinkedHashMap<>();
            said.found()
                    .forEach((name, found) -> troubles.put(name, found.trouble().orElse(null)));
            assertThat(troubles)
                    .isEqualTo(Map.of(
                            "port", EndpointTrouble.PORT_REFUSES,
                            "name", EndpointTrouble.UNKNOWN_HOST,
                            "access", EndpointTrouble.UNKNOWN_ACCESS_KEY,
                            "secret", EndpointTrouble.WRONG_SECRET_KEY,
                            "bucket", EndpointTrouble.NO_BUCKET,
                            "untrusted", EndpointTrouble.TLS,
                            "no-tls", EndpointTrouble.TLS,
                            "plain", EndpointTrouble.NOT_S3,
                            "dead", EndpointTrouble.STORE_DOWN,
                            "page", EndpointTrouble.NOT_S3));
            assertThat(said.found().get("bucket").authorised()).isTrue();
            assertThat(said.found().get("secret").reachable()).isTrue();
            assertThat(said.found().get("port").reachable()).isFalse();
            assertThat(said.out() + said.err()).doesNotContain("not-the-secret", newStore.secretKey());
            assertThat(said.found().values())
                    .allSatisfy(found -> assertThat(found.message()).startsWith("Tried to "));
        }
    }

    @Test
    void tellsAProxyThatChangesTheHostFromAWrongKey() throws Exception {
        try (NginxServer proxy = NginxServer.before(newStore.port(), HOST_WITHOUT_PORT)) {
            Said said = probe(
                    Map.of(),
                    endpoint("four", url(proxy), newStore),
                    with(endpoint("two", url(proxy), newStore), "signature_version", "s3"),
                    with(endpoint("wrong", url(proxy), newStore), "secret_key", "x"));

            assertThat(said.found().get("four").trouble()).contains(EndpointTrouble.HOST_CHANGED);
            assertThat(said.found().get("four").message()).contains("proxy_set_header Host $http_host");
            assertThat(said.found().get("two").trouble()).isEmpty();
            assertThat(said.found().get("wrong").trouble()).contains(EndpointTrouble.WRONG_SECRET_KEY);
        }
    }

    @Test
    void tellsAServerThatKnowsOneSignatureOnly() throws Exception {
        try (S3ProxyServer two = S3ProxyServer.taking(AuthenticationType.AWS_V2, BUCKET);
                S3ProxyServer four = S3ProxyServer.taking(AuthenticationType.AWS_V4, BUCKET)) {
            Said said = probe(
                    Map.of(),
                    endpoint("4 at 2", two.url(), two),
                    with(endpoint("2 at 4", four.url(), four), "signature_version", "s3"));

            assertThat(said.found().get("4 at 2").trouble()).contains(EndpointTrouble.ONLY_VERSION_2);
            assertThat(said.found().get("4 at 2").signatures()).containsExactly("v2");
            assertThat(said.found().get("2 at 4").trouble()).contains(EndpointTrouble.ONLY_VERSION_4);
            assertThat(said.found().get("2 at 4").signatures()).containsExactly("v4");
        }
    }

    @Test
    void aStrictServerBehindTwoProxies() throws Exception {
        RadosGateway gateway = RadosGateway.shared();
        Map<String, Object> made = gatewayEndpoint("direct", gateway.url(), RadosGateway.NEW);
        try (NginxServer good = NginxServer.before(gateway.port());
                NginxServer bad = NginxServer.before(gateway.port(), HOST_WITHOUT_PORT)) {
            createBucket(gateway);
            Said said = probe(
                    Map.of("put", "direct", "look", List.of("direct", "good", "two")),
                    made,
                    with(with(made, "url", url(good)), "name", "good"),
                    with(with(made, "url", url(bad)), "name", "bad"),
                    with(with(with(made, "url", url(bad)), "name", "two"), "signature_version", "s3"),
                    with(with(made, "name", "secret"), "secret_key", "wrong"),
                    with(with(made, "name", "access"), "access_key", "WRONG"),
                    with(with(made, "name", "missing"), "s3_bucket", "no-such-bucket"),
                    with(gatewayEndpoint("stranger", gateway.url(), RadosGateway.OLD), "s3_bucket", BUCKET));

            assertThat(said.exit()).as(said.err()).isZero();
            Map<String, ProbedEndpoint> found = said.found();
            assertThat(found.get("direct").trouble()).as(said.out()).isEmpty();
            assertThat(found.get("direct").marker()).isEqualTo(Marker.PUT);
            assertThat(found.get("good").marker()).isEqualTo(Marker.SEEN);
            assertThat(found.get("two").marker()).isEqualTo(Marker.SEEN);
            assertThat(found.get("bad").trouble()).as(said.out()).contains(EndpointTrouble.HOST_CHANGED);
            assertThat(found.get("secret").trouble()).contains(EndpointTrouble.WRONG_SECRET_KEY);
            assertThat(found.get("access").trouble()).contains(EndpointTrouble.UNKNOWN_ACCESS_KEY);
            assertThat(found.get("missing").trouble()).contains(EndpointTrouble.NO_BUCKET);
            assertThat(found.get("stranger").trouble()).contains(EndpointTrouble.DENIED);
        }
    }

    @Test
    void leavesNoMarkerBehindWhenItIsInterrupted() throws Exception {
        AtomicBoolean looking = new AtomicBoolean();
        try (FaultRelay old = FaultRelay.start(oldStore.port())) {
            old.play(request -> {
                boolean marker =
                        request.method().equals("HEAD") && request.target().contains("cchq-migrate-probe-");
                looking.compareAndSet(false, marker);
                return marker ? Fault.BLACK_HOLE : Fault.NONE;
            });
            // A shell starts what runs in its background with SIGINT ignored, and that is inherited: take it back.
            Process agent = new ProcessBuilder(
                            "env",
                            "--default-signal=INT",
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-jar",
                            System.getProperty("agent.jar", "target/cchq-migrate-agent.jar"),
                            "probe")
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("probe.out").toFile())
                    .start();
            try (OutputStream in = agent.getOutputStream()) {
                in.write(request(
                        Map.of("put", "new", "look", List.of("old")),
                        List.of(endpoint("new", newStore.url(), newStore), endpoint("old", old.url(), oldStore))));
            }
            Eventually.holds("the marker is looked for", Duration.ofSeconds(60), looking::get);
            assertThat(BlobSite.list(newStore).keySet())
                    .singleElement()
                    .asString()
                    .startsWith("cchq-migrate-probe-");

            new ProcessBuilder("kill", "-INT", String.valueOf(agent.pid()))
                    .start()
                    .waitFor();

            assertThat(agent.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(agent.exitValue()).isEqualTo(130);
            assertThat(BlobSite.list(newStore)).isEmpty();
        }
    }

    @Test
    void writesTheMarkerAloneIfThatIsAllThatIsAsked() throws Exception {
        Queue<String> written = new ConcurrentLinkedQueue<>();
        try (FaultRelay relay = FaultRelay.start(newStore.port())) {
            relay.play(request -> {
                if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
                    written.add(request.method());
                }
                return Fault.NONE;
            });

            Said said = probe(
                    Map.of("put", "new", "look", List.of("new", "old"), "only_marker", true),
                    endpoint("new", relay.url(), newStore),
                    endpoint("old", oldStore.url(), oldStore));

            assertThat(said.found().get("new").marker()).isEqualTo(Marker.PUT);
            assertThat(said.found().get("old").marker()).isEqualTo(Marker.ABSENT);
            assertThat(said.found().get("new").abilities()).isEmpty();
            assertThat(written).containsExactly("PUT", "DELETE");
        }
    }

    /** A marker that a killed probe has left goes with a later probe, one that may still be looked for does not. */
    @Test
    void removesWhatAKilledProbeHasLeft() throws Exception {
        long now = Instant.now().toEpochMilli();
        String left = marker(now - 2 * 3_600_000);
        String fresh = marker(now);
        try (S3ProxyServer store = S3ProxyServer.start(BUCKET)) {
            BlobSite.put(store, left, new byte[3]);
            BlobSite.put(store, fresh, new byte[3]);

            probe(Map.of("put", "new", "look", List.of()), endpoint("new", store.url(), store));

            assertThat(BlobSite.list(store).keySet()).containsExactly(fresh);
        }
    }

    @Test
    void refusesARequestThatMakesNoSense() throws Exception {
        Said said = probe(
                Map.of("put", "nwe", "look", List.of("old")),
                Map.of("url", "ftp://x", "access_key", "a", "secret_key", "hidden-1"),
                with(endpoint("new", newStore.url(), newStore), "secret_kye", "hidden-2"));

        assertThat(said.exit()).isEqualTo(1);
        assertThat(said.err())
                .contains("endpoints[0].name", "endpoints[0].url", "secret_kye", "'nwe'", "did you mean 'new'")
                .doesNotContain("hidden");
    }

    private static String marker(long millis) {
        String hex = String.format("%012x", millis);
        return "cchq-migrate-probe-" + hex.substring(0, 8) + "-" + hex.substring(8) + "-7abc-8abc-0123456789ab";
    }

    private static String url(NginxServer server) {
        return "http://127.0.0.1:" + server.port();
    }

    private static void createBucket(RadosGateway gateway) {
        try (S3Client owner = S3Client.builder()
                .endpointOverride(URI.create(gateway.url()))
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(RadosGateway.NEW.accessKey(), RadosGateway.NEW.secretKey())))
                .build()) {
            owner.createBucket(request -> request.bucket(BUCKET));
        }
    }

    private static Map<String, Object> endpoint(String name, String url, S3ProxyServer server) {
        Map<String, Object> endpoint = new LinkedHashMap<>();
        endpoint.put("name", name);
        endpoint.put("url", url);
        endpoint.put("access_key", server.accessKey());
        endpoint.put("secret_key", server.secretKey());
        endpoint.put("s3_bucket", BUCKET);
        return endpoint;
    }

    private static Map<String, Object> gatewayEndpoint(String name, String url, RadosGateway.Account account) {
        Map<String, Object> endpoint = new LinkedHashMap<>();
        endpoint.put("name", name);
        endpoint.put("url", url);
        endpoint.put("access_key", account.accessKey());
        endpoint.put("secret_key", account.secretKey());
        endpoint.put("s3_bucket", BUCKET);
        return endpoint;
    }

    private static Map<String, Object> with(Map<String, Object> endpoint, String key, Object value) {
        Map<String, Object> copy = new LinkedHashMap<>(endpoint);
        copy.put(key, value);
        return copy;
    }

    private static byte[] request(Map<String, Object> marker, List<Map<String, Object>> endpoints) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("endpoints", endpoints);
        if (!marker.isEmpty()) {
            request.put("marker", marker);
        }
        return Json.write(request).getBytes(StandardCharsets.UTF_8);
    }

    @SafeVarargs
    private static Said probe(Map<String, Object> marker, Map<String, Object>... endpoints) {
        return probe(request(marker, Arrays.stream(endpoints).toList()));
    }

    private static Said probe(byte[] request) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = new AgentMain(new AgentContext(
                        directory,
                        new ByteArrayInputStream(request),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        Clock.systemUTC(),
                        Map.of("HOME", directory.toString()),
                        new StopRequest(),
                        RetryPolicy.DEFAULT))
                .run("probe");
        return new Said(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
