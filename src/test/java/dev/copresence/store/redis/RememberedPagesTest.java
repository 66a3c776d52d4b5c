package dev.copresence.store.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.Heartbeat;
import dev.copresence.ManualClock;
import dev.copresence.PagePath;
import dev.copresence.PresenceSnapshot;
import dev.copresence.TabId;
import dev.copresence.TestConfig;
import dev.copresence.User;
import dev.copresence.UserId;
import dev.copresence.Viewer;
import io.vertx.redis.client.RedisOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What an instance remembers of pages is bounded by what it costs, and forgotten when it is of no use any more. */
class RememberedPagesTest {

    private static final Duration LIFE = Duration.ofSeconds(45);

    @Test
    void pagesThatWereLeftElsewhereAreForgotten() {
        try (var redis = RedisServer.start();
                var stores = new RedisStores()) {
            var time = new ManualClock(Instant.EPOCH);
            var clock = new SharedClock(time, Clock.systemUTC());
            var here =
                    stores.open(TestConfig.defaults(), clock, new RedisOptions().setConnectionString(redis.address()));
            for (var i = 0; i < 500; i++) {
                beat(here, i, clock.instant());
            }
            assertEquals(500, here.remembered());

            time.advance(LIFE.dividedBy(2));
            beat(here, 0, clock.instant());
            time.advance(LIFE.dividedBy(2).plusMillis(1));
            // By another instance, as far as this one knows: its answer tells nothing of the pages here.
            here.sweep(clock.instant()).await().indefinitely();

            assertEquals(1, here.remembered());
        }
    }

    @Test
    void aPageWeighsAtLeastWhatItsTextsTake() {
        var texts = "é".repeat(64);
        var viewers = IntStream.range(0, 100)
                .mapToObj(i -> new Viewer(
                        new User(new UserId("u-" + i), texts, "https://example.org/" + "a".repeat(400)), 1, false, i))
                .toList();
        var path = new PagePath("/" + "a".repeat(1000));

        var small = new RememberedPage(1, new PresenceSnapshot(path, List.of(), null, 0, 0), 0, 0, null).bytes();
        var large = new RememberedPage(1, new PresenceSnapshot(path, viewers, null, 100, 100), 0, 0, null).bytes();

        assertTrue(small > 1000, () -> small + " bytes");
        assertTrue(large > small + 100 * (400 + 64), () -> large + " bytes");
    }

    private static void beat(RedisPresenceStore store, int number, Instant now) {
        store.renew(
                        new User(new UserId("u-" + number), "User " + number, null),
                        new Heartbeat(new TabId(0, number), new PagePath("/docs/" + number), false, true, null),
                        false,
                        LIFE.multipliedBy(3),
                        now)
                .await()
                .indefinitely();
    }
}
