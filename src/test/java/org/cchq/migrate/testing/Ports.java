package org.cchq.migrate.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/** Free loopback ports: no two alike, though none is held while its server starts. */
public final class Ports {
    private final Set<Integer> given = new HashSet<>();

    /** One on 127.0.0.1. */
    public int free() throws IOException {
        return free("127.0.0.1");
    }

    /** One that is free on each of these addresses. */
    public int free(String... addresses) throws IOException {
        while (true) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(addresses[0]))) {
                int port = socket.getLocalPort();
                if (given.add(port) && Stream.of(addresses).skip(1).allMatch(address -> isFree(address, port))) {
                    return port;
                }
            }
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
