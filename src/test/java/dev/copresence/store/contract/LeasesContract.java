package dev.copresence.store.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.Editing;
import dev.copresence.Lease;
import dev.copresence.Occupancy;
import dev.copresence.TestConfig;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The oldest claim to edit a page holds its lease, and whoever asks is told who does. */
interface LeasesContract extends StoreFixture {

    // E1: the oldest live claim of the page holds the lease

    @Test
    default void theFirstClaimHoldsTheLease() {
        tabOf(BEN).joins(PAGE);

        tabOf(ANA).claims(PAGE);

        assertEquals(ANA.id(), read(PAGE).editor());
    }

    @Test
    default void aJoinMayMakeAClaim() {
        tabOf(ANA).joinsEditing(PAGE);

        assertEquals(ANA.id(), read(PAGE).editor());
    }

    @Test
    default void joinsViewersAndLaterClaimsDoNotMoveTheLease() {
        var ana = tabOf(ANA);
        var granted = ana.claims(PAGE).editing();

        tabOf(BEN).joinsEditing(PAGE);
        tabOf(CAI).joins(PAGE);
        tabOf(CAI).claims(PAGE);

        assertEquals(granted, ana.beats(PAGE).editing());
        assertEquals(ANA.id(), read(PAGE).editor());
    }

    @Test
    default void aClaimThatIsRepeatedKeepsItsPlace() {
        var ben = tabOf(BEN);
        var cai = tabOf(CAI);
        tabOf(ANA).claims(PAGE);
        ben.claims(PAGE);
        cai.claims(PAGE);

        ben.claims(PAGE);

        assertEquals(new Editing.Waiting(ANA.id(), 1), ben.beats(PAGE).editing());
        assertEquals(new Editing.Waiting(ANA.id(), 2), cai.beats(PAGE).editing());
    }

    @Test
    default void aClaimThatWasGivenUpStandsLastWhenItIsMadeAgain() {
        var ana = tabOf(ANA);
        ana.claims(PAGE);
        tabOf(BEN).claims(PAGE);

        ana.yields(PAGE);
        ana.claims(PAGE);

        assertEquals(new Editing.Waiting(BEN.id(), 1), ana.beats(PAGE).editing());
    }

    @Test
    default void neitherAHeartbeatNorAJoinThatIsSilentOnEditingEndsAClaim() {
        var ana = tabOf(ANA);
        var granted = ana.claims(PAGE).editing();

        ana.beats(PAGE);
        var beat = ana.joins(PAGE);

        assertEquals(granted, beat.editing());
    }

    @Test
    default void eachPageHasALeaseOfItsOwn() {
        tabOf(ANA).claims(PAGE);

        tabOf(BEN).claims(OTHER);

        assertEquals(ANA.id(), read(PAGE).editor());
        assertEquals(BEN.id(), read(OTHER).editor());
    }

    // E2: the holder is told its fence, the others who holds and where they stand

    @Test
    default void aTabWithoutAClaimIsToldNothingOfEditing() {
        tabOf(ANA).claims(PAGE);

        var beat = tabOf(BEN).joins(PAGE);

        assertNull(beat.editing());
    }

    @Test
    default void waitingClaimsAreToldTheEditorAndTheirPosition() {
        tabOf(ANA).claims(PAGE);

        var second = tabOf(BEN).claims(PAGE);
        var third = tabOf(CAI).claims(PAGE);

        assertEquals(new Editing.Waiting(ANA.id(), 1), second.editing());
        assertEquals(new Editing.Waiting(ANA.id(), 2), third.editing());
    }

    @Test
    default void theHolderKeepsItsFence() {
        var ana = tabOf(ANA);
        var fence = fenceOf(ana.claims(PAGE));
        tabOf(BEN).claims(PAGE);
        clock().advance(LIFE);

        var later = fenceOf(ana.claims(PAGE));

        assertEquals(fence, later);
    }

    @Test
    default void theFenceRisesWithEachHolder() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        var first = fenceOf(ana.claims(PAGE));
        ben.claims(PAGE);

        ana.yields(PAGE);
        var second = fenceOf(ben.beats(PAGE));
        ben.leaves(PAGE);
        var third = fenceOf(ana.claims(PAGE));

        assertTrue(first < second, first + " < " + second);
        assertTrue(second < third, second + " < " + third);
    }

    @Test
    default void theFenceRisesThoughNobodyWasOnThePageMeanwhile() {
        var ana = tabOf(ANA);
        var first = fenceOf(ana.claims(PAGE));
        ana.leaves(PAGE);

        var second = fenceOf(ana.claims(PAGE));

        assertTrue(first < second, first + " < " + second);
    }

    @Test
    default void theFenceRisesAcrossARestart() {
        var first = 0L;
        for (var holder = 0; holder < 100; holder++) {
            var ana = tabOf(ANA);
            first = fenceOf(ana.claims(PAGE));
            ana.leaves(PAGE);
        }
        clock().advance(MILLISECOND);
        startWith(TestConfig.defaults());

        var second = fenceOf(tabOf(BEN).claims(PAGE));

        assertTrue(first < second, first + " < " + second);
    }

    // E3: a claim ends with isEditing:false, leave, or its tab's life

    @Test
    default void aClaimEndsWhenItIsGivenUp() {
        var ana = tabOf(ANA);
        ana.claims(PAGE);

        var beat = ana.yields(PAGE);

        assertNull(beat.editing());
        assertNull(read(PAGE).editor());
    }

    @Test
    default void theNextClaimIsPromotedWhenTheHolderGivesUp() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        ana.claims(PAGE);
        ben.claims(PAGE);

        var news = newsOf(() -> ana.yields(PAGE));

        assertEquals(Set.of(PAGE), news);
        assertInstanceOf(Editing.Granted.class, ben.beats(PAGE).editing());
        assertEquals(BEN.id(), read(PAGE).editor());
    }

    @Test
    default void theNextClaimIsPromotedWhenTheHolderLeaves() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        ana.claims(PAGE);
        ben.claims(PAGE);

        ana.leaves(PAGE);

        assertInstanceOf(Editing.Granted.class, ben.beats(PAGE).editing());
        assertEquals(BEN.id(), read(PAGE).editor());
    }

    @Test
    default void theNextClaimIsPromotedWhenTheHolderExpires() {
        tabOf(ANA).claims(PAGE);
        clock().advance(MILLISECOND);
        var ben = tabOf(BEN);
        ben.claims(PAGE);
        clock().advance(LIFE);

        var beat = ben.beats(PAGE);

        assertInstanceOf(Editing.Granted.class, beat.editing());
        assertEquals(BEN.id(), beat.snapshot().editor());
    }

    @Test
    default void theNextClaimIsPromotedWhenTheHolderMovesToAnotherPage() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        ana.claims(PAGE);
        ben.claims(PAGE);

        var beat = ana.beats(OTHER);

        assertNull(beat.editing());
        assertInstanceOf(Editing.Granted.class, ben.beats(PAGE).editing());
    }

    @Test
    default void aClaimWaitsThroughTheGraceOfAnUnloadingHolder() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        ana.claims(PAGE);
        ben.claims(PAGE);
        ana.unloads(PAGE);
        clock().advance(GRACE);

        var beat = ben.beats(PAGE);

        assertEquals(new Editing.Waiting(ANA.id(), 1), beat.editing());
    }

    @Test
    default void aWaitingClaimThatExpiredIsPassedOver() {
        var ana = tabOf(ANA);
        var cai = tabOf(CAI);
        ana.claims(PAGE);
        tabOf(BEN).claims(PAGE);
        clock().advance(MILLISECOND);
        ana.beats(PAGE);
        cai.claims(PAGE);
        clock().advance(LIFE);
        assertEquals(new Editing.Waiting(ANA.id(), 1), cai.beats(PAGE).editing());

        ana.leaves(PAGE);

        assertInstanceOf(Editing.Granted.class, cai.beats(PAGE).editing());
    }

    @Test
    default void aClaimDoesNotComeBackWithItsTab() {
        var ana = tabOf(ANA);
        ana.claims(PAGE);
        ana.leaves(PAGE);

        var beat = ana.joins(PAGE);

        assertNull(beat.editing());
        assertNull(beat.snapshot().editor());
    }

    @Test
    default void aSecondTabOfTheSameUserIsAClaimOfItsOwn() {
        var first = tabOf(ANA);
        var second = tabOf(ANA);
        var fence = fenceOf(first.claims(PAGE));
        assertEquals(new Editing.Waiting(ANA.id(), 1), second.claims(PAGE).editing());

        first.yields(PAGE);

        assertTrue(fence < fenceOf(second.beats(PAGE)));
        assertEquals(ANA.id(), read(PAGE).editor());
    }

    // R1: a save is good while its fence is the present one

    @Test
    default void aLeaseIsItsHoldersUnderItsFence() {
        var fence = fenceOf(tabOf(ANA).claims(PAGE));
        tabOf(BEN).claims(PAGE);

        var lease = leaseOf(PAGE, null);

        assertEquals(Optional.of(new Lease(ANA, fence)), lease);
        assertTrue(lease.get().covers(ANA.id(), fence));
        assertFalse(lease.get().covers(BEN.id(), fence));
        assertFalse(lease.get().covers(ANA.id(), fence - 1));
    }

    @Test
    default void whatNobodyEditsHasNoLease() {
        tabOf(ANA).joins(PAGE);
        tabOf(ANA).in(INTRO).claims(PAGE);

        assertEquals(Optional.empty(), leaseOf(PAGE, null));
        assertEquals(Optional.empty(), leaseOf(PAGE, NOTES));
        assertEquals(Optional.empty(), leaseOf(OTHER, null));
    }

    @Test
    default void aLeaseIsNoMoreOnceItsHolderHasExpired() { // T2
        tabOf(ANA).claims(PAGE);
        clock().advance(LIFE.plus(MILLISECOND));

        assertEquals(Optional.empty(), leaseOf(PAGE, null));
    }

    @Test
    default void aLeaseIsTheNextHoldersUnderAHigherFence() {
        var ana = tabOf(ANA);
        var first = fenceOf(ana.claims(PAGE));
        tabOf(BEN).claims(PAGE);

        ana.yields(PAGE);

        var lease = leaseOf(PAGE, null).orElseThrow();
        assertEquals(BEN, lease.holder());
        assertTrue(first < lease.fence(), first + " < " + lease.fence());
    }

    @Test
    default void questionsForALeaseAreSilent() {
        tabOf(ANA).claims(PAGE);

        assertEquals(Set.of(), newsOf(() -> leaseOf(PAGE, null)));
    }

    // What is counted of leases

    @Test
    default void occupancyCountsLeasesAndWaits() {
        var ana = tabOf(ANA);
        ana.claims(PAGE);
        tabOf(BEN).claims(PAGE);
        var cai = tabOf(CAI);
        cai.claims(PAGE);
        tabOf(CAI).in(INTRO).claims(PAGE);
        assertEquals(2, occupancy().leases());
        assertEquals(2, occupancy().waits());

        ana.leaves(PAGE);
        cai.yields(PAGE);

        assertEquals(2, occupancy().leases());
        assertEquals(0, occupancy().waits());
    }

    @Test
    default void occupancyCountsLeasesThatChangedHandsByKind() {
        var ana = tabOf(ANA).lives(AWAY_LIFE);
        var ben = tabOf(BEN).lives(AWAY_LIFE);
        handOver(ana, ben);
        ana.takesOver(PAGE);
        ben.yields(PAGE);
        ben.claims(PAGE);
        ben.requests(PAGE);
        clock().advance(ANSWER);
        sweep();

        var occupancy = occupancy();

        assertEquals(new Occupancy.Transfers(1, 1, 1), occupancy.transfers());
        assertEquals(1, occupancy.leases());
        assertEquals(0, occupancy.waits());
    }
}
