package org.cchq.migrate.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortsTest {
    @Test
    void aPortIsGivenOnceAndCanBeListenedOn() throws Exception {
        Set<Integer> given = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            int port = new Ports().free("127.0.0.1", "127.0.0.2");
            assertThat(given.add(port)).isTrue();
            try (ServerSocket server = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.2"))) {
                assertThat(Ports.answers("127.0.0.2", server.getLocalPort())).isTrue();
            }
        }
    }

    @Test
    void aPortThatWasGivenIsTakenForEveryOtherProcess() throws Exception {
        int port = new Ports().free();

        assertThatThrownBy(() -> new DatagramSocket(port).close()).isInstanceOf(SocketException.class);
    }
}
