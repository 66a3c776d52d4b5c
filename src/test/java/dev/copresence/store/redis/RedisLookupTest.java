package dev.copresence.store.redis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.copresence.Heartbeat;
import dev.copresence.ManualClock;
import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceFeed;
import dev.copresence.PresenceLookup;
import dev.copresence.PresenceRegistry;
import dev.copresence.PresenceSnapshot;
import dev.copresence.TabId;
import dev.copresence.TestConfig;
import dev.copresence.User;
import dev.copresence.UserId;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the rows of a list cost a real Redis, counted by itself, and that a change elsewhere is in them (B1). */
class RedisLookupTest {

    private static final List<PagePath> PAGES = IntStream.range(0, 200)
            .mapToObj(number -> new PagePath("/tickets/" + number))
            .toList();

    @RegisterExtension
    static final FreshRedis redis = new FreshRedis();

    private final ScheduledExecutorService courier = Executors.newSingleThreadScheduledExecutor();
    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
    private final PresenceConfig config = TestConfig.defaults();
    private PresenceRegistry there;
    private PresenceLookup lookup;

    @BeforeEach
    void twoInstances() {
        there = new PresenceRegistry(redis.open(config, clock), clock, config);
        var store = redis.open(config, clock);
        var feed = new PresenceFeed(store, clock, config);
        var here = new PresenceRegistry(store, clock, config);
        lookup = new PresenceLookup(here, feed, clock, config);
        courier.scheduleWithFixedDelay(feed::deliver, 0, 5, TimeUnit.MILLISECONDS);
        here.cleanup().await().indefinitely();
    }

    @AfterEach
    void stopTheCourier() {
        courier.shutdownNow();
    }

    @Test
    void twoHundredKnownRowsAskRedisNothing() { // B1
        join(1, PAGES.get(7));

        // The feed reads each row as soon as it is announced from elsewhere; then nothing is left to ask.
        await().until(() -> redis.scriptsOf(() -> IntStream.range(0, 50).forEach(time -> lookup())) == 0);

        assertEquals(1, viewers(7));
        assertEquals(0, viewers(8));
    }

    @Test
    void aChangeOnAnotherInstanceIsInALaterLookup() { // B1
        assertEquals(0, viewers(7));

        join(1, PAGES.get(7));

        await().until(() -> viewers(7) == 1);
    }

    private void join(int number, PagePath page) {
        there.join(
                        new User(new UserId("u-" + number), "User " + number, null),
                        new Heartbeat(new TabId(0, number), page, false, true, null))
                .await()
                .indefinitely();
    }

    private int viewers(int row) {
        return lookup().get(row).viewerCount();
    }

    private List<PresenceSnapshot> lookup() {
        return lookup.of(PAGES).await().indefinitely();
    }
}
