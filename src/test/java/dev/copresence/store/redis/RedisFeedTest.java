package dev.copresence.store.redis;

import static org.awaitility.Awaitility.await;

import dev.copresence.Heartbeat;
import dev.copresence.ManualClock;
import dev.copresence.PagePath;
import dev.copresence.PresenceFeed;
import dev.copresence.PresenceSnapshot;
import dev.copresence.TabId;
import dev.copresence.TestConfig;
import dev.copresence.User;
import dev.copresence.UserId;
import io.vertx.redis.client.RedisOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Whether news of a real Redis come to everybody at two instances whose couriers act only when they are woken and at the time
 * that they were told. Nobody sweeps: what gets lost never comes.
 */
class RedisFeedTest {

    private static final Duration LIFE = Duration.ofSeconds(45);

    private final RedisServer redis = RedisServer.start();
    private final RedisStores stores = new RedisStores();
    private final ScheduledExecutorService courier = Executors.newSingleThreadScheduledExecutor();
    private final InstantSource clock = Clock.systemUTC();
    private RedisPresenceStore here;
    private RedisPresenceStore there;
    private PresenceFeed feedHere;
    private PresenceFeed feedThere;

    @BeforeEach
    void openStores() {
        here = open();
        there = open();
        feedHere = feed(here);
        feedThere = feed(there);
    }

    @AfterEach
    void close() {
        courier.shutdownNow();
        stores.close();
        redis.close();
    }

    @Test
    void streamsThatAreOpenedAtOnceAllGetTheirFirstSnapshot() { // S3
        for (var round = 0; round < 40; round++) {
            var page = new PagePath("/docs/" + round);
            join(here, page, round);
            var subscribers = new ArrayList<ConcurrentLinkedDeque<PresenceSnapshot>>();
            for (var i = 0; i < 8; i++) {
                subscribers.add(subscribe(i % 2 == 0 ? feedHere : feedThere, page));
            }

            awaitAll(subscribers, 1);
        }
    }

    @Test
    void changesOfAMomentAllCome() { // S3, T4
        var page = new PagePath("/docs/a");
        var subscribers = List.of(subscribe(feedHere, page), subscribe(feedThere, page), subscribe(feedThere, page));
        awaitAll(subscribers, 0);

        for (var round = 0; round < 30; round++) {
            for (var i = 0; i < 3; i++) {
                join(i % 2 == 0 ? here : there, page, 3 * round + i);
            }

            awaitAll(subscribers, 3 * round + 3);
        }
    }

    private static void awaitAll(List<ConcurrentLinkedDeque<PresenceSnapshot>> subscribers, int viewers) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(2))
                .until(() -> subscribers.stream()
                        .allMatch(got -> !got.isEmpty() && got.getLast().viewerCount() == viewers));
    }

    private static ConcurrentLinkedDeque<PresenceSnapshot> subscribe(PresenceFeed feed, PagePath page) {
        var received = new ConcurrentLinkedDeque<PresenceSnapshot>();
        feed.subscribe(page, received::add);
        return received;
    }

    private RedisPresenceStore open() {
        var shared = new SharedClock(new ManualClock(Instant.EPOCH), clock);
        return stores.open(TestConfig.defaults(), shared, new RedisOptions().setConnectionString(redis.address()));
    }

    private PresenceFeed feed(RedisPresenceStore store) {
        var feed = new PresenceFeed(store, clock, TestConfig.defaults());
        feed.onDue(() -> courier.execute(() -> deliver(feed)));
        return feed;
    }

    private void deliver(PresenceFeed feed) {
        feed.deliver()
                .ifPresent(next -> courier.schedule(
                        () -> deliver(feed),
                        Math.max(1, Duration.between(clock.instant(), next).toMillis() + 1),
                        TimeUnit.MILLISECONDS));
    }

    private void join(RedisPresenceStore store, PagePath page, int number) {
        store.renew(
                        new User(new UserId("u-" + number), "User " + number, null),
                        new Heartbeat(new TabId(0, number), page, false, true, null),
                        true,
                        LIFE,
                        clock.instant())
                .await()
                .indefinitely();
    }
}
