package dev.copresence.store.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.Editing;
import dev.copresence.Lease;
import dev.copresence.LeaseRefusedException;
import dev.copresence.Occupancy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A waiting editor asks for the lease, and the holder answers or loses it. */
interface HandOverContract extends StoreFixture {

    // R2: who waits may ask, and the editor answers

    @Test
    default void aRequestIsToldToTheEditorToThoseWhoWaitAndToAll() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        var cai = tabOf(CAI);
        var fence = fenceOf(ana.claims(PAGE));
        ben.claims(PAGE);
        cai.claims(PAGE);

        var turn = cai.requests(PAGE);

        var request = new Editing.Request(CAI, ANSWER);
        assertEquals(new Editing.Waiting(ANA.id(), 2, request, Duration.ZERO), turn.editing());
        assertEquals(new Editing.Granted(fence, request), ana.beats(PAGE).editing());
        assertEquals(
                new Editing.Waiting(ANA.id(), 1, request, Duration.ZERO),
                ben.beats(PAGE).editing());
        assertEquals(CAI.id(), turn.snapshot().requestedBy());
        assertEquals(turn.snapshot(), read(PAGE));
        assertNull(turn.loser());
    }

    @Test
    default void aRequestIsNewsAndRepeatedIsNone() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        ben.claims(PAGE);

        assertEquals(Set.of(PAGE), newsOf(() -> ben.requests(PAGE)));
        assertEquals(Set.of(), newsOf(() -> ben.requests(PAGE)));
    }

    @Test
    default void whoAsksAgainWaitsNoLonger() {
        var ana = tabOf(ANA).lives(AWAY_LIFE);
        var ben = tabOf(BEN).lives(AWAY_LIFE);
        ana.claims(PAGE);
        ben.claims(PAGE);
        ben.requests(PAGE);
        clock().advance(Duration.ofSeconds(20));

        var again = ben.requests(PAGE);

        var left = new Editing.Request(BEN, ANSWER.minusSeconds(20));
        assertEquals(new Editing.Waiting(ANA.id(), 1, left, Duration.ZERO), again.editing());
    }

    @Test
    default void anEditorHandsOverToWhoHasAskedBeforeOlderClaims() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        var cai = tabOf(CAI);
        var first = fenceOf(ana.claims(PAGE));
        ben.claims(PAGE);
        cai.claims(PAGE);
        cai.requests(PAGE);

        var turn = ana.handsOver(PAGE);

        assertEquals(CAI.id(), turn.snapshot().editor());
        assertNull(turn.snapshot().requestedBy());
        assertEquals(ANA, turn.loser());
        var second = fenceOf(cai.beats(PAGE));
        assertTrue(first < second, first + " < " + second);
        assertEquals(new Editing.Waiting(CAI.id(), 1), ben.beats(PAGE).editing());
        assertEquals(Optional.of(new Lease(CAI, second)), leaseOf(PAGE, null));
    }

    @Test
    default void aHandOverIsNews() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        ana.claims(PAGE);
        ben.claims(PAGE);
        ben.requests(PAGE);

        assertEquals(Set.of(PAGE), newsOf(() -> ana.handsOver(PAGE)));
    }

    @Test
    default void whoHasHandedOverIsToldToWhomAndWhoEditsNow() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);

        var turn = handOver(ana, ben);

        assertEquals(new Editing.Lost(BEN, BEN.id()), turn.editing());
        assertEquals(new Editing.Lost(BEN, BEN.id()), ana.claims(PAGE).editing());
        ben.yields(PAGE);
        assertEquals(new Editing.Lost(BEN, null), ana.claims(PAGE).editing());
    }

    @Test
    default void aTabThatHasLostTheLeaseIsNotPromotedAgain() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        handOver(ana, ben);

        ana.claims(PAGE);
        ana.joinsEditing(PAGE);
        ben.leaves(PAGE);

        assertNull(read(PAGE).editor());
        assertEquals(Optional.empty(), leaseOf(PAGE, null));
        assertInstanceOf(Editing.Lost.class, ana.beats(PAGE).editing());
    }

    @Test
    default void aTabThatHasLostTheLeaseClaimsAnewOnceItHasSaidThatItDoesNotEdit() {
        var ana = tabOf(ANA);
        handOver(ana, tabOf(BEN));
        tabOf(CAI).claims(PAGE);

        var noted = ana.yields(PAGE);
        var again = ana.claims(PAGE);

        assertNull(noted.editing());
        assertEquals(new Editing.Waiting(BEN.id(), 2), again.editing());
    }

    @Test
    default void aNewDocumentOfATabThatHasLostTheLeaseMayClaim() {
        var ana = tabOf(ANA).document(1);
        handOver(ana, tabOf(BEN));

        var again = ana.document(2).joinsEditing(PAGE);

        assertEquals(new Editing.Waiting(BEN.id(), 1), again.editing());
    }

    @Test
    default void aTabThatHasLostTheLeaseAndComesBackMayClaim() {
        var left = tabOf(ANA);
        handOver(left, tabOf(BEN));
        left.leaves(PAGE);
        assertEquals(new Editing.Waiting(BEN.id(), 1), left.claims(PAGE).editing());
    }

    @Test
    default void aTabThatHasLostTheLeaseAndWentElsewhereMayClaim() {
        var ana = tabOf(ANA);
        handOver(ana, tabOf(BEN));
        ana.joins(OTHER);

        assertEquals(new Editing.Waiting(BEN.id(), 1), ana.claims(PAGE).editing());
    }

    @Test
    default void aTabThatHasLostTheLeaseAndExpiredMayClaim() {
        var ana = tabOf(ANA);
        handOver(ana, tabOf(BEN).lives(AWAY_LIFE));
        clock().advance(LIFE.plus(MILLISECOND));

        assertEquals(new Editing.Waiting(BEN.id(), 1), ana.claims(PAGE).editing());
    }

    @Test
    default void aTabThatHasLostTheLeaseMayClaimInASection() {
        var ana = tabOf(ANA);
        handOver(ana, tabOf(BEN));

        var there = ana.in(INTRO).claims(PAGE);
        var back = ana.claims(PAGE);

        assertInstanceOf(Editing.Granted.class, there.editing());
        assertEquals(new Editing.Waiting(BEN.id(), 1), back.editing());
    }

    @Test
    default void aRequestWithoutAnswerIsGrantedWhenItsTimeIsOver() { // T2
        var ana = tabOf(ANA).lives(AWAY_LIFE);
        var ben = tabOf(BEN).lives(AWAY_LIFE);
        var first = fenceOf(ana.claims(PAGE));
        ben.claims(PAGE);
        ben.requests(PAGE);
        clock().advance(ANSWER.minus(MILLISECOND));
        assertEquals(
                new Editing.Granted(first, new Editing.Request(BEN, MILLISECOND)),
                ana.beats(PAGE).editing());
        assertEquals(ANA.id(), read(PAGE).editor());

        clock().advance(MILLISECOND);

        assertEquals(BEN.id(), read(PAGE).editor());
        assertNull(read(PAGE).requestedBy());
        assertEquals(new Editing.Lost(BEN, BEN.id()), ana.claims(PAGE).editing());
        assertTrue(first < fenceOf(ben.beats(PAGE)));
    }

    @Test
    default void theEndOfARequestsTimeIsAnnounced() { // T4
        tabOf(ANA).lives(AWAY_LIFE).claims(PAGE);
        var ben = tabOf(BEN).lives(AWAY_LIFE);
        ben.claims(PAGE);
        ben.requests(PAGE);
        clock().advance(ANSWER);

        assertEquals(Set.of(PAGE), newsOf(() -> sweep()));
        assertEquals(Set.of(), newsOf(() -> sweep()));
    }

    @Test
    default void anAnswerThatComesTooLateIsRefused() {
        var ana = tabOf(ANA).lives(AWAY_LIFE);
        var ben = tabOf(BEN).lives(AWAY_LIFE);
        ana.claims(PAGE);
        ben.claims(PAGE);
        ben.requests(PAGE);
        clock().advance(ANSWER);

        assertRefused(LeaseRefusedException.Reason.NO_CLAIM, BEN, Duration.ZERO, () -> ana.keeps(PAGE));
        assertRefused(LeaseRefusedException.Reason.NO_CLAIM, BEN, Duration.ZERO, () -> ana.handsOver(PAGE));
    }

    @Test
    default void anEditorWhoKeepsTheLeaseEndsTheRequestAndIsNotAskedForAWhile() {
        var ana = tabOf(ANA).lives(AWAY_LIFE);
        var ben = tabOf(BEN).lives(AWAY_LIFE);
        var cai = tabOf(CAI).lives(AWAY_LIFE);
        var fence = fenceOf(ana.claims(PAGE));
        ben.claims(PAGE);
        cai.claims(PAGE);
        ben.requests(PAGE);

        var turn = ana.keeps(PAGE);

        assertEquals(new Editing.Granted(fence), turn.editing());
        assertNull(turn.snapshot().requestedBy());
        assertNull(turn.loser());
        assertEquals(
                new Editing.Waiting(ANA.id(), 1, null, KEEP), ben.beats(PAGE).editing());
        assertRefused(LeaseRefusedException.Reason.EDITOR_KEEPS, ANA, KEEP, () -> ben.requests(PAGE));
        clock().advance(KEEP.minus(MILLISECOND));
        assertRefused(LeaseRefusedException.Reason.EDITOR_KEEPS, ANA, MILLISECOND, () -> cai.requests(PAGE));
        clock().advance(MILLISECOND);
        assertEquals(CAI.id(), cai.requests(PAGE).snapshot().requestedBy());
    }

    @Test
    default void aRefusalIsNews() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        ana.claims(PAGE);
        ben.claims(PAGE);
        ben.requests(PAGE);

        assertEquals(Set.of(PAGE), newsOf(() -> ana.keeps(PAGE)));
    }

    @Test
    default void whatOneEditorHasRefusedTheNextMayBeAsked() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        var cai = tabOf(CAI);
        ana.claims(PAGE);
        ben.claims(PAGE);
        cai.claims(PAGE);
        cai.requests(PAGE);
        ana.keeps(PAGE);

        ana.leaves(PAGE);
        var turn = cai.requests(PAGE);

        assertEquals(new Editing.Waiting(BEN.id(), 1, new Editing.Request(CAI, ANSWER), Duration.ZERO), turn.editing());
    }

    @Test
    default void oneRequestStandsAtATime() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        var cai = tabOf(CAI);
        ben.claims(PAGE);
        cai.claims(PAGE);
        cai.requests(PAGE);
        clock().advance(Duration.ofSeconds(10));

        assertRefused(
                LeaseRefusedException.Reason.REQUESTED_BY_OTHER,
                ANA,
                ANSWER.minusSeconds(10),
                () -> ben.requests(PAGE));
    }

    @Test
    default void aRequestEndsWithTheAskersClaim() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        ana.claims(PAGE);
        for (Runnable end : List.<Runnable>of(
                () -> ben.yields(PAGE),
                () -> ben.leaves(PAGE),
                () -> ben.joins(OTHER),
                () -> ben.in(INTRO).claims(PAGE))) {
            ben.claims(PAGE);
            ben.requests(PAGE);

            assertTrue(newsOf(end).contains(PAGE));

            assertNull(read(PAGE).requestedBy());
            assertEquals(
                    Optional.of(ANA.id()),
                    leaseOf(PAGE, null).map(lease -> lease.holder().id()));
        }
    }

    @Test
    default void aRequestEndsWithTheAskersLife() {
        var ana = tabOf(ANA).lives(AWAY_LIFE);
        var ben = tabOf(BEN);
        ana.claims(PAGE);
        ben.claims(PAGE);
        ben.requests(PAGE);

        clock().advance(ANSWER);

        assertEquals(ANA.id(), read(PAGE).editor());
        assertInstanceOf(Editing.Granted.class, ana.beats(PAGE).editing());
    }

    @Test
    default void aRequestEndsWhenTheEditorIsAnother() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        var cai = tabOf(CAI);
        ana.claims(PAGE);
        ben.claims(PAGE);
        cai.claims(PAGE);
        cai.requests(PAGE);

        ana.yields(PAGE);

        assertEquals(BEN.id(), read(PAGE).editor());
        assertNull(read(PAGE).requestedBy());
        assertEquals(new Editing.Waiting(BEN.id(), 1), cai.beats(PAGE).editing());
    }

    @Test
    default void aLifeAndARequestThatEndUnseenEndInTheirOrder() {
        var ana = tabOf(ANA).lives(ANSWER.minusSeconds(1));
        var ben = tabOf(BEN).lives(AWAY_LIFE);
        var cai = tabOf(CAI).lives(AWAY_LIFE);
        ana.claims(PAGE);
        ben.claims(PAGE);
        cai.claims(PAGE);
        cai.requests(PAGE);

        clock().advance(ANSWER.plusSeconds(1));

        assertEquals(BEN.id(), read(PAGE).editor());
    }

    @Test
    default void aRequestAndALifeThatEndUnseenEndInTheirOrder() {
        var ana = tabOf(ANA).lives(ANSWER.plusSeconds(1));
        var ben = tabOf(BEN).lives(AWAY_LIFE);
        var cai = tabOf(CAI).lives(AWAY_LIFE);
        ana.claims(PAGE);
        ben.claims(PAGE);
        cai.claims(PAGE);
        cai.requests(PAGE);

        clock().advance(ANSWER.plusSeconds(2));

        assertEquals(CAI.id(), read(PAGE).editor());
        assertEquals(new Occupancy.Transfers(0, 1, 0), occupancy().transfers());
    }

    @Test
    default void theEditorWhoAsksHasTheLease() {
        var ana = tabOf(ANA);
        var granted = ana.claims(PAGE).editing();

        var turn = ana.requests(PAGE);

        assertEquals(granted, turn.editing());
    }

    @Test
    default void whoMakesNoClaimIsRefused() {
        var ben = tabOf(BEN);
        tabOf(ANA).claims(PAGE);
        ben.joins(PAGE);
        var gone = tabOf(BEN);

        assertRefused(LeaseRefusedException.Reason.NO_CLAIM, ANA, Duration.ZERO, () -> ben.requests(PAGE));
        assertRefused(LeaseRefusedException.Reason.NO_CLAIM, ANA, Duration.ZERO, () -> ben.handsOver(PAGE));
        assertRefused(LeaseRefusedException.Reason.NO_CLAIM, ANA, Duration.ZERO, () -> ben.keeps(PAGE));
        assertRefused(LeaseRefusedException.Reason.NO_CLAIM, ANA, Duration.ZERO, () -> gone.requests(PAGE));
        assertRefused(LeaseRefusedException.Reason.NO_CLAIM, null, Duration.ZERO, () -> ben.requests(OTHER));
    }

    @Test
    default void whoWaitsCannotAnswerForTheEditor() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        ben.claims(PAGE);
        ben.requests(PAGE);

        assertRefused(LeaseRefusedException.Reason.NOT_EDITOR, ANA, Duration.ZERO, () -> ben.handsOver(PAGE));
        assertRefused(LeaseRefusedException.Reason.NOT_EDITOR, ANA, Duration.ZERO, () -> ben.keeps(PAGE));
    }

    @Test
    default void withoutARequestThereIsNothingToAnswer() {
        var ana = tabOf(ANA);
        ana.claims(PAGE);
        tabOf(BEN).claims(PAGE);

        assertRefused(LeaseRefusedException.Reason.NOT_REQUESTED, ANA, Duration.ZERO, () -> ana.handsOver(PAGE));
        assertRefused(LeaseRefusedException.Reason.NOT_REQUESTED, ANA, Duration.ZERO, () -> ana.keeps(PAGE));
    }

    @Test
    default void aCallThatIsRefusedIsSilentAndChangesNothing() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        ben.claims(PAGE);
        var before = read(PAGE);

        var news = newsOf(() -> assertThrows(LeaseRefusedException.class, () -> ben.handsOver(PAGE)));

        assertEquals(Set.of(), news);
        assertEquals(before, read(PAGE));
        assertEquals(Occupancy.Transfers.NONE, occupancy().transfers());
    }

    @Test
    default void nobodyAnswersForATabOfAnotherUser() { // I2
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        ana.claims(PAGE);
        ben.claims(PAGE);
        ben.requests(PAGE);

        assertRefused(
                LeaseRefusedException.Reason.NO_CLAIM,
                ANA,
                Duration.ZERO,
                () -> ana.sentBy(CAI).handsOver(PAGE));
    }

    @Test
    default void aLeaseGoesBackAndForthUnderRisingFences() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        var last = fenceOf(ana.claims(PAGE));
        var holder = ana;
        var asker = ben;
        for (var i = 0; i < 20; i++) {
            asker.yields(PAGE);
            asker.claims(PAGE);
            asker.requests(PAGE);
            holder.handsOver(PAGE);
            var next = fenceOf(asker.beats(PAGE));
            assertTrue(last < next, last + " < " + next);
            last = next;
            var loser = holder;
            holder = asker;
            asker = loser;
        }
    }
}
