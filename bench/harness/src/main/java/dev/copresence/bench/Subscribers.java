package dev.copresence.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Many open streams of one server, read by the calling thread. */
final class Subscribers implements AutoCloseable {

    private static final byte[] START = "event: snapshot".getBytes(StandardCharsets.US_ASCII);

    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);
    private long events;

    /** One stream and how far its present event has come. */
    private static final class Stream {

        private int matched;
        private boolean inEvent;
        private boolean afterLineEnd;

        /** Takes in a byte; true if it is the last of an event. */
        boolean ends(byte octet) {
            if (!inEvent) {
                matched = octet == START[matched] ? matched + 1 : octet == START[0] ? 1 : 0;
                if (matched == START.length) {
                    matched = 0;
                    inEvent = true;
                    afterLineEnd = false;
                }
                return false;
            }
            if (octet == '\n' && afterLineEnd) {
                inEvent = false;
                return true;
            }
            afterLineEnd = octet == '\n';
            return false;
        }
    }

    /** Opens a stream for each request, and waits for the first snapshot of each if the server sends one. */
    Subscribers(Server server, List<Request> requests, boolean first) throws IOException {
        for (var request : requests) {
            var channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port));
            channel.write(ByteBuffer.wrap(request.text().getBytes(StandardCharsets.UTF_8)));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, new Stream());
            read(0, null, 0);
        }
        if (first) {
            await(requests.size(), null, 0);
        }
    }

    int size() {
        return selector.keys().size();
    }

    /** How many events have come so far. */
    long events() {
        return events;
    }

    /**
     * Reads until so many events have come in all.
     *
     * @param delays where to note how long after {@code since} (of {@link System#nanoTime}) each came, in µs; or null
     */
    void await(long total, Histogram delays, long since) throws IOException {
        var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (events < total) {
            if (System.nanoTime() > deadline) {
                throw new IOException(events + " of " + total + " events came");
            }
            read(100, delays, since);
        }
    }

    /** Reads for so long. */
    void readFor(Duration time) throws IOException {
        var deadline = System.nanoTime() + time.toNanos();
        for (var left = time.toMillis(); left > 0; left = (deadline - System.nanoTime()) / 1_000_000) {
            read(left, null, 0);
        }
    }

    private void read(long millis, Histogram delays, long since) throws IOException {
        if (millis == 0) {
            selector.selectNow();
        } else {
            selector.select(millis);
        }
        for (var key : selector.selectedKeys()) {
            var stream = (Stream) key.attachment();
            buffer.clear();
            if (((SocketChannel) key.channel()).read(buffer) < 0) {
                throw new IOException("a stream ended");
            }
            buffer.flip();
            while (buffer.hasRemaining()) {
                if (stream.ends(buffer.get())) {
                    events++;
                    if (delays != null) {
                        delays.recordValue((System.nanoTime() - since) / 1000);
                    }
                }
            }
        }
        selector.selectedKeys().clear();
    }

    @Override
    public void close() throws IOException {
        for (var key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
