package dev.copresence.wiring;

import dev.copresence.PresenceFeed;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;

/** Has the feed deliver, at the times that it asks for, on one event loop. */
@ApplicationScoped
class Courier {

    private static final long NONE = -1;

    private final PresenceFeed feed;
    private final InstantSource clock;
    private final Context context;
    private final AtomicBoolean woken = new AtomicBoolean();

    /** Touched on the context's event loop alone. */
    private long timer = NONE;

    Courier(PresenceFeed feed, InstantSource clock, Vertx vertx) {
        this.feed = feed;
        this.clock = clock;
        this.context = vertx.getOrCreateContext();
    }

    void start(@Observes StartupEvent start) {
        feed.onDue(this::wake);
    }

    @Scheduled(every = "5s")
    @NonBlocking
    void refresh() {
        feed.refresh();
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
        feed.deliver().ifPresent(next -> {
            var delay = Duration.between(clock.instant(), next).toMillis() + 1;
            timer = context.owner().setTimer(Math.max(1, delay), due -> {
                timer = NONE;
                deliver();
            });
        });
    }
}
