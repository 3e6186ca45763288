package org.cchq.migrate.testing;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.cchq.migrate.testing.Fault.Direction;
import org.cchq.migrate.testing.Fault.Manner;

/**
 * A relay on 127.0.0.1 in front of a real HTTP/1.1 server that makes the faults which the real server does not make on
 * demand, request by request, as a {@link FaultScript} says. One thread a connection: not for benchmarks,
 * which use {@link LatencyRelay}. "Expect: 100-continue" is answered by the relay and not passed on.
 */
public final class FaultRelay implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;

    private final ServerSocket listener;
    private final int targetPort;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "fault-relay");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger faults = new AtomicInteger();
    private volatile FaultScript script = FaultScript.HEALTHY;

    private FaultRelay(int targetPort) throws IOException {
        this.targetPort = targetPort;
        this.listener = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
    }

    /** Relays a free port to the target's, without faults at first. */
    public static FaultRelay start(int targetPort) throws IOException {
        FaultRelay relay = new FaultRelay(targetPort);
        relay.threads.execute(relay::accept);
        return relay;
    }

    /** From the next request on. */
    public void play(FaultScript next) {
        script = next;
    }

    public int port() {
        return listener.getLocalPort();
    }

    public String url() {
        return "http://127.0.0.1:" + port();
    }

    /** Requests seen. */
    public int requests() {
        return requests.get();
    }

    /** Requests that the script gave a fault. */
    public int faults() {
        return faults.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
        threads.shutdownNow();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                open.add(client);
                threads.execute(() -> serve(client));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serve(Socket client) {
        Socket server = new Socket();
        open.add(server);
        Manner end = Manner.FIN;
        try {
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort), PATIENCE_MILLIS);
            for (Socket socket : new Socket[] {client, server}) {
                socket.setTcpNoDelay(true);
                socket.setSoTimeout(PATIENCE_MILLIS);
            }
            Connection connection = new Connection(
                    new BufferedInputStream(client.getInputStream()),
                    new BufferedOutputStream(client.getOutputStream()),
                    new BufferedInputStream(server.getInputStream()),
                    new BufferedOutputStream(server.getOutputStream()));
            Optional<Manner> ended = connection.exchange();
            while (ended.isEmpty()) {
                ended = connection.exchange();
            }
            end = ended.get();
        } catch (IOException e) {
            end = Manner.RESET;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end(client, end);
            end(server, end);
        }
    }

    private void end(Socket socket, Manner manner) {
        open.remove(socket);
        try {
            if (manner == Manner.RESET) {
                socket.setSoLinger(true, 0);
            }
            socket.close();
        } catch (IOException e) {
            return;
        }
    }

    /** Both sides of a connection, buffered. */
    private final class Connection {
        private final InputStream fromClient;
        private final OutputStream toClient;
        private final InputStream fromServer;
        private final OutputStream toServer;

        Connection(InputStream fromClient, OutputStream toClient, InputStream fromServer, OutputStream toServer) {
            this.fromClient = fromClient;
            this.toClient = toClient;
            this.fromServer = fromServer;
            this.toServer = toServer;
        }

        /** One request and its answer; how to end the connection, or empty to go on with it. */
        Optional<Manner> exchange() throws IOException, InterruptedException {
            Optional<HttpMessage> read = HttpMessage.read(fromClient);
            if (read.isEmpty()) {
                return Optional.of(Manner.FIN);
            }
            HttpMessage request = read.get();
            Fault fault = script.faultFor(new FaultScript.Request(
                    requests.incrementAndGet(),
                    request.firstLineWord(0),
                    request.firstLineWord(1),
                    request.length(0),
                    request.header("range").orElse("")));
            if (fault != Fault.NONE) {
                faults.incrementAndGet();
            }
            if (request.expectsContinue()) {
                write("HTTP/1.1 100 Continue\r\n\r\n");
            }
            try {
                return exchange(request, fault);
            } catch (DisturbedBody.CutHere cut) {
                return Optional.of(((Fault.Cut) fault).manner());
            }
        }

        private Optional<Manner> exchange(HttpMessage request, Fault fault) throws IOException, InterruptedException {
            if (fault instanceof Fault.Answer || fault instanceof Fault.BlackHole) {
                new DisturbedBody(fromClient, OutputStream.nullOutputStream(), Fault.NONE)
                        .pass(request, request.length(0));
            }
            if (fault instanceof Fault.BlackHole) {
                // Until the client gives up.
                fromClient.read();
                return Optional.of(Manner.FIN);
            }
            if (fault instanceof Fault.Answer answer) {
                answer(request, answer.status(), answer.code());
                return Optional.empty();
            }
            passRequest(request, faultOf(fault, Direction.REQUEST));
            if (fault instanceof Fault.AnswerInstead instead) {
                passResponse(request, OutputStream.nullOutputStream(), Fault.NONE);
                answer(request, instead.status(), instead.code());
                return Optional.empty();
            }
            return passResponse(request, toClient, faultOf(fault, Direction.RESPONSE));
        }

        private void passRequest(HttpMessage request, Fault fault) throws IOException, InterruptedException {
            DisturbedBody body = new DisturbedBody(fromClient, toServer, fault);
            body.beforeHead();
            toServer.write(request.withoutExpect().bytes());
            body.pass(request, request.length(0));
        }

        private Optional<Manner> passResponse(HttpMessage request, OutputStream out, Fault fault)
                throws IOException, InterruptedException {
            HttpMessage response = HttpMessage.read(fromServer).orElseThrow(() -> new IOException("no answer"));
            boolean bodiless =
                    request.firstLineWord(0).equals("HEAD") || response.status() == 204 || response.status() == 304;
            DisturbedBody body = new DisturbedBody(fromServer, out, fault);
            body.beforeHead();
            out.write(response.bytes());
            long length = bodiless ? 0 : response.length(-1);
            body.pass(bodiless ? new HttpMessage("\r\n\r\n") : response, length);
            boolean endless = length < 0 && !response.chunked();
            return endless || response.closes() ? Optional.of(Manner.FIN) : Optional.empty();
        }

        private void answer(HttpMessage request, int status, String code) throws IOException {
            String xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code
                    + "</Code><Message>made by the fault relay</Message></Error>";
            boolean head = request.firstLineWord(0).equals("HEAD");
            write("HTTP/1.1 " + status + " " + code + "\r\nContent-Type: application/xml\r\nContent-Length: "
                    + xml.length() + "\r\n\r\n" + (head ? "" : xml));
        }

        private void write(String text) throws IOException {
            toClient.write(text.getBytes(StandardCharsets.ISO_8859_1));
            toClient.flush();
        }
    }

    private static Fault faultOf(Fault fault, Direction direction) {
        Direction meant = fault instanceof Fault.Cut cut
                ? cut.direction()
                : fault instanceof Fault.Flip flip
                        ? flip.direction()
                        : fault instanceof Fault.Stall stall ? stall.direction() : null;
        return meant == direction ? fault : Fault.NONE;
    }
}
