package dev.copresence.store.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.EditedSection;
import dev.copresence.Editing;
import dev.copresence.Lease;
import dev.copresence.LeaseRefusedException;
import dev.copresence.Occupancy;
import dev.copresence.TakenOver;
import dev.copresence.TestConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A lease can be taken over, at once or after the time of a last save, and the loser is told. */
interface TakeOverContract extends StoreFixture {

    // R3: who may takes over

    @Test
    default void whoTakesOverHasTheLeaseAtOnce() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        var cai = tabOf(CAI);
        var first = fenceOf(ana.claims(PAGE));
        ben.claims(PAGE);
        cai.claims(PAGE);

        var turn = cai.takesOverNow(PAGE);

        var second = fenceOf(turn.editing());
        assertTrue(first < second, first + " < " + second);
        assertEquals(ANA, turn.loser());
        assertEquals(CAI.id(), turn.snapshot().editor());
        assertEquals(Optional.of(new Lease(CAI, second)), leaseOf(PAGE, null));
        assertEquals(new Editing.Lost(CAI, CAI.id()), ana.claims(PAGE).editing());
        assertEquals(new Editing.Waiting(CAI.id(), 1), ben.beats(PAGE).editing());
    }

    @Test
    default void aTakeOverIsNews() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        ben.joins(PAGE);

        assertEquals(Set.of(PAGE), newsOf(() -> ben.takesOverNow(PAGE)));
    }

    @Test
    default void whoTakesOverNeedNotHaveClaimed() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        ben.joins(PAGE);

        var turn = ben.takesOverNow(PAGE);

        assertInstanceOf(Editing.Granted.class, turn.editing());
        assertEquals(turn.editing(), ben.claims(PAGE).editing());
    }

    @Test
    default void whoTakesOverHasToBeThere() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        ben.joins(OTHER);

        assertRefused(LeaseRefusedException.Reason.NO_CLAIM, ANA, Duration.ZERO, () -> ben.takesOverNow(PAGE));
    }

    @Test
    default void whatNobodyHasIsClaimedByATakeOver() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        var turn = ana.takesOverNow(PAGE);

        assertInstanceOf(Editing.Granted.class, turn.editing());
        assertNull(turn.loser());
        assertEquals(Occupancy.Transfers.NONE, occupancy().transfers());
    }

    @Test
    default void whoTakesOverWhatIsTheirsKeepsIt() {
        var ana = tabOf(ANA);
        var granted = ana.claims(PAGE).editing();

        var turn = ana.takesOverNow(PAGE);

        assertEquals(granted, turn.editing());
        assertNull(turn.loser());
    }

    @Test
    default void aTakeOverEndsARequest() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        ben.claims(PAGE);
        ben.requests(PAGE);
        var cai = tabOf(CAI);
        cai.joins(PAGE);

        var turn = cai.takesOverNow(PAGE);

        assertNull(turn.snapshot().requestedBy());
        assertEquals(new Editing.Waiting(CAI.id(), 1), ben.beats(PAGE).editing());
    }

    @Test
    default void whoHasLostTheLeaseMayTakeItBack() {
        var ana = tabOf(ANA);
        handOver(ana, tabOf(BEN));

        var turn = ana.takesOverNow(PAGE);

        assertInstanceOf(Editing.Granted.class, turn.editing());
        assertEquals(BEN, turn.loser());
    }

    @Test
    default void aTakeOverTakesTheTabToTheSection() {
        tabOf(ANA).in(INTRO).claims(PAGE);
        var ben = tabOf(BEN);
        ben.claims(PAGE);

        var turn = ben.in(INTRO).takesOverNow(PAGE);

        assertInstanceOf(Editing.Granted.class, turn.editing());
        assertNull(turn.snapshot().editor());
        assertEquals(
                List.of(new EditedSection(INTRO, BEN.id(), null)),
                turn.snapshot().sections());
    }

    // W5: a take-over leaves the holder time to save

    @Test
    default void whoTakesOverAsksFirmlyAndTheHolderKeepsLeaseAndFenceUntilThen() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        var cai = tabOf(CAI);
        var fence = fenceOf(ana.claims(PAGE));
        ben.claims(PAGE);
        cai.joins(PAGE);

        var turn = cai.takesOver(PAGE);

        var request = new Editing.Request(CAI, YIELD, true);
        assertNull(turn.loser());
        assertEquals(new Editing.Waiting(ANA.id(), 0, request, Duration.ZERO), turn.editing());
        assertEquals(turn.editing(), cai.claims(PAGE).editing());
        assertEquals(CAI.id(), turn.snapshot().requestedBy());
        assertEquals(new Editing.Granted(fence, request), ana.claims(PAGE).editing());
        assertEquals(
                new Editing.Waiting(ANA.id(), 1, request, Duration.ZERO),
                ben.claims(PAGE).editing());
        clock().advance(YIELD.minus(MILLISECOND));
        assertEquals(Optional.of(new Lease(ANA, fence)), leaseOf(PAGE, null));
    }

    @Test
    default void aFrozenHolderLosesTheLeaseAtTheEndOfTheTime() { // T2
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        var cai = tabOf(CAI);
        var first = fenceOf(ana.claims(PAGE));
        ben.claims(PAGE);
        cai.joins(PAGE);
        cai.takesOver(PAGE);
        clock().advance(YIELD);

        assertEquals(CAI.id(), read(PAGE).editor());
        assertNull(read(PAGE).requestedBy());
        var second = fenceOf(cai.claims(PAGE));
        assertTrue(first < second, first + " < " + second);
        assertEquals(new Editing.Lost(CAI, CAI.id()), ana.claims(PAGE).editing());
        assertEquals(new Editing.Waiting(CAI.id(), 1), ben.claims(PAGE).editing());
        assertEquals(new Occupancy.Transfers(0, 0, 1), occupancy().transfers());
    }

    @Test
    default void aHolderWhoHasSavedHandsOverAtOnce() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        var cai = tabOf(CAI);
        ana.claims(PAGE);
        ben.claims(PAGE);
        cai.joins(PAGE);
        cai.takesOver(PAGE);
        clock().advance(Duration.ofSeconds(1));

        var turn = ana.handsOver(PAGE);

        assertEquals(ANA, turn.loser());
        assertEquals(new Editing.Lost(CAI, CAI.id()), turn.editing());
        assertInstanceOf(Editing.Granted.class, cai.claims(PAGE).editing());
        assertEquals(new Occupancy.Transfers(0, 0, 1), occupancy().transfers());
    }

    @Test
    default void aTakeOverCannotBeRefused() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        ana.claims(PAGE);
        ben.joins(PAGE);
        ben.takesOver(PAGE);

        assertRefused(LeaseRefusedException.Reason.MUST_YIELD, ANA, Duration.ZERO, () -> ana.keeps(PAGE));

        clock().advance(YIELD);
        assertEquals(BEN.id(), read(PAGE).editor());
    }

    @Test
    default void aRefusalDoesNotStandAgainstATakeOver() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        ana.claims(PAGE);
        ben.claims(PAGE);
        ben.requests(PAGE);
        ana.keeps(PAGE);

        var turn = ben.takesOver(PAGE);

        var request = new Editing.Request(BEN, YIELD, true);
        assertEquals(new Editing.Waiting(ANA.id(), 0, request, Duration.ZERO), turn.editing());
        ben.yields(PAGE);
        assertEquals(new Editing.Waiting(ANA.id(), 1), ben.claims(PAGE).editing());
    }

    @Test
    default void aTakeOverComesInThePlaceOfARequest() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        var cai = tabOf(CAI);
        ana.claims(PAGE);
        ben.claims(PAGE);
        ben.requests(PAGE);
        cai.joins(PAGE);

        assertEquals(Set.of(PAGE), newsOf(() -> cai.takesOver(PAGE)));

        assertEquals(CAI.id(), read(PAGE).requestedBy());
        var left = new Editing.Request(CAI, YIELD, true);
        assertEquals(
                new Editing.Waiting(ANA.id(), 1, left, Duration.ZERO),
                ben.beats(PAGE).editing());
        clock().advance(YIELD);
        assertEquals(CAI.id(), read(PAGE).editor());
        assertNull(read(PAGE).requestedBy());
    }

    @Test
    default void whoHasAskedAndTakesOverIsNoNewsButTheTimeIsShorter() { // S2
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        ana.claims(PAGE);
        ben.claims(PAGE);
        ben.requests(PAGE);

        assertEquals(Set.of(), newsOf(() -> ben.takesOver(PAGE)));

        clock().advance(YIELD);
        assertEquals(BEN.id(), read(PAGE).editor());
    }

    @Test
    default void aRequestOrAnotherTakeOverWaitsForTheOneThatStands() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        var cai = tabOf(CAI);
        var ana2 = tabOf(ANA);
        ben.claims(PAGE);
        cai.joins(PAGE);
        ana2.in(INTRO).joins(PAGE);
        cai.takesOver(PAGE);
        clock().advance(Duration.ofSeconds(2));
        var before = read(PAGE);

        var left = YIELD.minusSeconds(2);
        assertRefused(LeaseRefusedException.Reason.REQUESTED_BY_OTHER, ANA, left, () -> ben.requests(PAGE));
        assertRefused(LeaseRefusedException.Reason.REQUESTED_BY_OTHER, ANA, left, () -> ben.takesOver(PAGE));
        assertRefused(
                LeaseRefusedException.Reason.REQUESTED_BY_OTHER,
                ANA,
                left,
                () -> ana2.in(null).takesOver(PAGE));

        assertEquals(before, read(PAGE));
    }

    @Test
    default void whoTakesOverAgainWaitsNoLonger() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        ben.joins(PAGE);
        ben.takesOver(PAGE);
        clock().advance(Duration.ofSeconds(2));

        var again = ben.takesOver(PAGE);
        var asked = ben.requests(PAGE);

        var left = new Editing.Request(BEN, YIELD.minusSeconds(2), true);
        assertEquals(new Editing.Waiting(ANA.id(), 0, left, Duration.ZERO), again.editing());
        assertEquals(again.editing(), asked.editing());
    }

    @Test
    default void whoTakesOverAtOnceDoesNotWaitForATakeOverThatStands() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        var cai = tabOf(CAI);
        ana.claims(PAGE);
        ben.joins(PAGE);
        cai.joins(PAGE);
        ben.takesOver(PAGE);

        var turns = takeOversIn(() -> {
            assertEquals(ANA, cai.takesOverNow(PAGE).loser());
            clock().advance(YIELD);
            sweep();
        });

        assertEquals(List.of(), turns);
        assertEquals(new Editing.Lost(CAI, CAI.id()), ana.claims(PAGE).editing());
        assertEquals(new Editing.Waiting(CAI.id(), 1), ben.claims(PAGE).editing());
        assertEquals(new Occupancy.Transfers(0, 0, 1), occupancy().transfers());
    }

    @Test
    default void whoTakesOverMayStillTakeItAtOnce() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        ben.joins(PAGE);
        ben.takesOver(PAGE);

        var turns = takeOversIn(() ->
                assertInstanceOf(Editing.Granted.class, ben.takesOverNow(PAGE).editing()));

        assertEquals(List.of(), turns);
        assertEquals(new Occupancy.Transfers(0, 0, 1), occupancy().transfers());
    }

    @Test
    default void whoTakesOverHasTheLeaseBeforeOthersWhenTheHoldersClaimEnds() {
        for (var end : List.<Consumer<Tab>>of(
                tab -> tab.yields(PAGE),
                tab -> tab.leaves(PAGE),
                tab -> tab.joins(OTHER),
                tab -> tab.in(INTRO).claims(PAGE))) {
            startWith(TestConfig.defaults());
            var ana = tabOf(ANA);
            var ben = tabOf(BEN);
            var cai = tabOf(CAI);
            var first = fenceOf(ana.claims(PAGE));
            ben.claims(PAGE);
            cai.joins(PAGE);
            cai.takesOver(PAGE);

            var turns = takeOversIn(() -> end.accept(ana));

            var second = fenceOf(cai.claims(PAGE));
            assertTrue(first < second, first + " < " + second);
            assertEquals(List.of(new TakenOver(PAGE, null, CAI.id(), ANA.id(), second)), turns);
            assertEquals(CAI.id(), read(PAGE).editor());
            assertNull(read(PAGE).requestedBy());
            assertEquals(new Editing.Waiting(CAI.id(), 1), ben.claims(PAGE).editing());
            assertEquals(new Occupancy.Transfers(0, 0, 1), occupancy().transfers());
            cai.leaves(PAGE);
            assertInstanceOf(Editing.Granted.class, ben.claims(PAGE).editing());
        }
    }

    @Test
    default void whoTakesOverHasTheLeaseBeforeOthersWhenTheHoldersLifeEnds() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN).lives(AWAY_LIFE);
        var cai = tabOf(CAI).lives(AWAY_LIFE);
        ana.claims(PAGE);
        ben.claims(PAGE);
        cai.joins(PAGE);
        clock().advance(LIFE.minus(MILLISECOND));
        cai.takesOver(PAGE);
        clock().advance(MILLISECOND);
        assertEquals(ANA.id(), read(PAGE).editor());

        clock().advance(MILLISECOND);

        assertEquals(CAI.id(), read(PAGE).editor());
        assertInstanceOf(Editing.Granted.class, cai.beats(PAGE).editing());
        assertEquals(new Editing.Waiting(CAI.id(), 1), ben.beats(PAGE).editing());
        assertEquals(1, occupancy().leases());
        assertEquals(1, occupancy().waits());
    }

    @Test
    default void aTakeOverEndsWithTheTakersClaim() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        var fence = fenceOf(ana.claims(PAGE));
        for (Runnable end : List.<Runnable>of(
                () -> ben.yields(PAGE),
                () -> ben.leaves(PAGE),
                () -> ben.joins(OTHER),
                () -> ben.in(INTRO).claims(PAGE))) {
            ben.joins(PAGE);
            ben.takesOver(PAGE);

            assertTrue(newsOf(end).contains(PAGE));

            clock().advance(YIELD);
            assertNull(read(PAGE).requestedBy());
            assertEquals(Optional.of(new Lease(ANA, fence)), leaseOf(PAGE, null));
            assertEquals(new Editing.Granted(fence), ana.claims(PAGE).editing());
        }
        assertEquals(Occupancy.Transfers.NONE, occupancy().transfers());
    }

    @Test
    default void aTakeOverEndsWithTheTakersLife() {
        var ana = tabOf(ANA).lives(AWAY_LIFE);
        var ben = tabOf(BEN);
        var fence = fenceOf(ana.claims(PAGE));
        ben.joins(PAGE);
        clock().advance(LIFE.minus(MILLISECOND));
        ben.takesOver(PAGE);

        clock().advance(YIELD);

        assertEquals(Optional.of(new Lease(ANA, fence)), leaseOf(PAGE, null));
        assertNull(read(PAGE).requestedBy());
    }

    @Test
    default void eachTakeOverThatGaveTimeIsToldOnceWhenItIsDone() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        var cai = tabOf(CAI);
        ana.claims(PAGE);
        ben.joins(PAGE);
        cai.in(NOTES).claims(PAGE);
        var asked = takeOversIn(() -> {
            ben.takesOver(PAGE);
            ana.in(null).beats(PAGE);
        });

        var handed = takeOversIn(() -> ana.handsOver(PAGE));
        var timely = takeOversIn(() -> {
            ben.in(NOTES).takesOver(PAGE);
            clock().advance(YIELD);
            sweep();
            sweep();
        });

        assertEquals(List.of(), asked);
        var first = new TakenOver(PAGE, null, BEN.id(), ANA.id(), handed.get(0).fence());
        assertEquals(List.of(first), handed);
        var second = fenceOf(ben.in(NOTES).claims(PAGE));
        assertEquals(List.of(new TakenOver(PAGE, NOTES, BEN.id(), CAI.id(), second)), timely);
        assertTrue(handed.get(0).fence() < second);
    }

    @Test
    default void aTakeOverIsAnnouncedWhenItBeginsAndWhenItIsDone() { // T4
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        ben.joins(PAGE);

        assertEquals(Set.of(PAGE), newsOf(() -> ben.takesOver(PAGE)));
        clock().advance(YIELD);
        assertEquals(Set.of(PAGE), newsOf(() -> sweep()));
        assertEquals(Set.of(), newsOf(() -> sweep()));
    }

    @Test
    default void aTakeOverGoesToTheSectionAndLeavesOthersAlone() { // R4
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        ana.in(INTRO).claims(PAGE);
        tabOf(ANA).claims(PAGE);
        ben.claims(PAGE);

        var turn = ben.in(INTRO).takesOver(PAGE);

        assertEquals(ANA.id(), turn.snapshot().editor());
        assertNull(turn.snapshot().requestedBy());
        assertEquals(
                List.of(new EditedSection(INTRO, ANA.id(), BEN.id())),
                turn.snapshot().sections());
        clock().advance(YIELD);
        assertEquals(
                List.of(new EditedSection(INTRO, BEN.id(), null)), read(PAGE).sections());
        assertEquals(ANA.id(), read(PAGE).editor());
    }

    @Test
    default void aTakeOverOfWhatNobodyHoldsOrIsOnesOwnGivesNoTime() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        var free = ana.takesOver(PAGE);
        var own = ana.takesOver(PAGE);

        assertInstanceOf(Editing.Granted.class, free.editing());
        assertEquals(free.editing(), own.editing());
        assertNull(own.snapshot().requestedBy());
        assertEquals(Occupancy.Transfers.NONE, occupancy().transfers());
    }

    @Test
    default void whoHasLostTheLeaseMayTakeItOverAgain() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        handOver(ana, ben);

        var turn = ana.takesOver(PAGE);
        clock().advance(YIELD);

        var request = new Editing.Request(ANA, YIELD, true);
        assertEquals(new Editing.Waiting(BEN.id(), 0, request, Duration.ZERO), turn.editing());
        assertInstanceOf(Editing.Granted.class, ana.claims(PAGE).editing());
        assertEquals(new Editing.Lost(ANA, ANA.id()), ben.claims(PAGE).editing());
    }
}
