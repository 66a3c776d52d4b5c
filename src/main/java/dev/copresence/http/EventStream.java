package dev.copresence.http;

import dev.copresence.PagePath;
import dev.copresence.PresenceFeed;
import dev.copresence.PresenceSnapshot;
import dev.copresence.UserId;
import dev.copresence.http.identity.LoginSession;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * An open stream of one user: a {@code text/event-stream} (WHATWG HTML, section 9.2) of the snapshots of some pages.
 *
 * <p>A peer that reads slower than the pages change skips to each page's newest snapshot, and delays nobody.
 */
final class EventStream {

    /*
     * Events come from the feed, pings and ends from the upkeep, drains from the connection: the lock of this object
     * guards what is pending, and is held while a buffer is handed to the connection, so that a page's newest event goes
     * out last.
     */

    private static final String PING = "event: ping\ndata: {}\n\n";

    final UserId user;
    final LoginSession session;
    private final HttpServerResponse response;
    private final SnapshotEncoder encoder;
    private final Instant credentialUntil;
    private final List<PresenceFeed.Subscription> subscriptions = new ArrayList<>();

    /** The etag that the client says it has: a page's first snapshot need not be sent if it is that. */
    private final @Nullable String known;

    /** The newest of each page that the full connection has not taken. */
    private final Map<PagePath, EncodedSnapshot> pending = new LinkedHashMap<>();

    /** The time of the next ping, by the monotonic clock. */
    private Instant nextPing;

    private int fullPings;
    private boolean ended;

    EventStream(
            UserId user,
            LoginSession session,
            HttpServerResponse response,
            SnapshotEncoder encoder,
            @Nullable String known,
            Instant credentialUntil,
            Instant nextPing) {
        this.user = user;
        this.session = session;
        this.response = response;
        this.encoder = encoder;
        this.known = known;
        this.credentialUntil = credentialUntil;
        this.nextPing = nextPing;
    }

    /** Begins it; nothing if it has been ended before that. */
    synchronized void open(PresenceFeed feed, List<PagePath> pages) {
        if (ended) {
            return;
        }
        putHead(response);
        response.setChunked(true).drainHandler(drained -> drain());
        // A comment at once: some proxies and clients take a stream for open only when its first byte is here.
        response.write(": open\n\n");
        for (var page : pages) {
            var first = new AtomicBoolean(true);
            subscriptions.add(feed.subscribe(page, snapshot -> offerOrCut(snapshot, first.getAndSet(false))));
        }
    }

    static void putHead(HttpServerResponse response) {
        response.putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Accel-Buffering", "no");
    }

    /** A stream that cannot have its news would go on with pings and look alive: its client shall come again. */
    private void offerOrCut(PresenceSnapshot snapshot, boolean first) {
        try {
            offer(snapshot, first);
        } catch (RuntimeException e) {
            cut();
            throw e;
        }
    }

    private synchronized void offer(PresenceSnapshot snapshot, boolean first) {
        var encoded = encoder.encode(snapshot);
        if (ended || first && encoded.etag().equals(known)) {
            return;
        }
        if (response.writeQueueFull()) {
            pending.put(snapshot.page(), encoded);
        } else {
            pending.remove(snapshot.page());
            response.write(encoded.event());
        }
    }

    private synchronized void drain() {
        pending.values().forEach(newest -> response.write(newest.event()));
        pending.clear();
    }

    /**
     * Pings, if it is time for that.
     *
     * @return false if the peer has taken nothing for three pings: there is nobody at the other end
     */
    synchronized boolean ping(Instant now, Duration every) {
        if (ended || now.isBefore(nextPing)) {
            return true;
        }
        nextPing = now.plus(every);
        if (response.writeQueueFull()) {
            fullPings++;
        } else {
            fullPings = 0;
            response.write(PING);
        }
        return fullPings < 3;
    }

    boolean isExpired(Instant wallNow) {
        return !wallNow.isBefore(credentialUntil);
    }

    /** Ends the stream with an event that says why, and when to come back. */
    void end(String reason, int retryMillis) {
        if (close()) {
            if (!response.headWritten()) {
                putHead(response);
            }
            response.end("retry: " + retryMillis + "\nevent: bye\ndata: {\"reason\":\"" + reason + "\",\"retryMs\":"
                    + retryMillis + "}\n\n");
        }
    }

    /** Cuts a connection with nobody at its end. */
    void cut() {
        close();
        response.reset();
    }

    /** Gives up the subscriptions; false if that was done before. */
    synchronized boolean close() {
        var first = !ended;
        ended = true;
        subscriptions.forEach(PresenceFeed.Subscription::close);
        subscriptions.clear();
        pending.clear();
        return first;
    }
}
