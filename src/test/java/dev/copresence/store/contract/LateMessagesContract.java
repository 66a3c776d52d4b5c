package dev.copresence.store.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.copresence.PresenceStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A message of an earlier document of a tab, or one that its leave has overtaken, changes nothing. */
interface LateMessagesContract extends StoreFixture {

    // L2: the incarnation orders late messages

    @Test
    default void callsOfAnOlderDocumentChangeNothing() {
        var ana = tabOf(ANA);
        ana.document(2).joins(PAGE);
        var before = read(PAGE);

        var news = newsOf(() -> {
            ana.document(1).joins(OTHER);
            ana.document(1).beats(OTHER);
            ana.document(1).claims(PAGE);
            ana.document(1).hidden().beats(PAGE);
            ana.document(1).unloads(PAGE);
            ana.document(1).leaves(PAGE);
            ana.named("Anna").document(1).beats(PAGE);
        });

        assertEquals(Set.of(), news);
        assertEquals(before, read(PAGE));
    }

    @Test
    default void aHeartbeatOfAnOlderDocumentDoesNotProlongTheLife() {
        var ana = tabOf(ANA);
        ana.document(2).joins(PAGE);
        clock().advance(LIFE);

        ana.document(1).beats(PAGE);
        clock().advance(MILLISECOND);

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    default void aCallOfAnOlderDocumentIsAnsweredWithThePage() {
        var ana = tabOf(ANA);
        ana.document(2).joins(PAGE);

        var beat = ana.document(1).beats(PAGE);

        assertEquals(read(PAGE), beat.snapshot());
    }

    @Test
    default void anyCallMayBringANewerDocument() {
        var ana = tabOf(ANA);
        ana.document(1).joins(PAGE);

        ana.document(2).beats(PAGE);
        ana.document(1).leaves(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    default void aNewerDocumentMayLeaveThoughItsJoinWasLost() {
        var ana = tabOf(ANA);
        ana.document(1).joins(PAGE);

        ana.document(2).leaves(PAGE);
        ana.document(1).beats(PAGE);

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    default void anOlderDocumentStaysOutdatedWhileTheLeaveOfTheNewerIsRemembered() {
        var ana = tabOf(ANA);
        ana.document(2).joins(PAGE);
        ana.document(2).leaves(PAGE);
        clock().advance(PresenceStore.LEAVE_REMEMBERED);

        ana.document(1).joins(OTHER);

        assertEquals(List.of(), viewersOf(OTHER));
    }

    @Test
    default void aLateHeartbeatDoesNotUndoALeave() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.leaves(PAGE);
        clock().advance(PresenceStore.LEAVE_REMEMBERED);

        var news = newsOf(() -> ana.beats(PAGE));

        assertEquals(List.of(), viewersOf(PAGE));
        assertEquals(Set.of(), news);
    }

    @Test
    default void aHeartbeatBringsTheTabBackOnceTheLeaveIsForgotten() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.leaves(PAGE);
        clock().advance(PresenceStore.LEAVE_REMEMBERED.plus(MILLISECOND));

        ana.beats(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    default void aLateHeartbeatDoesNotEndTheGrace() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.unloads(PAGE);

        ana.beats(PAGE);
        clock().advance(GRACE.plus(MILLISECOND));

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    default void aLateHeartbeatDoesNotUndoAnUnloading() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.unloads(PAGE);
        clock().advance(PresenceStore.LEAVE_REMEMBERED);

        ana.beats(PAGE);

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    default void anUnloadingIsRememberedFromItsCallOnWheneverItIsSwept() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.unloads(PAGE);
        clock().advance(GRACE.plusSeconds(2));
        sweep();
        clock().advance(PresenceStore.LEAVE_REMEMBERED
                .minus(GRACE)
                .minusSeconds(2)
                .plus(MILLISECOND));

        ana.beats(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    default void anUnloadingIsRememberedFromItsCallOnThoughNobodySweeps() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.unloads(PAGE);
        clock().advance(PresenceStore.LEAVE_REMEMBERED.plus(MILLISECOND));

        ana.beats(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    default void aJoinUndoesALeaveOfTheSameDocument() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.leaves(PAGE);

        ana.joins(PAGE);
        ana.beats(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    default void aHeartbeatOfANewerDocumentUndoesALeave() {
        var ana = tabOf(ANA);
        ana.document(1).joins(PAGE);
        ana.document(1).leaves(PAGE);

        ana.document(2).beats(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    default void aLeaveThatOvertakesTheFirstHeartbeatStandsAgainstIt() {
        var ana = tabOf(ANA).document(1);
        ana.leaves(PAGE);

        var news = newsOf(() -> ana.beats(PAGE));

        assertEquals(List.of(), viewersOf(PAGE));
        assertEquals(Set.of(), news);
    }

    @Test
    default void aLeaveThatOvertakesTheFirstHeartbeatOfAReloadStandsAgainstIt() {
        var ana = tabOf(ANA);
        ana.document(1).joins(PAGE);
        ana.document(1).leaves(PAGE);
        ana.document(2).leaves(PAGE);

        ana.document(2).beats(PAGE);

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    default void aRepeatedLeaveIsRememberedFromTheLastOn() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.leaves(PAGE);
        clock().advance(MILLISECOND);
        ana.leaves(PAGE);
        clock().advance(PresenceStore.LEAVE_REMEMBERED);

        ana.beats(PAGE);

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    default void aLateHeartbeatDoesNotBringTheTabBackFromWhereItWentSince() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.leaves(PAGE);
        ana.joins(OTHER);
        clock().advance(PresenceStore.LEAVE_REMEMBERED);

        var news = newsOf(() -> ana.beats(PAGE));

        assertEquals(List.of("Ana"), viewersOf(OTHER));
        assertEquals(List.of(), viewersOf(PAGE));
        assertEquals(Set.of(), news);
    }

    @Test
    default void aLateHeartbeatDoesNotProlongTheLifeOfATabThatWentElsewhere() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.leaves(PAGE);
        ana.lives(Duration.ofSeconds(2)).beats(OTHER);
        clock().advance(Duration.ofSeconds(2));

        ana.beats(PAGE);
        clock().advance(MILLISECOND);

        assertEquals(List.of(), viewersOf(OTHER));
    }

    @Test
    default void aLeaveIsStillRememberedWhenTheTabHasExpiredElsewhere() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.leaves(PAGE);
        ana.lives(Duration.ofSeconds(2)).joins(OTHER);
        clock().advance(PresenceStore.LEAVE_REMEMBERED);
        sweep();

        ana.beats(PAGE);
        assertEquals(List.of(), viewersOf(PAGE));
        clock().advance(MILLISECOND);
        ana.beats(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    default void aHeartbeatMovesTheTabBackOnceTheLeaveIsForgotten() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.leaves(PAGE);
        ana.joins(OTHER);
        clock().advance(PresenceStore.LEAVE_REMEMBERED.plus(MILLISECOND));

        ana.beats(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
        assertEquals(List.of(), viewersOf(OTHER));
    }

    @Test
    default void anUnloadingIsRememberedThoughTheTabWentElsewhereWithinTheGrace() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.unloads(PAGE);
        ana.joins(OTHER);

        ana.beats(PAGE);

        assertEquals(List.of("Ana"), viewersOf(OTHER));
    }

    @Test
    default void aJoinBringsTheTabBackFromWhereItWentSince() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.leaves(PAGE);
        ana.joins(OTHER);

        ana.joins(PAGE);
        ana.beats(PAGE);
        clock().advance(LIFE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    default void aNewerDocumentIsNotBoundByALeaveOfTheOneBefore() {
        var ana = tabOf(ANA);
        ana.document(1).joins(PAGE);
        ana.document(1).leaves(PAGE);
        ana.document(2).joins(OTHER);

        ana.document(2).beats(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    default void aLeaveThatIsRememberedIsNobodysPresence() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);

        ana.leaves(PAGE);

        assertEquals(0, occupancy().tabs());
        assertEquals(Optional.empty(), ana.lastSeen());
    }

    @Test
    default void withoutIncarnationTheLastCallWins() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        ana.leaves(PAGE);

        ana.beats(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    default void withoutIncarnationAHeartbeatEndsTheGrace() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        ana.unloads(PAGE);

        ana.beats(PAGE);
        clock().advance(LIFE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }
}
