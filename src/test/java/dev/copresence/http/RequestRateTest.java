package dev.copresence.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.ManualClock;
import dev.copresence.TestConfig;
import dev.copresence.UserId;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A rate goes by a time that passes, wherever its clock is. */
class RequestRateTest {

    private static final UserId USER = new UserId("u-1");

    @ParameterizedTest
    @ValueSource(longs = {-172_800, -3600, -60, -1})
    void aBucketFillsThoughItsClockWasTurnedBack(long step) { // F3
        var clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
        var rate = new RequestRate(TestConfig.defaults(), clock);
        while (rate.take(USER).isZero()) {
            clock.advance(Duration.ZERO);
        }

        clock.advance(Duration.ofSeconds(step));
        assertTrue(rate.take(USER).compareTo(Duration.ofSeconds(1)) < 0, "the wait is no longer than before");
        clock.advance(Duration.ofSeconds(1));

        assertEquals(Duration.ZERO, rate.take(USER));
    }
}
