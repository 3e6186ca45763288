package org.cchq.migrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.BlobSite;
import org.cchq.migrate.testing.NginxServer;
import org.cchq.migrate.testing.Ports;
import org.cchq.migrate.testing.S3ProxyServer;
import org.cchq.migrate.testing.SshServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code doctor blobs} over a real sshd, with the real agent as the service user. */
@Timeout(300)
class DoctorCommandIT {
    private HostSite site;
    private S3ProxyServer newStore;
    private S3ProxyServer oldStore;

    @BeforeEach
    void start() throws Exception {
        site = HostSite.on(SshServer.start());
        newStore = S3ProxyServer.start(BlobSite.BUCKET);
        oldStore = S3ProxyServer.start(BlobSite.BUCKET);
        stores(newStore.port(), oldStore.port());
        site.replace("vault.yml", "S3_ACCESS_KEY: a", "S3_ACCESS_KEY: " + newStore.accessKey());
        site.replace("vault.yml", "S3_SECRET_KEY: hidden-4711", "S3_SECRET_KEY: " + newStore.secretKey());
        site.replace("vault.yml", "OLD_S3_BLOB_DB_ACCESS_KEY: b", "OLD_S3_BLOB_DB_ACCESS_KEY: " + oldStore.accessKey());
        site.replace("vault.yml", "hidden-4712", oldStore.secretKey());
    }

    @AfterEach
    void stop() throws Exception {
        oldStore.close();
        newStore.close();
        site.close();
    }

    @Test
    void twoStoresThatEveryHostCanUse() throws Exception {
        Said said = doctor();

        assertThat(said.run("east", "doctor", "blobs"))
                .as(said.out() + said.err())
                .isZero();

        assertThat(said.out())
                .contains("new  s3 http://127.0.0.1:" + newStore.port() + " bucket blobdb\n")
                .contains("127.0.0.1               new    yes      yes   yes     yes    put it       v2 v4\n")
                .contains("127.0.0.1               old    yes      yes   yes     -      no           v2 v4\n")
                .contains("every host can use both stores, and they are two\n");
        assertThat(said.out().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
        assertThat(BlobSite.list(newStore)).isEmpty();
        assertThat(BlobSite.list(oldStore)).isEmpty();
        assertThat(said.out() + said.err()).doesNotContain(newStore.secretKey());
    }

    @Test
    void aPortThatRefusesAndAHostThatIsGone() throws Exception {
        stores(newStore.port(), new Ports().free());
        site.add("inventory.ini", "[webworkers]\n127.0.0.2\n");
        Said said = doctor();

        assertThat(said.run("east", "doctor", "blobs", "--json"))
                .as(said.out() + said.err())
                .isEqualTo(3);

        List<?> hosts = (List<?>) Json.readObject(said.out(), "doctor").get("hosts");
        assertThat(hosts).hasSize(2);
        boolean first = "127.0.0.2".equals(((Map<?, ?>) hosts.get(0)).get("host"));
        Map<?, ?> gone = (Map<?, ?>) hosts.get(first ? 0 : 1);
        assertThat(gone.get("host")).isEqualTo("127.0.0.2");
        assertThat(gone.get("reached")).isEqualTo(false);
        Map<?, ?> there = (Map<?, ?>) hosts.get(first ? 1 : 0);
        List<String> troubles = ((List<?>) there.get("endpoints"))
                .stream()
                        .map(found -> String.valueOf(((Map<?, ?>) found).get("trouble")))
                        .toList();
        assertThat(troubles).containsExactly("", "port_refuses");
        Said shown = doctor();
        assertThat(shown.run("east", "doctor", "blobs")).isEqualTo(3);
        assertThat(shown.out()).contains("127.0.0.2               not reached\n", "old: port_refuses: Tried to");
    }

    /** As while dual is half deployed: both ports lead to one cluster. */
    @Test
    void bothPortsLeadToOneStore() throws Exception {
        try (NginxServer second = NginxServer.before(newStore.port())) {
            stores(newStore.port(), second.port());
            Said said = doctor();

            assertThat(said.run("east", "doctor", "blobs"))
                    .as(said.out() + said.err())
                    .isEqualTo(1);

            assertThat(said.out())
                    .contains("127.0.0.1               old    yes      yes   yes     -      YES  ", "one store;");
        }
        assertThat(BlobSite.list(newStore)).isEmpty();
    }

    @Test
    void anotherWordIsRefused() throws Exception {
        Said said = doctor();

        assertThat(said.run("east", "doctor", "bolbs")).isEqualTo(2);
    }

    private void stores(int newPort, int oldPort) throws Exception {
        site.replace("public.yml", "(?m)^s3_blob_db_url: .*", "s3_blob_db_url: http://127.0.0.1:" + newPort);
        site.replace("public.yml", "(?m)^old_s3_blob_db_url: .*", "old_s3_blob_db_url: http://127.0.0.1:" + oldPort);
        site.replace("public.yml", "(?m)^s3_blob_db_s3_bucket: .*", "s3_blob_db_s3_bucket: blobdb");
        site.replace("public.yml", "(?m)^old_s3_blob_db_s3_bucket: .*", "old_s3_blob_db_s3_bucket: blobdb");
    }

    private Said doctor() {
        return site.said(System.getProperty("agent.jar", "target/cchq-migrate-agent.jar"));
    }
}
