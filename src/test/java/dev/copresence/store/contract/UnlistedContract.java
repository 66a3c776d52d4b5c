package dev.copresence.store.contract;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.Editing;
import dev.copresence.Occupancy;
import dev.copresence.PresenceSnapshot;
import dev.copresence.PresenceStore;
import dev.copresence.Viewer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** An unlisted tab is in nothing that others see, but for as long as it claims to edit. */
interface UnlistedContract extends StoreFixture {

    // A8: in no form and no count

    @Test
    default void anUnlistedTabIsInNoSnapshotAndNoCount() { // A8
        tabOf(ANA).joins(PAGE);
        var before = read(PAGE);

        var beat = tabOf(BEN).unlisted().in(INTRO).typing().joins(PAGE);

        assertEquals(before, beat.snapshot());
        assertEquals(before, read(PAGE));
    }

    @Test
    default void whatAnUnlistedTabDoesIsSilent() { // A8, S2
        var ben = tabOf(BEN).unlisted();
        tabOf(ANA).joins(PAGE);

        var news = newsOf(() -> {
            ben.joins(PAGE);
            ben.beats(PAGE);
            ben.hidden().beats(PAGE);
            ben.in(INTRO).typing().beats(PAGE);
            ben.in(NOTES).beats(PAGE);
            ben.named("Benjamin").beats(PAGE);
            ben.joins(OTHER);
            ben.leaves(OTHER);
        });

        assertEquals(Set.of(), news);
    }

    @Test
    default void theExpiryOfAnUnlistedTabIsSilent() { // A8, S2
        tabOf(ANA).lives(AWAY_LIFE).joins(PAGE);
        tabOf(BEN).unlisted().joins(PAGE);
        tabOf(CAI).unlisted().joins(OTHER);

        var news = newsOf(() -> {
            clock().advance(LIFE.plus(MILLISECOND));
            sweep();
        });

        assertEquals(Set.of(), news);
        assertEquals(new Occupancy(1, 1, 0, 0, 2, Occupancy.Transfers.NONE), occupancy());
    }

    @Test
    default void aPageWithUnlistedTabsAloneLooksEmpty() { // A8
        var ben = tabOf(BEN).unlisted();

        var beat = ben.joins(PAGE);

        assertEquals(PresenceSnapshot.empty(PAGE), beat.snapshot());
        assertEquals(PresenceSnapshot.empty(PAGE), read(PAGE));
        assertEquals(PresenceSnapshot.empty(PAGE), ben.beats(PAGE).snapshot());
        assertEquals(new Occupancy(1, 1, 0, 0, 0, Occupancy.Transfers.NONE), occupancy());
    }

    @Test
    default void anUnlistedTabLivesOnItsBeats() { // A8
        var ben = tabOf(BEN).unlisted();
        ben.joins(PAGE);
        clock().advance(LIFE);
        ben.beats(PAGE);
        clock().advance(LIFE);

        assertTrue(ben.lastSeen().isPresent());
        ben.leaves(PAGE);
        assertTrue(ben.lastSeen().isEmpty());
        assertEquals(Occupancy.NONE, occupancy());
    }

    @Test
    default void hidingAndShowingAreChanges() { // A8, S2
        var ben = tabOf(BEN).in(INTRO);
        tabOf(ANA).joins(PAGE);
        ben.joins(PAGE);

        assertAll(
                () -> assertEquals(Set.of(PAGE), newsOf(() -> ben.unlisted().beats(PAGE)), "hiding"),
                () -> assertEquals(List.of("Ana"), viewersOf(PAGE)),
                () -> assertEquals(Set.of(PAGE), newsOf(() -> ben.beats(PAGE)), "showing"),
                () -> assertEquals(
                        List.of(new Viewer(ANA, 1, false, 1), new Viewer(BEN, 1, false, INTRO, false, 2)),
                        ranked(read(PAGE)).viewers()));
    }

    @Test
    default void ofAUserWithListedTabsTheOthersAreNotCounted() { // A8
        tabOf(ANA).hidden().joins(PAGE);
        var second = tabOf(ANA).in(INTRO).unlisted();

        second.joins(PAGE);

        var expected = List.of(new Viewer(ANA, 1, true, 1));
        assertEquals(new PresenceSnapshot(PAGE, expected, null, 1, 1), ranked(read(PAGE)));
        second.leaves(PAGE);
        assertEquals(new PresenceSnapshot(PAGE, expected, null, 1, 1), ranked(read(PAGE)));
    }

    @Test
    default void typingEndsWithHiding() { // A8, R5
        var ben = tabOf(BEN);
        ben.typing().joins(PAGE);
        ben.unlisted().beats(PAGE);
        ben.beats(PAGE);

        assertEquals(List.of(new Viewer(BEN, 1, false, 1)), ranked(read(PAGE)).viewers());
        clock().advance(PresenceStore.TYPING.plus(MILLISECOND));
        assertEquals(List.of(new Viewer(BEN, 1, false, 1)), ranked(read(PAGE)).viewers());
    }

    // A8: a lease has a face

    @Test
    default void whoClaimsIsListedForAsLongAsTheClaimLasts() { // A8
        var ben = tabOf(BEN).unlisted().in(INTRO);
        ben.joins(PAGE);

        var news = newsOf(() -> ben.typing().claims(PAGE));

        assertEquals(Set.of(PAGE), news);
        assertEquals(
                List.of(new Viewer(BEN, 1, false, INTRO, true, 1)),
                ranked(read(PAGE)).viewers());
        ben.yields(PAGE);
        assertEquals(PresenceSnapshot.empty(PAGE), read(PAGE));
    }

    @Test
    default void whoWaitsForALeaseIsListedToo() { // A8
        var ben = tabOf(BEN).unlisted();
        tabOf(ANA).claims(PAGE);

        ben.claims(PAGE);

        assertEquals(List.of("Ana", "Ben"), viewersOf(PAGE));
        ben.leaves(PAGE);
        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    default void aClaimThatExpiresTakesItsFaceAlong() { // A8, E3
        tabOf(ANA).lives(AWAY_LIFE).joins(PAGE);
        tabOf(BEN).unlisted().claims(PAGE);

        clock().advance(LIFE.plus(MILLISECOND));

        assertEquals(new PresenceSnapshot(PAGE, List.of(new Viewer(ANA, 1, false, 1)), null, 1, 1), ranked(read(PAGE)));
    }

    @Test
    default void whoLosesALeaseIsUnlistedAgainAndWhoTakesItIsListed() { // A8, R3
        var ben = tabOf(BEN).unlisted();
        var cai = tabOf(CAI).unlisted();
        ben.claims(PAGE);
        cai.joins(PAGE);

        cai.takesOverNow(PAGE);

        assertEquals(List.of("Cai"), viewersOf(PAGE));
        assertInstanceOf(Editing.Lost.class, ben.claims(PAGE).editing());
        assertEquals(List.of("Cai"), viewersOf(PAGE));
    }

    @Test
    default void whoTakesALeaseOverIsListedFromThenOnAndWhoHasToYieldUntilItGoes() { // A8, W5
        var ben = tabOf(BEN).unlisted();
        var cai = tabOf(CAI).unlisted();
        ben.claims(PAGE);
        cai.joins(PAGE);

        cai.takesOver(PAGE);

        assertEquals(List.of("Ben", "Cai"), viewersOf(PAGE));
        clock().advance(YIELD);
        assertEquals(List.of("Cai"), viewersOf(PAGE));
    }

    @Test
    default void whoIsHandedALeaseStaysListedAndWhoHandsItOverIsNot() { // A8, R2
        var ben = tabOf(BEN).unlisted();

        handOver(ben, tabOf(CAI).unlisted());

        assertEquals(List.of("Cai"), viewersOf(PAGE));
    }
}
