package dev.copresence.http.door;

import dev.copresence.http.refusals.Refusal;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one port: how many there may be, and how much memory requests that are not complete may hold. Beyond
 * that those are cut that have waited longest, which a client that asks and goes is never among; nobody who is served is cut.
 */
final class ConnectionQueues {

    /** Hears of what happens to connections. */
    interface Listener {

        /** A client has gone without a word. */
        void reset();

        /** A connection was cut, or a new one not taken, to make room. */
        void cut();

        /** A request could not be decoded. */
        byte[] refused(Refusal refusal);
    }

    private final int maxConnections;
    private final long maxOwed;
    private final Listener listener;

    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong owed = new AtomicLong();
    private final Map<EventLoop, OfLoop> loops = new ConcurrentHashMap<>();

    /**
     * Makes the queues of a port.
     *
     * @param maxConnections open at once
     * @param maxOwed bytes of memory that incomplete requests may hold, roughly
     */
    ConnectionQueues(int maxConnections, long maxOwed, Listener listener) {
        this.maxConnections = maxConnections;
        this.maxOwed = maxOwed;
        this.listener = listener;
    }

    int connections() {
        return connections.get();
    }

    OfLoop loop(EventLoop loop) {
        return loops.computeIfAbsent(loop, first -> new OfLoop());
    }

    void countReset() {
        listener.reset();
    }

    byte[] problem(Refusal refusal) {
        return listener.refused(refusal);
    }

    /** The connections of an event loop that can be cut, and nothing is lost but what a client has to send again. */
    final class OfLoop {

        /** Connections that owe the rest of a request, or their first one; the one that has waited longest comes first. */
        final Queue unfinished = new Queue();

        /** The connections that have been answered all that they asked. */
        final Queue idle = new Queue();

        /** Takes a connection in; false if there is no room for it. */
        boolean enter() {
            if (connections.incrementAndGet() > maxConnections && !cutOne(unfinished) && !cutOne(idle)) {
                listener.cut();
                return false;
            }
            return true;
        }

        void leave(long itsDebt) {
            connections.decrementAndGet();
            owed.addAndGet(-itsDebt);
        }

        void owe(long bytes) {
            owed.addAndGet(bytes);
        }

        void cutWhileOwedTooMuch() {
            while (owed.get() > maxOwed && cutOne(unfinished)) {
                // The next one, until what is owed is little enough or owed at other loops.
            }
        }

        private boolean cutOne(Queue queue) {
            var longest = queue.first;
            if (longest == null) {
                return false;
            }
            remove(longest);
            listener.cut();
            longest.cut();
            return true;
        }

        void putUnlessThere(Queue queue, ConnectionGuard connection) {
            if (connection.queue != queue) {
                put(queue, connection);
            }
        }

        /** Puts it last. */
        void put(Queue queue, ConnectionGuard connection) {
            remove(connection);
            var last = queue.last;
            connection.queue = queue;
            connection.before = last;
            if (last == null) {
                queue.first = connection;
            } else {
                last.after = connection;
            }
            queue.last = connection;
        }

        void remove(ConnectionGuard connection) {
            var queue = connection.queue;
            if (queue == null) {
                return;
            }
            var before = connection.before;
            var after = connection.after;
            if (before == null) {
                queue.first = after;
            } else {
                before.after = after;
            }
            if (after == null) {
                queue.last = before;
            } else {
                after.before = before;
            }
            connection.queue = null;
            connection.before = null;
            connection.after = null;
        }
    }

    /** A queue whose links are the connections' own: to enter and to leave costs no memory. */
    static final class Queue {

        private @Nullable ConnectionGuard first;
        private @Nullable ConnectionGuard last;
    }
}
