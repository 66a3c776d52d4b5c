package dev.copresence.store.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.copresence.Editing;
import dev.copresence.PresenceSnapshot;
import dev.copresence.TestConfig;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tabs go at once or after a grace, and come back with a heartbeat. */
interface LeavesContract extends StoreFixture {

    // L1: a leave takes effect at once, that of a document that goes away after the grace

    @Test
    default void aLeaveTakesEffectAtOnce() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        var news = newsOf(() -> ana.leaves(PAGE));

        assertEquals(PresenceSnapshot.empty(PAGE), read(PAGE));
        assertEquals(Set.of(PAGE), news);
    }

    @Test
    default void aSecondLeaveChangesNothing() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        ana.leaves(PAGE);

        var news = newsOf(() -> ana.leaves(PAGE));

        assertEquals(Set.of(), news);
    }

    @Test
    default void aLeaveOfATabThatNobodyKnowsChangesNothing() {
        tabOf(ANA).joins(PAGE);

        var news = newsOf(() -> tabOf(ANA).leaves(PAGE));

        assertEquals(List.of("Ana"), viewersOf(PAGE));
        assertEquals(Set.of(), news);
    }

    @Test
    default void aLeaveOfAPageWhereTheTabIsNotChangesNothing() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        var news = newsOf(() -> ana.leaves(OTHER));

        assertEquals(List.of("Ana"), viewersOf(PAGE));
        assertEquals(Set.of(), news);
    }

    @Test
    default void anUnloadingTabStaysThroughTheGrace() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        var news = newsOf(() -> ana.unloads(PAGE));
        clock().advance(GRACE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
        assertEquals(Set.of(), news);
    }

    @Test
    default void anUnloadingTabIsGoneOneMillisecondAfterTheGrace() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        ana.unloads(PAGE);
        clock().advance(GRACE.plus(MILLISECOND));

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    default void theEndOfTheGraceIsAnnounced() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        ana.unloads(PAGE);
        clock().advance(GRACE.plus(MILLISECOND));

        var news = newsOf(this::sweep);

        assertEquals(Set.of(PAGE), news);
    }

    @Test
    default void nobodySeesAReload() {
        var ana = tabOf(ANA);
        ana.document(1).joins(PAGE);
        tabOf(BEN).hidden().joins(PAGE);
        var before = read(PAGE);

        var news = newsOf(() -> {
            ana.document(1).unloads(PAGE);
            clock().advance(GRACE);
            ana.document(2).joins(PAGE);
            clock().advance(LIFE);
            sweep();
        });

        assertEquals(Set.of(), news);
        assertEquals(before, read(PAGE));
    }

    @Test
    default void anEditorKeepsTheLeaseThroughAReload() {
        var ana = tabOf(ANA);
        var granted = ana.document(1).claims(PAGE).editing();
        tabOf(BEN).claims(PAGE);
        ana.document(1).unloads(PAGE);
        clock().advance(GRACE);

        var beat = ana.document(2).joins(PAGE);

        assertEquals(granted, beat.editing());
    }

    @Test
    default void aTabWithoutIncarnationThatJoinsWithinTheGraceStays() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        ana.unloads(PAGE);

        ana.joins(PAGE);
        clock().advance(LIFE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    default void aLeaveWithinTheGraceTakesEffectAtOnce() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        ana.unloads(PAGE);

        ana.leaves(PAGE);

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    default void aSecondUnloadingDoesNotProlongTheGrace() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        ana.unloads(PAGE);
        clock().advance(GRACE);

        ana.unloads(PAGE);
        clock().advance(MILLISECOND);

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    default void theLastBeatOfAnUnloadingTabDoesNotOutliveTheGrace() {
        var ana = tabOf(ANA);
        ana.hidden().joins(PAGE);

        ana.unloads(PAGE);
        clock().advance(LIFE);

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    default void aGraceDoesNotProlongALifeThatEndsBeforeIt() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        clock().advance(LIFE.minus(MILLISECOND));

        ana.unloads(PAGE);
        clock().advance(MILLISECOND);
        assertEquals(List.of("Ana"), viewersOf(PAGE));
        clock().advance(MILLISECOND);

        assertEquals(List.of(), viewersOf(PAGE));
    }

    // L3: a heartbeat rebuilds presence

    @Test
    default void aHeartbeatWithoutJoinBringsTheTab() {
        var ana = tabOf(ANA);

        var news = newsOf(() -> ana.beats(PAGE));

        assertEquals(List.of("Ana"), viewersOf(PAGE));
        assertEquals(Set.of(PAGE), news);
    }

    @Test
    default void aHeartbeatAfterItsExpiryBringsTheTabBackWithItsClaim() {
        var ana = tabOf(ANA).document(1);
        ana.claims(PAGE);
        clock().advance(LIFE.plus(MILLISECOND));

        var beat = ana.claims(PAGE);

        assertEquals(List.of("Ana"), names(beat.snapshot()));
        assertInstanceOf(Editing.Granted.class, beat.editing());
    }

    @Test
    default void aHeartbeatAfterARestartBringsTheTabBackWithItsClaim() {
        var ana = tabOf(ANA).document(1);
        ana.claims(PAGE);
        startWith(TestConfig.defaults());

        var beat = ana.claims(PAGE);

        assertEquals(List.of("Ana"), names(beat.snapshot()));
        assertInstanceOf(Editing.Granted.class, beat.editing());
    }
}
