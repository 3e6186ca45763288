package org.cchq.migrate.testing.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * A TCP relay on this machine that holds back everything it passes on for the same time in both directions, and counts
 * the HTTP requests by method. One thread reads all connections, one writes, so thousands of small messages a second on
 * hundreds of connections cost it little; a reader that does not keep up would hold the others back, so it is no relay
 * for large bodies.
 */
final class Relay implements AutoCloseable {
    private static final String[] METHODS = {"GET", "PUT", "HEAD", "POST", "DELETE"};
    private static final Pattern OBJECT = Pattern.compile("PUT /\\S*/[0-9a-f]{32}[ ?]");

    private final int port;
    private final long delay;
    private final ServerSocketChannel listener;
    private final Selector selector;
    private final LinkedBlockingQueue<Parcel> parcels = new LinkedBlockingQueue<>();
    private final Thread reader;
    private final Thread writer;
    private final Map<String, Integer> requests = new TreeMap<>();
    private final List<Long> answeredPuts = new ArrayList<>();
    private long firstPut;
    private volatile boolean closed;

    /** One direction of a connection. */
    private static final class Flow {
        private final SocketChannel from;
        private final SocketChannel to;
        private final Flow[] both;
        private final boolean fromClient;
        /** The next bytes begin a request, because the last ones were an answer. */
        private boolean requestNext = true;

        private boolean put;

        Flow(SocketChannel from, SocketChannel to, Flow[] both, boolean fromClient) {
            this.from = from;
            this.to = to;
            this.both = both;
            this.fromClient = fromClient;
        }
    }

    /** Bytes that are due; none for the end of the flow. */
    private record Parcel(long due, SocketChannel to, ByteBuffer bytes) {}

    /** @param oneWay how long every byte is held in each direction */
    Relay(int port, Duration oneWay) throws IOException {
        this.port = port;
        this.delay = oneWay.toNanos();
        selector = Selector.open();
        listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        reader = new Thread(this::read, "relay-read");
        writer = new Thread(this::write, "relay-write");
        for (Thread thread : new Thread[] {reader, writer}) {
            thread.setDaemon(true);
            thread.start();
        }
    }

    int localPort() {
        return listener.socket().getLocalPort();
    }

    /** Requests since the last {@link #reset}, by method. */
    synchronized Map<String, Integer> requests() {
        return new TreeMap<>(requests);
    }

    /** {@link System#nanoTime} when the first PUT of an object (a key of 32 hex digits) passed; 0 if none did. */
    synchronized long firstPut() {
        return firstPut;
    }

    /** Objects stored a second, between the first and the last twentieth of them; 0 if there were too few to say. */
    synchronized double steadyRate() {
        int count = answeredPuts.size();
        if (count < 40) {
            return 0;
        }
        int first = count / 20;
        int last = count - 1 - first;
        return (last - first) * 1e9 / (answeredPuts.get(last) - answeredPuts.get(first));
    }

    synchronized void reset() {
        requests.clear();
        firstPut = 0;
        answeredPuts.clear();
    }

    private void read() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);
        while (!closed) {
            try {
                selector.select();
                Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
                while (keys.hasNext()) {
                    SelectionKey key = keys.next();
                    keys.remove();
                    // The writer may close a channel at any moment, which cancels its key.
                    if (key.channel() == listener) {
                        accept();
                    } else {
                        pass(key, (Flow) key.attachment(), buffer);
                    }
                }
            } catch (ClosedSelectorException e) {
                return;
            } catch (IOException e) {
                if (!closed) {
                    System.err.println("relay: " + e);
                }
            }
        }
    }

    private void accept() throws IOException {
        SocketChannel client = listener.accept();
        SocketChannel server = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        Flow[] both = new Flow[2];
        both[0] = new Flow(client, server, both, true);
        both[1] = new Flow(server, client, both, false);
        for (Flow flow : both) {
            flow.from.configureBlocking(false);
            flow.from.setOption(StandardSocketOptions.TCP_NODELAY, true);
            flow.from.register(selector, SelectionKey.OP_READ, flow);
        }
    }

    private void pass(SelectionKey key, Flow flow, ByteBuffer buffer) {
        buffer.clear();
        int count;
        try {
            count = flow.from.read(buffer);
        } catch (IOException e) {
            count = -1;
        }
        if (count == 0) {
            return;
        }
        long now = System.nanoTime();
        if (count < 0) {
            key.cancel();
            parcels.add(new Parcel(now + delay, flow.to, ByteBuffer.allocate(0)));
            return;
        }
        buffer.flip();
        ByteBuffer copy = ByteBuffer.allocate(count).put(buffer).flip();
        count(flow, copy, now);
        parcels.add(new Parcel(now + delay, flow.to, copy));
    }

    /** Nobody sends a request before the answer to the last one, so bytes after an answer begin a request. */
    private synchronized void count(Flow flow, ByteBuffer bytes, long now) {
        Flow requester = flow.both[0];
        if (!flow.fromClient) {
            if (requester.put) {
                answeredPuts.add(now);
                requester.put = false;
            }
            requester.requestNext = true;
            return;
        }
        if (!requester.requestNext) {
            return;
        }
        for (String method : METHODS) {
            if (begins(bytes, method)) {
                requests.merge(method, 1, Integer::sum);
                requester.requestNext = false;
                requester.put = method.equals("PUT") && ofObject(bytes);
                if (requester.put && firstPut == 0) {
                    firstPut = now;
                }
                return;
            }
        }
    }

    private static boolean ofObject(ByteBuffer bytes) {
        String start = StandardCharsets.ISO_8859_1
                .decode(bytes.duplicate().limit(Math.min(300, bytes.limit())))
                .toString();
        return OBJECT.matcher(start).lookingAt();
    }

    private static boolean begins(ByteBuffer bytes, String method) {
        if (bytes.remaining() < method.length() + 2) {
            return false;
        }
        for (int i = 0; i < method.length(); i++) {
            if (bytes.get(i) != method.charAt(i)) {
                return false;
            }
        }
        return bytes.get(method.length()) == ' ' && bytes.get(method.length() + 1) == '/';
    }

    private void write() {
        try {
            while (!closed) {
                Parcel parcel = parcels.poll(1, TimeUnit.SECONDS);
                if (parcel == null) {
                    continue;
                }
                for (long wait = parcel.due - System.nanoTime(); wait > 0; wait = parcel.due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                deliver(parcel);
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private static void deliver(Parcel parcel) {
        try {
            if (!parcel.bytes.hasRemaining()) {
                parcel.to.close();
            }
            while (parcel.bytes.hasRemaining()) {
                if (parcel.to.write(parcel.bytes) == 0) {
                    LockSupport.parkNanos(50_000);
                }
            }
        } catch (IOException e) {
            try {
                parcel.to.close();
            } catch (IOException ignored) {
                // gone already
            }
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        reader.interrupt();
        writer.interrupt();
        listener.close();
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
