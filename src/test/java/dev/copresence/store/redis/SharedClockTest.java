package dev.copresence.store.redis;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @CsvSource({"0, 9400, 0", "9400, 9400, 0", "9400, 0, 9400", "9400, 3000, 6400", "-3000, 500, -3000"})
    void anAnswerThatTookLongIsNoSkew(long wallAhead, long took, long told) { // T3
        wall.advance(Duration.ofMillis(wallAhead));
        monotonic.advance(Duration.ofMillis(took));

        clock.agree(START.toEpochMilli(), START.toEpochMilli(), START.toEpochMilli());

        assertEquals(told, clock.skewMillis());
    }

    @ParameterizedTest
    @ValueSource(longs = {-3_600_000, -75_000, -2001})
    void whoIsFarBehindComesForwardAtOnceAndThatIsToldForAWhile(long ahead) { // T3
        agreeOn(0);

        agreeOn(-ahead);

        assertEquals(START.plusMillis(-ahead), clock.instant());
        assertEquals(ahead, clock.skewMillis());
        assertTrue(clock.isSkewed());
        monotonic.advance(Duration.ofMinutes(9));
        wall.advance(Duration.ofMinutes(9));
        assertTrue(clock.isSkewed());
        monotonic.advance(Duration.ofMinutes(1));
        assertFalse(clock.isSkewed());
    }

    @ParameterizedTest
    @ValueSource(longs = {2001, 75_000, 3_600_000, 172_800_000})
    void whoIsFarAheadStaysThere(long ahead) { // T3
        agreeOn(0);

        agreeOn(-ahead);

        assertEquals(START, clock.instant());
    }

    @ParameterizedTest
    @CsvSource({"-2000, -5", "-6, -5", "-5, -5", "-1, -1", "0, 0", "4, 4", "5, 5", "300, 5", "2000, 5"})
    void whoIsALittleOffIsCorrectedByAFewMillisecondsAtATime(long off, long corrected) { // T3
        agreeOn(0);

        agreeOn(off);

        assertEquals(START.plusMillis(corrected), clock.instant());
        assertFalse(clock.isSkewed());
    }

    @Test
    void aTimeThatOthersHadIsTakenOverAndTheNextAgreementMakesUpForTheRest() { // T3
        agreeOn(0);

        clock.reach(START.plusSeconds(74).toEpochMilli());
        assertEquals(START.plusSeconds(74), clock.instant());
        agreeOn(900);

        assertEquals(START.plusSeconds(74).plusMillis(900), clock.instant());
        agreeOn(900);
        assertEquals(START.plusSeconds(74).plusMillis(905), clock.instant());
    }

    @Test
    void aTimeThatOthersHadBeforeIsNoNews() { // T3
        agreeOn(0);

        clock.reach(START.minusSeconds(74).toEpochMilli());

        assertEquals(START, clock.instant());
        assertFalse(clock.isSkewed());
    }

    /** The others, and Redis, say that it is {@code off} ms later than this clock does. */
    private void agreeOn(long off) {
        clock.agree(clock.millis(), clock.millis() + off, wall.millis());
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
