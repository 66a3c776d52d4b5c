package dev.copresence.wiring;

import static org.awaitility.Awaitility.await;

import dev.copresence.Heartbeat;
import dev.copresence.PagePath;
import dev.copresence.PresenceFeed;
import dev.copresence.TabId;
import dev.copresence.TestConfig;
import dev.copresence.User;
import dev.copresence.UserId;
import dev.copresence.store.memory.InMemoryPresenceStore;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The courier goes on whatever happens to it; nothing but its own timers and the feed wakes it. */
class FeedLoopTest {

    private static final PagePath PAGE = new PagePath("/docs/a");

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void closeVertx() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aDeliveryThatFailsIsTriedAgainUntilItSucceeds(int failures) {
        var left = new AtomicInteger(failures);
        InstantSource clock = () -> {
            if (left.getAndDecrement() > 0) {
                throw new IllegalStateException("no time");
            }
            return Instant.now();
        };

        expectNews(clock, clock);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1000000000-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "+1000000000-12-31T23:59:50Z"})
    void noTimeIsTooFarAwayForATimer(Instant other) {
        expectNews(Instant::now, () -> other);
    }

    private void expectNews(InstantSource ofFeed, InstantSource ofCourier) {
        var config = TestConfig.defaults();
        var store = new InMemoryPresenceStore(config);
        var feed = new PresenceFeed(store, ofFeed, config);
        new FeedLoop(feed, ofCourier, vertx).start(new StartupEvent());
        var received = new ConcurrentLinkedDeque<Integer>();
        feed.subscribe(PAGE, snapshot -> received.add(snapshot.viewerCount()));
        for (var i = 1; i < 4; i++) {
            var viewers = i;
            var heartbeat = new Heartbeat(new TabId(0, i), PAGE, false, true, null);
            store.renew(new User(new UserId("u-" + i), "User", null), heartbeat, true, config.ttl(), Instant.now())
                    .await()
                    .indefinitely();

            await().atMost(Duration.ofSeconds(20)).until(() -> !received.isEmpty() && received.getLast() == viewers);
        }
    }
}
