package org.cchq.migrate.store.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.NginxServer;
import org.cchq.migrate.testing.PrivateAuthority;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CouchDatabaseIT {
    private static final String PASSWORD = "s3cret-Xy";
    private static CouchServer server;

    @BeforeAll
    static void start() throws Exception {
        server = CouchServer.start();
        server.createDatabase("it_documents");
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "with/slash", "a b+c%2F&d?e#f", "\u00e9\u20ac", "..", "user@x:y,z"})
    void readsDocumentsWhateverTheirIds(String id) throws Exception {
        server.put("it_documents", id, "{\"domain\": \"demo\"}");

        assertThat(new CouchDatabase(server.spec("it_documents")).get(id).orElseThrow())
                .containsEntry("domain", "demo")
                .containsEntry("_id", id);
    }

    @Test
    void aMissingOrDeletedDocumentIsNone() throws Exception {
        String revision = server.put("it_documents", "short-lived", "{}");
        server.delete("it_documents", "short-lived", revision);
        CouchDatabase database = new CouchDatabase(server.spec("it_documents"));

        assertThat(database.get("short-lived")).isEmpty();
        assertThat(database.get("never")).isEmpty();
        assertThat(database.get("_all_docs")).isEmpty();
        assertThat(database.get("")).isEmpty();
    }

    @Test
    void aMissingDatabaseIsNoMissingDocument() {
        CouchDatabase database = new CouchDatabase(server.spec("it_nowhere"));

        assertThatThrownBy(() -> database.get("x"))
                .asInstanceOf(type(EndpointException.class))
                .returns(Kind.UNUSABLE, EndpointException::kind);
    }

    @Test
    void nobodyListens() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        CouchSpec spec = new CouchSpec(false, "127.0.0.1:" + free, "u", new Secret(PASSWORD), "hq");

        assertThatThrownBy(() -> new CouchDatabase(spec).get("x"))
                .asInstanceOf(type(EndpointException.class))
                .returns(Kind.UNREACHABLE, EndpointException::kind);
    }

    /** pouchdb-server never refuses, so a server that only refuses stands in. */
    @ParameterizedTest
    @CsvSource({"401, UNUSABLE", "403, DENIED", "500, SERVER_ERROR", "503, THROTTLED", "302, REFUSED"})
    void saysWhoIsAtFaultAndNeverThePassword(int status, Kind kind) throws Exception {
        HttpServer refusing = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        refusing.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        refusing.start();
        try {
            String address = "127.0.0.1:" + refusing.getAddress().getPort();
            CouchSpec spec = new CouchSpec(false, address, "u", new Secret(PASSWORD), "hq");

            assertThatThrownBy(() -> new CouchDatabase(spec).get("x"))
                    .hasMessageContaining(address)
                    .hasMessageNotContaining(PASSWORD)
                    .asInstanceOf(type(EndpointException.class))
                    .returns(kind, EndpointException::kind);
        } finally {
            refusing.stop(0);
        }
    }

    @Test
    void aCertificateOfAnUnknownIssuerIsSaidWithWhatToDo(@TempDir Path directory) throws Exception {
        PrivateAuthority authority = PrivateAuthority.in(directory);
        try (NginxServer tls = NginxServer.before(1, authority.issue("couch", "IP:127.0.0.1", 5))) {
            CouchSpec spec = new CouchSpec(true, "127.0.0.1:" + tls.port(), "u", new Secret("p"), "commcarehq");

            assertThatThrownBy(() -> new CouchDatabase(spec).get("x"))
                    .isInstanceOfSatisfying(
                            EndpointException.class,
                            refusal -> assertThat(refusal.kind()).isEqualTo(EndpointException.Kind.UNUSABLE))
                    .hasMessageContaining("update-ca-certificates");
        }
    }
}
