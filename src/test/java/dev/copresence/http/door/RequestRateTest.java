package dev.copresence.http.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.ManualClock;
import dev.copresence.TabId;
import dev.copresence.TestConfig;
import dev.copresence.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits count work (F3): items of a batch, pages of a stream, and questions for heartbeats that are refused. */
class RequestRateTest {

    private static final UserId ANA = new UserId("ana");
    private static final UserId BEN = new UserId("ben");
    private static final Duration BETWEEN_QUESTIONS = Duration.ofSeconds(5);

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
    private final RequestRate rate = new RequestRate(TestConfig.with("copresence.limits.tabs-per-user", 100), clock);

    @Test
    void fourBatchesOfFiftyFitIntoABurstAndThenOneASecond() {
        for (var batch = 0; batch < 4; batch++) {
            assertEquals(50, rate.takeOf(ANA, 50));
        }
        assertEquals(0, rate.takeOf(ANA, 50));

        clock.advance(Duration.ofSeconds(1));

        assertEquals(50, rate.takeOf(ANA, 50));
        assertEquals(50, rate.takeOf(BEN, 50), "another user's rate is theirs");
    }

    @Test
    void ofABatchAsManyItemsAreServedAsFit() {
        rate.takeOf(ANA, 180);

        assertEquals(20, rate.takeOf(ANA, 49));
        assertFalse(rate.take(ANA).isZero());
    }

    @Test
    void whatCountsAsManyIsTakenWholeOrNotAtAll() {
        rate.takeOf(ANA, 190);

        assertFalse(rate.take(ANA, 19).isZero());
        assertTrue(rate.take(ANA, 10).isZero());
    }

    @Test
    void moreThanABurstWaitsForAFullOne() {
        assertTrue(rate.take(ANA, 1000).isZero());
        assertEquals(Duration.ofSeconds(4), rate.take(ANA, 1000));
    }

    @Test
    void forATabTheStoreIsAskedOnceInAThirdOfTheInterval() {
        var tab = new TabId(0, 1);

        var asked =
                IntStream.range(0, 3000).filter(i -> rate.mayAskFor(ANA, tab)).count();
        clock.advance(BETWEEN_QUESTIONS.minusMillis(1));
        var early = rate.mayAskFor(ANA, tab);
        clock.advance(Duration.ofMillis(1));

        assertEquals(1, asked);
        assertFalse(early);
        assertTrue(rate.mayAskFor(ANA, tab));
        assertTrue(rate.mayAskFor(BEN, tab));
    }

    @Test
    void itIsAskedForNoMoreTabsThanAUserMayHave() {
        for (var round = 1; round <= 3; round++) {
            var first = 10_000 * round;
            var asked = IntStream.range(0, 3000)
                    .filter(i -> rate.mayAskFor(ANA, new TabId(0, first + i)))
                    .count();
            assertEquals(100, asked);
            clock.advance(BETWEEN_QUESTIONS);
        }
    }

    @Test
    void aUserIsForgottenOnceTheirAllowanceIsFullAgainAndNoSooner() {
        rate.takeOf(ANA, 100);
        rate.take(BEN);

        clock.advance(Duration.ofMillis(1999));
        rate.forget();
        assertEquals(1, rate.users(), "the one who asked less");
        assertEquals(199, rate.takeOf(ANA, 200));

        clock.advance(Duration.ofSeconds(4));
        rate.forget();
        assertEquals(0, rate.users());
        assertEquals(200, rate.takeOf(ANA, 300));
    }

    @Test
    void aUserIsNotForgottenWhileItMattersOfWhichTabsTheStoreWasAsked() {
        var tab = new TabId(0, 1);
        rate.mayAskFor(ANA, tab);

        clock.advance(BETWEEN_QUESTIONS.minusMillis(1));
        rate.forget();
        assertFalse(rate.mayAskFor(ANA, tab));

        clock.advance(Duration.ofMillis(1));
        rate.forget();
        assertEquals(0, rate.users());
    }

    @ParameterizedTest
    @ValueSource(longs = {-172_800, -3600, -60, -1})
    void aBucketFillsThoughItsClockWasTurnedBack(long step) {
        while (rate.take(ANA).isZero()) {
            clock.advance(Duration.ZERO);
        }

        clock.advance(Duration.ofSeconds(step));
        assertTrue(rate.take(ANA).compareTo(Duration.ofSeconds(1)) < 0, "the wait is no longer than before");
        clock.advance(Duration.ofSeconds(1));

        assertEquals(Duration.ZERO, rate.take(ANA));
    }
}
