package org.cchq.migrate.testing;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * Free ports for servers that start a moment later. Tests run in several processes at a time: a port that was given is given
 * to nobody else as long as this process lives, which holds its number as a UDP port. None is one that the system gives to
 * connections that go out.
 */
public final class Ports {
    private static final int LOWEST = 11_000;
    private static final int USUAL_END = 32_768;
    private static final Path GIVEN_BY_THE_SYSTEM = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    /** Held to the end of the process. */
    private static final List<DatagramSocket> HELD = new ArrayList<>();

    /** One on 127.0.0.1. */
    public int free() throws IOException {
        return free("127.0.0.1");
    }

    /** One that is free on each of these addresses. */
    public int free(String... addresses) throws IOException {
        int end = end();
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, end);
            if (held(port) && Stream.of(addresses).allMatch(address -> isFree(address, port))) {
                return port;
            }
        }
    }

    /** Where the ports of outgoing connections begin. */
    private static int end() throws IOException {
        if (!Files.isReadable(GIVEN_BY_THE_SYSTEM)) {
            return USUAL_END;
        }
        int begin =
                Integer.parseInt(Files.readString(GIVEN_BY_THE_SYSTEM).strip().split("\\s+")[0]);
        return begin > LOWEST + 5000 ? begin : USUAL_END;
    }

    private static boolean held(int port) {
        try {
            DatagramSocket socket = new DatagramSocket(port);
            synchronized (HELD) {
                HELD.add(socket);
            }
            return true;
        } catch (SocketException e) {
            return false;
        }
    }

    private static boolean isFree(String address, int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName(address))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether something listens on 127.0.0.1. */
    public static boolean answers(int port) {
        return answers("127.0.0.1", port);
    }

    /** Whether something listens there. */
    public static boolean answers(String address, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(address), port), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
