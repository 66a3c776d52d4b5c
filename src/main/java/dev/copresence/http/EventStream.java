package dev.copresence.http;

import dev.copresence.PagePath;
import dev.copresence.PresenceFeed;
import dev.copresence.PresenceSnapshot;
import dev.copresence.UserId;
import dev.copresence.access.Caller;
import dev.copresence.access.Decision;
import dev.copresence.access.Level;
import dev.copresence.http.identity.LoginSession;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An open stream of one user: a {@code text/event-stream} (WHATWG HTML, section 9.2) of the snapshots of some pages, each in the
 * form that the user may see.
 *
 * <p>A peer that reads slower than the pages change skips to each page's newest snapshot, and delays nobody.
 */
final class EventStream {

    /*
     * Events come from the feed, pings, decisions and ends from the upkeep, drains from the connection: the lock of this object
     * guards what is pending, and is held while a buffer is handed to the connection, so that a page's newest event goes
     * out last.
     */

    private static final String PING = "event: ping\ndata: {}\n\n";

    final Caller caller;

    /** The most that is shown of the pages' people. */
    private final Level most;

    final LoginSession session;
    private final HttpServerResponse response;
    private final PresenceFeed feed;
    private final SnapshotEncoder encoder;
    private final Instant credentialUntil;

    /** The pages that the user may know, and watches. */
    private final Map<PagePath, Watched> watched = new LinkedHashMap<>();

    /** The newest of each page that the full connection has not taken. */
    private final Map<PagePath, EncodedSnapshot> pending = new LinkedHashMap<>();

    /** The time of the next ping, by the monotonic clock. */
    private Instant nextPing;

    /** The time at which it has to be decided anew what the user may see, by the monotonic clock. */
    private Instant nextDecision;

    private int fullPings;
    private boolean ended;

    EventStream(
            Caller caller,
            Level most,
            LoginSession session,
            HttpServerResponse response,
            PresenceFeed feed,
            SnapshotEncoder encoder,
            Instant credentialUntil,
            Instant nextPing,
            Instant nextDecision) {
        this.caller = caller;
        this.most = most;
        this.session = session;
        this.response = response;
        this.feed = feed;
        this.encoder = encoder;
        this.credentialUntil = credentialUntil;
        this.nextPing = nextPing;
        this.nextDecision = nextDecision;
    }

    UserId user() {
        return caller.user().id();
    }

    /**
     * Begins it; nothing if it has been ended before that.
     *
     * @param pages the pages, each with the caller's own words for it
     * @param known the etag that the client says it has: a page's first snapshot need not be sent if it is that
     */
    synchronized void open(Map<PagePath, String> pages, Map<PagePath, Decision> decisions, @Nullable String known) {
        if (ended) {
            return;
        }
        putHead(response);
        response.setChunked(true).drainHandler(drained -> drain());
        // A comment at once: some proxies and clients take a stream for open only when its first byte is here.
        response.write(": open\n\n");
        pages.forEach((page, words) -> {
            var decision = decisions.getOrDefault(page, Decision.NOTHING).seeing(most);
            if (decision.view()) {
                watch(page, new Watched(words, decision.level(), known));
            } else {
                response.write(forbidden(words));
            }
        });
    }

    static void putHead(HttpServerResponse response) {
        response.putHeader("Content-Type", "text/event-stream")
                // Not to be transformed either: a proxy that compresses it holds its events back.
                .putHeader("Cache-Control", "no-store, no-transform")
                .putHeader("X-Accel-Buffering", "no");
    }

    private void watch(PagePath page, Watched one) {
        watched.put(page, one);
        one.subscription = feed.subscribe(page, snapshot -> offerOrCut(one, snapshot));
    }

    private static String forbidden(String words) {
        return "event: forbidden\ndata: "
                + new JsonObject().put("pagePath", words).encode() + "\n\n";
    }

    /** The pages that it still watches. */
    synchronized Set<PagePath> pages() {
        return Set.copyOf(watched.keySet());
    }

    /** True, once in each such time, if what the user may see has to be decided anew. */
    synchronized boolean isToBeDecided(Instant now, Duration every) {
        if (ended || now.isBefore(nextDecision)) {
            return false;
        }
        nextDecision = now.plus(every);
        return true;
    }

    /**
     * Shows each page as was decided anew: no longer, or in another form.
     *
     * @return false if no page is left
     */
    synchronized boolean decide(Map<PagePath, Decision> decisions) {
        if (ended) {
            return true;
        }
        decisions.forEach((page, decided) -> {
            var decision = decided.seeing(most);
            var before = watched.get(page);
            if (before == null || decision.view() && decision.level() == before.level) {
                return;
            }
            before.close();
            watched.remove(page);
            pending.remove(page);
            if (decision.view()) {
                watch(page, new Watched(before.words, decision.level(), null));
            } else {
                response.write(forbidden(before.words));
            }
        });
        return !watched.isEmpty();
    }

    /** A stream that cannot have its news would go on with pings and look alive: its client shall come again. */
    private void offerOrCut(Watched page, PresenceSnapshot snapshot) {
        try {
            offer(page, snapshot);
        } catch (RuntimeException e) {
            cut();
            throw e;
        }
    }

    private synchronized void offer(Watched page, PresenceSnapshot snapshot) {
        var encoded = encoder.encode(snapshot, page.level);
        // A change that this form does not show is none for its reader. What was decided meanwhile holds for what is
        // under way.
        if (ended || encoded.etag().equals(page.etag) || watched.get(snapshot.page()) != page) {
            return;
        }
        page.etag = encoded.etag();
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
        watched.values().forEach(Watched::close);
        watched.clear();
        pending.clear();
        return first;
    }

    /** A page that is watched in one form; guarded by the stream's lock. */
    private static final class Watched {

        /** The caller's own words for the page. */
        final String words;

        final Level level;

        /** The etag of what the client has, or null. */
        @Nullable
        String etag;

        /** The interest in the page's news; null until the feed has given it. */
        PresenceFeed.@Nullable Subscription subscription;

        Watched(String words, Level level, @Nullable String etag) {
            this.words = words;
            this.level = level;
            this.etag = etag;
        }

        void close() {
            if (subscription != null) {
                subscription.close();
            }
        }
    }
}
