package dev.copresence.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.ManualClock;
import dev.copresence.TestConfig;
import io.vertx.redis.client.RedisOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SharedClockTest {

    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private final ManualClock monotonic = new ManualClock(START);
    private final ManualClock wall = new ManualClock(START);
    private final SharedClock clock = new SharedClock(monotonic, wall);

    @Test
    void theFirstAgreementTakesTheTimeOver() { // T3
        clock.agree(START.toEpochMilli(), START.plusSeconds(100).toEpochMilli(), START.toEpochMilli());

        assertEquals(START.plusSeconds(100), clock.instant());
        assertTrue(clock.hasAgreed());
    }

    @Test
    void aStepOfTheWallClockMovesNothing() { // T3
        wall.advance(Duration.ofHours(1));

        assertEquals(START, clock.instant());
    }

    @Test
    void aSkewAboveTwoSecondsIsTold() { // T3
        wall.advance(Duration.ofSeconds(3));

        clock.agree(START.toEpochMilli(), START.toEpochMilli(), START.toEpochMilli());

        assertEquals(3000, clock.skewMillis());
        assertTrue(clock.isSkewed());
    }

    @Test
    void aSkewUpToTwoSecondsIsTolerated() { // T3
        wall.advance(Duration.ofSeconds(-2));

        clock.agree(START.toEpochMilli(), START.toEpochMilli(), START.toEpochMilli());

        assertFalse(clock.isSkewed());
    }

    @Test
    void aNewInstanceTakesOverTheTimeOfTheOthersAndTheyKeepIt() { // T3
        try (var redis = RedisServer.start();
                var stores = new RedisStores()) {
            var options = new RedisOptions().setConnectionString(redis.address());
            var old = new ManualClock(START);
            var first = new SharedClock(old, Clock.systemUTC());
            var store = stores.open(TestConfig.defaults(), first, options);
            old.advance(Duration.ofHours(1));
            store.sweep(first.instant()).await().indefinitely();
            var before = first.instant();

            var second = new SharedClock(monotonic, Clock.systemUTC());
            stores.open(TestConfig.defaults(), second, options);
            store.sweep(first.instant()).await().indefinitely();

            var ahead = Duration.between(first.instant(), second.instant());
            assertTrue(ahead.abs().compareTo(Duration.ofSeconds(10)) < 0, ahead::toString);
            var moved = Duration.between(before, first.instant());
            assertTrue(moved.abs().compareTo(Duration.ofMillis(5)) <= 0, moved::toString);
        }
    }
}
