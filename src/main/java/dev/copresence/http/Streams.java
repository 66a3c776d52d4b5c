package dev.copresence.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.copresence.Limit;
import dev.copresence.LimitExceededException;
import dev.copresence.Monotonic;
import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceFeed;
import dev.copresence.Recurring;
import dev.copresence.SessionBoard.Ending;
import dev.copresence.UserId;
import dev.copresence.access.Access;
import dev.copresence.access.Caller;
import dev.copresence.access.Decision;
import dev.copresence.access.Level;
import dev.copresence.http.identity.Admission;
import dev.copresence.http.refusals.RefusedException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** All open streams: how many there may be, their pings, and their ends. */
@ApplicationScoped
class Streams {

    /** The time after which a client may ask again for pages that are not for its user. */
    private static final int FORBIDDEN_RETRY_MILLIS = 60_000;

    private final PresenceFeed feed;
    private final Access access;
    private final PageAccess pageAccess;
    private final SnapshotEncoder encoder;
    private final PresenceConfig config;
    private final InstantSource clock;
    private final Clock wall;

    private final Recurring tending = new Recurring("The care of open streams");

    /** The care of each stream for itself: one that fails keeps none of the others waiting. */
    private final Recurring tendingOne = new Recurring("The care of an open stream");

    @GuardedBy("this")
    private final Set<EventStream> open = new LinkedHashSet<>();

    @GuardedBy("this")
    private final Map<UserId, Integer> perUser = new HashMap<>();

    @GuardedBy("this")
    private boolean stopping;

    Streams(
            PresenceFeed feed,
            Access access,
            PageAccess pageAccess,
            SnapshotEncoder encoder,
            PresenceConfig config,
            @Monotonic InstantSource clock,
            Clock wall,
            MeterRegistry meters) {
        this.feed = feed;
        this.access = access;
        this.pageAccess = pageAccess;
        this.encoder = encoder;
        this.config = config;
        this.clock = clock;
        this.wall = wall;
        Gauge.builder("copresence.streams", this, Streams::count)
                .description("Open streams")
                .register(meters);
    }

    synchronized int count() {
        return open.size();
    }

    /**
     * Turns a response into a stream of the pages' snapshots, until its credential expires at the latest.
     *
     * @param pages the pages that were asked for, each with the caller's own words for it
     * @param decisions what the caller may see of each
     * @param most the most that is shown of the pages' people, whatever the decisions say
     * @param known the etag of a snapshot that need not be sent first, or null
     * @throws LimitExceededException if there is no room for it; the response is then untouched
     * @throws RefusedException if the service stops; the response is then untouched
     */
    void open(
            Caller caller,
            Level most,
            Instant until,
            Map<PagePath, String> pages,
            Map<PagePath, Decision> decisions,
            @Nullable String known,
            RoutingContext context) {
        if (context.request().method().equals(HttpMethod.HEAD)) {
            EventStream.putHead(context.response());
            // Later, since the resource that is being called must have returned.
            context.vertx().runOnContext(later -> context.response().end());
            return;
        }
        var now = clock.instant();
        var stream = new EventStream(
                caller,
                most,
                Admission.session(context),
                context.response(),
                feed,
                encoder,
                until,
                now.plus(config.push().pingEvery()),
                now.plus(access.recheck()));
        admit(stream);
        context.addEndHandler(gone -> forget(stream));
        if (context.response().closed()) {
            forget(stream);
        } else {
            stream.open(pages, decisions, known);
        }
    }

    private synchronized void admit(EventStream stream) {
        if (stopping) {
            throw RefusedException.unavailable("This instance is stopping and opens no more streams.");
        }
        if (perUser.getOrDefault(stream.user(), 0) >= config.limits().streamsPerUser()) {
            throw new LimitExceededException(Limit.STREAMS_PER_USER);
        }
        if (open.size() >= config.limits().streams()) {
            throw new LimitExceededException(Limit.STREAMS);
        }
        open.add(stream);
        perUser.merge(stream.user(), 1, Integer::sum);
    }

    private void forget(EventStream stream) {
        stream.close();
        synchronized (this) {
            if (open.remove(stream)) {
                perUser.computeIfPresent(stream.user(), (user, count) -> count == 1 ? null : count - 1);
            }
        }
    }

    /** Ends the streams of a session that was ended. */
    void end(@Observes Ending ending) {
        for (var stream : all()) {
            if (stream.session.isEndedBy(ending)) {
                stream.end("expired", 0);
                forget(stream);
            }
        }
    }

    /** Pings those whose turn it is, and ends those whose credential has expired or whose peer is gone. */
    @Scheduled(every = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    @NonBlocking
    void tend() {
        tending.run(() -> {
            var now = clock.instant();
            var wallNow = wall.instant();
            for (var stream : all()) {
                tendingOne.run(() -> tend(stream, now, wallNow));
            }
        });
    }

    private void tend(EventStream stream, Instant now, Instant wallNow) {
        if (stream.isExpired(wallNow)) {
            stream.end("expired", 0);
            forget(stream);
        } else if (!stream.ping(now, config.push().pingEvery())) {
            stream.cut();
            forget(stream);
        } else if (stream.isToBeDecided(now, access.recheck())) {
            decideAnew(stream);
        }
    }

    /** Asks again what a stream may show: it goes on for hours, and a right may end meanwhile. */
    private void decideAnew(EventStream stream) {
        pageAccess
                .about(stream.pages(), stream.caller)
                .subscribe()
                .with(decisions -> decided(stream, decisions), failure -> {
                    // Who cannot be told what is open to them now is shown nothing; the next call says so with 503.
                    stream.end("unavailable", ThreadLocalRandom.current().nextInt(2000, 5001));
                    forget(stream);
                });
    }

    private void decided(EventStream stream, Map<PagePath, Decision> decisions) {
        if (!stream.decide(decisions)) {
            stream.end("forbidden", FORBIDDEN_RETRY_MILLIS);
            forget(stream);
        }
    }

    /** The pages that are watched here, each with the number of its streams. */
    Map<PagePath, Integer> perPage() {
        var streams = new HashMap<PagePath, Integer>();
        for (var stream : all()) {
            stream.pages().forEach(page -> streams.merge(page, 1, Integer::sum));
        }
        return streams;
    }

    /** Ends all streams before the server waits for requests to end, of which an open stream is one. */
    void delayed(@Observes ShutdownDelayInitiatedEvent shutdown) {
        shutDown();
    }

    void stopping(@Observes ShutdownEvent shutdown) {
        shutDown();
    }

    /**
     * Ends all streams because the service stops, and opens no more; each is told its own time to come back, 1 to 5 s from
     * now.
     */
    void shutDown() {
        synchronized (this) {
            stopping = true;
        }
        for (var stream : all()) {
            stream.end("shutdown", ThreadLocalRandom.current().nextInt(1000, 5001));
            forget(stream);
        }
    }

    private synchronized List<EventStream> all() {
        return new ArrayList<>(open);
    }
}
