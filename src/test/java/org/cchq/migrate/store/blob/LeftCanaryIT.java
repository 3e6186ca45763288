package org.cchq.migrate.store.blob;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.cchq.migrate.testing.BlobSite;
import org.cchq.migrate.testing.MadeBlob;
import org.cchq.migrate.testing.S3ProxyServer;
import org.junit.jupiter.api.Test;

class LeftCanaryIT {
    /** A kill test had found the canary of a process that was killed between its first and its last request. */
    @Test
    void aProbeRemovesWhatAKilledOneLeftButNotWhatAnotherIsUsing() throws Exception {
        String old = canary(Instant.now().minus(Duration.ofHours(2)));
        String fresh = canary(Instant.now());
        try (S3ProxyServer server = S3ProxyServer.start(BlobSite.BUCKET);
                S3BlobStore store = BlobSite.store(server)) {
            for (String key : new String[] {old, old + "-empty", fresh, "cchq-migrate-probe-of-a-user"}) {
                try (MadeBlob blob = MadeBlob.of(MadeBlob.bytes(3, 1))) {
                    store.putIfAbsent(key, blob);
                }
            }

            store.probeTarget();

            Map<String, BlobInfo> left = BlobSite.list(server);
            assertThat(left.keySet()).containsExactlyInAnyOrder(fresh, "cchq-migrate-probe-of-a-user");
        }
    }

    private static String canary(Instant made) {
        return "cchq-migrate-probe-" + Long.toHexString(made.getEpochSecond()) + "-0123456789abcdef";
    }
}
