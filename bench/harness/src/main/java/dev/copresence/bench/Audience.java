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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.UUID;

/**
 * Some hundred streams, which are opened anew when they end and now and then for no reason; of some pages it is read how
 * long a change takes from one instance to the streams of another.
 */
final class Audience implements AutoCloseable {

    static final String FIRST = "a stream's first snapshot";
    static final String CHANGE = "a change at a stream of another instance";

    private static final byte[] GOOD = "HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EVENT = "event: snapshot".getBytes(StandardCharsets.US_ASCII);
    private static final int PROBES = 10;
    private static final long PROBE_EVERY = Duration.ofMillis(500).toNanos();
    private static final long RENEW_EVERY = Duration.ofMillis(400).toNanos();

    private final Fleet fleet;
    private final Timeline timeline;
    private final Random random = new Random(7);
    private final List<Account> accounts;
    private final int pages;
    private final List<Stream> streams = new ArrayList<>();
    private final PriorityQueue<Stream> closed = new PriorityQueue<>((one, other) -> Long.compare(one.due, other.due));
    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
    private final Thread reader = new Thread(this::read, "audience");
    private final Thread prober = new Thread(this::probe, "probes");
    private volatile boolean goesOn = true;
    private volatile long events;
    private volatile long ended;

    /** One stream, open or to be opened. The reader alone changes it, but for the moment of a change. */
    private static final class Stream {

        private final Account account;
        private final String page;
        private final int instance;
        private SocketChannel channel;
        private long due;
        private long opened;
        private int matched;
        private boolean isAnswered;
        private volatile boolean isWaiting;
        private volatile long changed;

        Stream(Account account, String page, int instance) {
            this.account = account;
            this.page = page;
            this.instance = instance;
        }
    }

    Audience(Fleet fleet, Timeline timeline, List<Account> accounts, int size) throws IOException {
        this.fleet = fleet;
        this.timeline = timeline;
        this.accounts = accounts;
        this.pages = Math.max(5, accounts.size() / 5);
        for (var number = 0; number < size; number++) {
            var page = number < PROBES ? "/probe/page-" + number : Crowd.somePage(random, pages);
            var stream = new Stream(accounts.get(number % accounts.size()), page, (number + 1) % fleet.size());
            stream.due = System.nanoTime() + number * 10_000_000L;
            streams.add(stream);
            closed.add(stream);
        }
        reader.setDaemon(true);
        prober.setDaemon(true);
        reader.start();
        prober.start();
    }

    /** Snapshots that came. */
    long events() {
        return events;
    }

    /** Streams that the service or a failure ended. */
    long ended() {
        return ended;
    }

    private void read() {
        try {
            var renew = System.nanoTime() + RENEW_EVERY;
            while (goesOn) {
                selector.select(20);
                for (var key : selector.selectedKeys()) {
                    take((Stream) key.attachment());
                }
                selector.selectedKeys().clear();
                var now = System.nanoTime();
                while (!closed.isEmpty() && closed.peek().due <= now) {
                    open(closed.poll());
                }
                if (renew < now) {
                    renew += RENEW_EVERY;
                    var stream = streams.get(random.nextInt(streams.size()));
                    if (stream.channel != null && streams.indexOf(stream) >= PROBES) {
                        close(stream, now);
                    }
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void open(Stream stream) throws IOException {
        stream.matched = 0;
        stream.changed = 0;
        stream.isAnswered = false;
        stream.isWaiting = true;
        stream.opened = System.nanoTime();
        try {
            var number = stream.instance;
            stream.channel =
                    SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), fleet.port(number)));
            stream.channel.write(ByteBuffer.wrap(
                    Request.stream(stream.page, stream.account).text().getBytes(StandardCharsets.UTF_8)));
            stream.channel.configureBlocking(false);
            stream.channel.register(selector, SelectionKey.OP_READ, stream);
        } catch (IOException e) {
            ended++;
            close(stream, System.nanoTime());
        }
    }

    private void take(Stream stream) throws IOException {
        buffer.clear();
        try {
            if (stream.channel.read(buffer) < 0) {
                throw new IOException("ended");
            }
        } catch (IOException e) {
            ended++;
            close(stream, System.nanoTime());
            return;
        }
        buffer.flip();
        if (!stream.isAnswered && !isGood()) {
            timeline.call(stream.opened, "a stream that is refused");
            ended++;
            close(stream, System.nanoTime());
            return;
        }
        stream.isAnswered = true;
        while (buffer.hasRemaining()) {
            var octet = buffer.get();
            stream.matched = octet == EVENT[stream.matched] ? stream.matched + 1 : octet == EVENT[0] ? 1 : 0;
            if (stream.matched == EVENT.length) {
                stream.matched = 0;
                snapshot(stream);
            }
        }
    }

    /** True if what has come begins as the head of an open stream does. */
    private boolean isGood() {
        var head = new byte[Math.min(GOOD.length, buffer.remaining())];
        buffer.duplicate().get(head);
        return Arrays.equals(head, 0, head.length, GOOD, 0, head.length);
    }

    private void snapshot(Stream stream) {
        events++;
        var changed = stream.changed;
        if (stream.isWaiting) {
            stream.isWaiting = false;
            timeline.delay(FIRST, stream.opened);
        } else if (changed != 0) {
            timeline.delay(CHANGE, changed);
        }
        stream.changed = 0;
    }

    /** What still waits counts with what it has waited so far. */
    private void close(Stream stream, long now) throws IOException {
        if (stream.isWaiting && stream.channel != null && now - stream.opened > 1_000_000_000L) {
            timeline.delay(FIRST, stream.opened);
        }
        stream.isWaiting = true;
        if (stream.channel != null) {
            stream.channel.close();
            stream.channel = null;
        }
        stream.due = now + (1_000 + random.nextInt(4_000)) * 1_000_000L;
        closed.add(stream);
    }

    /** Joins and leaves in turn, page by page, each at the instance before the stream's. */
    private void probe() {
        var tabs = new ArrayList<String>();
        streams.subList(0, Math.min(PROBES, streams.size()))
                .forEach(stream -> tabs.add(UUID.randomUUID().toString()));
        var due = System.nanoTime();
        for (var turn = 0; goesOn; turn++) {
            due += PROBE_EVERY;
            Bench.pause(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
            var stream = streams.get(turn % tabs.size());
            var call = turn / tabs.size() % 2 == 0 ? "join" : "leave";
            var body = "{\"pagePath\":\"" + stream.page + "\",\"tabId\":\"" + tabs.get(turn % tabs.size()) + "\"}";
            var other = (stream.instance + fleet.size() - 1) % fleet.size();
            if (stream.changed != 0) {
                // The change before it never came.
                timeline.delay(CHANGE, stream.changed);
                stream.changed = 0;
            }
            var since = System.nanoTime();
            try (var connection = new Connection(fleet.port(other), Duration.ofSeconds(10))) {
                if (!stream.isWaiting) {
                    stream.changed = since;
                }
                connection.call(Request.post(call, accounts.get(0), body));
            } catch (IOException e) {
                timeline.call(
                        since, "a probe: " + e.toString().lines().findFirst().orElse(""));
                stream.changed = 0;
            }
        }
    }

    @Override
    public void close() throws IOException {
        goesOn = false;
        try {
            reader.join();
            prober.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        for (var stream : streams) {
            if (stream.channel != null) {
                stream.channel.close();
            }
        }
        selector.close();
    }
}
