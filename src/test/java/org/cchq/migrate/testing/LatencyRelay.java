package org.cchq.migrate.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A far-away server: a TCP relay on 127.0.0.1 that passes every byte on after a fixed time, in each direction. One thread
 * serves all connections, and what is under way does not wait for what was sent before it, so that throughput stays what
 * it was: at most {@value #WINDOW} bytes are under way per connection and direction.
 *
 * <p>Alone: {@code java -cp CLASSES org.cchq.migrate.testing.LatencyRelay PORT TARGET_PORT ROUND_TRIP_MILLISECONDS}.
 */
public final class LatencyRelay implements AutoCloseable {
    private static final int WINDOW = 4 << 20;
    private static final int READ = 128 << 10;

    private final InetSocketAddress target;
    private final long delayNanos;
    private final ServerSocketChannel listener;
    private final Selector selector;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ);
    /** All pieces have the same delay: they become due in the order they came. */
    private final Deque<Piece> underWay = new ArrayDeque<>();

    private final Thread thread;

    private LatencyRelay(int port, InetSocketAddress target, Duration oneWay) throws IOException {
        this.target = target;
        this.delayNanos = oneWay.toNanos();
        this.selector = Selector.open();
        this.listener = ServerSocketChannel.open();
        listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        this.thread = new Thread(this::run, "latency-relay-" + port());
        thread.setDaemon(true);
    }

    /** Relays a free port to the target; a round trip takes twice {@code oneWay} more. */
    public static LatencyRelay start(int targetPort, Duration oneWay) throws IOException {
        return start(0, targetPort, oneWay);
    }

    private static LatencyRelay start(int port, int targetPort, Duration oneWay) throws IOException {
        LatencyRelay relay =
                new LatencyRelay(port, new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort), oneWay);
        relay.thread.start();
        return relay;
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 3) {
            System.err.println("usage: LatencyRelay PORT TARGET_PORT ROUND_TRIP_MILLISECONDS");
            System.exit(2);
        }
        Duration oneWay = Duration.ofNanos(Long.parseLong(arguments[2]) * 500_000);
        LatencyRelay relay = start(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]), oneWay);
        System.out.println("relay 127.0.0.1:" + relay.port());
        relay.thread.join();
    }

    public int port() {
        return listener.socket().getLocalPort();
    }

    public String url() {
        return "http://127.0.0.1:" + port();
    }

    @Override
    public void close() throws IOException {
        selector.close();
        listener.close();
    }

    private void run() {
        try {
            while (selector.isOpen()) {
                waitForWork();
                for (SelectionKey key : selector.selectedKeys()) {
                    serve(key);
                }
                selector.selectedKeys().clear();
                passOnWhatIsDue();
            }
        } catch (ClosedSelectorException e) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void waitForWork() throws IOException {
        Piece next = underWay.peek();
        if (next == null) {
            selector.select();
            return;
        }
        // Rounded up: a piece may be late by less than a millisecond, never early.
        long millis = (next.due() - System.nanoTime() + 999_999) / 1_000_000;
        if (millis > 0) {
            selector.select(millis);
        } else {
            selector.selectNow();
        }
    }

    private void serve(SelectionKey key) throws IOException {
        if (!key.isValid()) {
            return;
        }
        if (key.isAcceptable()) {
            accept();
            return;
        }
        Flow from = (Flow) key.attachment();
        try {
            if (key.isConnectable() && from.source.finishConnect()) {
                from.interest();
                from.back.interest();
            }
            if (key.isValid() && key.isReadable()) {
                read(from);
            }
            if (key.isValid() && key.isWritable()) {
                from.back.write();
            }
        } catch (IOException e) {
            from.reset();
        }
    }

    private void accept() throws IOException {
        SocketChannel client = listener.accept();
        if (client == null) {
            return;
        }
        SocketChannel server = SocketChannel.open();
        for (SocketChannel channel : new SocketChannel[] {client, server}) {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        Flow up = new Flow(client, server);
        Flow down = new Flow(server, client);
        up.back = down;
        down.back = up;
        up.key = client.register(selector, 0, up);
        down.key = server.register(selector, SelectionKey.OP_CONNECT, down);
        try {
            if (server.connect(target)) {
                up.interest();
                down.interest();
            }
        } catch (IOException e) {
            up.reset();
        }
    }

    private void read(Flow flow) throws IOException {
        buffer.clear();
        int read = flow.source.read(buffer);
        byte[] bytes = new byte[Math.max(read, 0)];
        buffer.flip();
        buffer.get(bytes);
        flow.ended = read < 0;
        flow.held += bytes.length;
        flow.interest();
        underWay.add(new Piece(System.nanoTime() + delayNanos, flow, ByteBuffer.wrap(bytes), read < 0));
    }

    private void passOnWhatIsDue() {
        long now = System.nanoTime();
        while (!underWay.isEmpty() && underWay.peek().due() - now <= 0) {
            Piece piece = underWay.remove();
            piece.flow().arrived.add(piece);
            try {
                piece.flow().write();
            } catch (IOException e) {
                piece.flow().reset();
            }
        }
    }

    /** Bytes that were read from one side and may be written to the other from a time on; or the end. */
    private record Piece(long due, Flow flow, ByteBuffer bytes, boolean end) {}

    /** One direction of a connection. */
    private static final class Flow {
        private final SocketChannel source;
        private final SocketChannel sink;
        private final Deque<Piece> arrived = new ArrayDeque<>();
        private Flow back;
        private SelectionKey key;
        private int held;
        private boolean ended;
        private boolean finished;

        Flow(SocketChannel source, SocketChannel sink) {
            this.source = source;
            this.sink = sink;
        }

        void write() throws IOException {
            while (!arrived.isEmpty()) {
                Piece piece = arrived.peek();
                held -= sink.write(piece.bytes());
                if (piece.bytes().hasRemaining()) {
                    break;
                }
                arrived.remove();
                if (piece.end()) {
                    sink.shutdownOutput();
                    finished = true;
                    if (back.finished) {
                        source.close();
                        sink.close();
                        return;
                    }
                }
            }
            interest();
            back.interest();
        }

        /** Reads while the window has room, writes while something waits for this side. */
        void interest() {
            if (!key.isValid() || source.isConnectionPending()) {
                return;
            }
            int read = ended || held >= WINDOW ? 0 : SelectionKey.OP_READ;
            int write = back.arrived.isEmpty() ? 0 : SelectionKey.OP_WRITE;
            key.interestOps(back.source.isConnectionPending() ? 0 : read | write);
        }

        void reset() {
            for (SocketChannel channel : new SocketChannel[] {source, sink}) {
                try {
                    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                    channel.close();
                } catch (IOException e) {
                    // it is closed already
                }
            }
            arrived.clear();
            back.arrived.clear();
        }
    }
}
