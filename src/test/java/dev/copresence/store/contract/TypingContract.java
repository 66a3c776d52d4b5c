package dev.copresence.store.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.PresenceStore;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A viewer who types is shown so for a while. */
interface TypingContract extends StoreFixture {

    // R5: typing

    @Test
    default void whoTypesIsShownSoForSixSeconds() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        var beat = ana.typing().beats(PAGE);

        assertTrue(beat.snapshot().viewers().get(0).typing());
        clock().advance(PresenceStore.TYPING);
        assertTrue(read(PAGE).viewers().get(0).typing());
        clock().advance(MILLISECOND);
        assertFalse(read(PAGE).viewers().get(0).typing());
    }

    @Test
    default void theBeginningAndTheEndOfTypingAreNews() { // T4
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        assertEquals(Set.of(PAGE), newsOf(() -> ana.typing().beats(PAGE)));
        clock().advance(PresenceStore.TYPING_PACE);
        assertEquals(Set.of(), newsOf(() -> ana.typing().beats(PAGE)));
        clock().advance(PresenceStore.TYPING);
        assertEquals(Set.of(), newsOf(() -> ana.beats(PAGE)));
        clock().advance(MILLISECOND);
        assertEquals(Set.of(PAGE), newsOf(() -> sweep()));
        assertEquals(Set.of(), newsOf(() -> sweep()));
    }

    @Test
    default void oneBeatOfATypingTabCountsInThreeSeconds() {
        var ana = tabOf(ANA);
        ana.typing().joins(PAGE);
        clock().advance(PresenceStore.TYPING_PACE.minus(MILLISECOND));
        ana.typing().beats(PAGE);
        clock().advance(PresenceStore.TYPING.minus(PresenceStore.TYPING_PACE).plus(MILLISECOND));
        assertTrue(read(PAGE).viewers().get(0).typing());
        clock().advance(MILLISECOND);

        assertFalse(read(PAGE).viewers().get(0).typing());
    }

    @Test
    default void whoTypesOnIsShownSoWithoutABreak() {
        var ana = tabOf(ANA);
        ana.typing().joins(PAGE);
        for (var i = 0; i < 10; i++) {
            clock().advance(PresenceStore.TYPING_PACE);
            assertEquals(Set.of(), newsOf(() -> ana.typing().beats(PAGE)));
        }
        clock().advance(PresenceStore.TYPING);

        assertTrue(read(PAGE).viewers().get(0).typing());
    }

    @Test
    default void aBeatThatSaysNothingOfTypingDoesNotEndIt() {
        var ana = tabOf(ANA);
        ana.typing().joins(PAGE);

        ana.yields(PAGE);

        assertTrue(read(PAGE).viewers().get(0).typing());
    }

    @Test
    default void whoTypesInOneOfTwoTabsTypes() {
        var first = tabOf(ANA);
        var second = tabOf(ANA);
        first.typing().joins(PAGE);
        clock().advance(Duration.ofSeconds(4));
        second.typing().joins(PAGE);
        clock().advance(Duration.ofSeconds(4));
        assertTrue(read(PAGE).viewers().get(0).typing());

        second.leaves(PAGE);

        assertFalse(read(PAGE).viewers().get(0).typing());
    }

    @Test
    default void aTabThatGoesElsewhereTypesNeitherHereNorThere() {
        var ana = tabOf(ANA);
        tabOf(ANA).joins(PAGE);
        ana.typing().joins(PAGE);

        ana.joins(OTHER);

        assertFalse(read(PAGE).viewers().get(0).typing());
        assertFalse(read(OTHER).viewers().get(0).typing());
        ana.typing().beats(OTHER);
        assertTrue(read(OTHER).viewers().get(0).typing());
    }
}
