package dev.copresence.wiring;

import dev.copresence.Monotonic;
import dev.copresence.PresenceFeed;
import dev.copresence.Recurring;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;

/** Has the feed deliver, at the times that it asks for, on one event loop. */
@ApplicationScoped
class FeedLoop {

    private static final long NONE = -1;

    /** No timer is longer, so that no time that the feed gives, and no step of a clock, is waited for without end. */
    private static final Duration LONGEST = Duration.ofSeconds(5);

    /** The pause after a delivery that failed. */
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final PresenceFeed feed;
    private final InstantSource clock;
    private final Context context;
    private final AtomicBoolean woken = new AtomicBoolean();
    private final Recurring delivery = new Recurring("The delivery of news");

    /** Touched on the context's event loop alone, like the time below. */
    private long timer = NONE;

    /** The time until the feed is asked again unless it asks for that itself; zero for not at all. */
    private Duration pause = Duration.ZERO;

    FeedLoop(PresenceFeed feed, @Monotonic InstantSource clock, Vertx vertx) {
        this.feed = feed;
        this.clock = clock;
        this.context = vertx.getOrCreateContext();
    }

    /** Begins, with what has come due before anybody could be told. */
    void start(@Observes StartupEvent start) {
        feed.onDue(this::wake);
        wake();
    }

    private void wake() {
        if (woken.compareAndSet(false, true)) {
            context.runOnContext(woke -> deliver());
        }
    }

    private void deliver() {
        woken.set(false);
        if (timer != NONE) {
            context.owner().cancelTimer(timer);
            timer = NONE;
        }
        pause = RETRY;
        delivery.run(this::deliverOnce);
        if (!pause.isZero()) {
            timer = context.owner().setTimer(pause.toMillis() + 1, due -> {
                timer = NONE;
                deliver();
            });
        }
    }

    private void deliverOnce() {
        pause = feed.deliver().map(this::until).orElse(Duration.ZERO);
    }

    /** The time until {@code next}, which may be any at all: between a millisecond and the longest that a timer may have. */
    private Duration until(Instant next) {
        var now = clock.instant();
        if (next.isAfter(now.plus(LONGEST))) {
            return LONGEST;
        }
        return next.isAfter(now.plusMillis(1)) ? Duration.between(now, next) : Duration.ofMillis(1);
    }
}
