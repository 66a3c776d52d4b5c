package dev.copresence.store.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.copresence.LimitExceededException;
import dev.copresence.PresenceSnapshot;
import dev.copresence.TestConfig;
import dev.copresence.Viewer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A tab belongs to a user, is on one page, and lives as long as its last renewal says. */
interface TabsContract extends StoreFixture {

    // I2: a tab's key is its user and its id together

    @Test
    default void theSameTabIdOfTwoUsersIsTwoTabs() {
        var ana = tabOf(ANA);
        var ben = ana.sentBy(BEN);

        ana.joins(PAGE);
        ben.joins(OTHER);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
        assertEquals(List.of("Ben"), viewersOf(OTHER));
    }

    @Test
    default void nobodyEndsATabOfAnotherUser() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        ana.sentBy(BEN).leaves(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    default void nobodyKeepsATabOfAnotherUserAlive() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        clock().advance(LIFE);

        ana.sentBy(BEN).beats(PAGE);
        clock().advance(MILLISECOND);

        assertEquals(List.of("Ben"), viewersOf(PAGE));
    }

    @Test
    default void nobodyEndsAClaimOfAnotherUser() {
        var ana = tabOf(ANA);
        ana.claims(PAGE);

        ana.sentBy(BEN).yields(PAGE);

        assertEquals(ANA.id(), read(PAGE).editor());
    }

    @Test
    default void nobodysIncarnationOutdatesATabOfAnotherUser() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);

        ana.sentBy(BEN).document(2).joins(OTHER);
        ana.leaves(PAGE);

        assertEquals(List.of(), viewersOf(PAGE));
    }

    // I6: a tab is on one page

    @Test
    default void aHeartbeatForAnotherPageMovesTheTabThere() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        ana.beats(OTHER);

        assertEquals(PresenceSnapshot.empty(PAGE), read(PAGE));
        assertEquals(List.of("Ana"), viewersOf(OTHER));
    }

    @Test
    default void aJoinOfAnotherPageMovesTheTabThere() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        ana.joins(OTHER);

        assertEquals(PresenceSnapshot.empty(PAGE), read(PAGE));
        assertEquals(List.of("Ana"), viewersOf(OTHER));
    }

    @Test
    default void aMoveAnnouncesBothPages() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        var news = newsOf(() -> ana.beats(OTHER));

        assertEquals(Set.of(PAGE, OTHER), news);
    }

    @Test
    default void aLateLeaveOfTheOldPageDoesNotTouchTheNewOne() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.joins(OTHER);

        var news = newsOf(() -> ana.leaves(PAGE));

        assertEquals(List.of("Ana"), viewersOf(OTHER));
        assertEquals(Set.of(), news);
    }

    @Test
    default void aLateUnloadingOfTheOldPageDoesNotTouchTheNewOne() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.joins(OTHER);

        ana.unloads(PAGE);
        clock().advance(GRACE.plus(MILLISECOND));

        assertEquals(List.of("Ana"), viewersOf(OTHER));
    }

    @Test
    default void aTabThatMovesWhileItUnloadsStays() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.unloads(PAGE);

        ana.beats(OTHER);
        clock().advance(GRACE.plus(MILLISECOND));

        assertEquals(List.of("Ana"), viewersOf(OTHER));
    }

    @Test
    default void theDocumentThatLeftAPageMayBeatOnAnother() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.leaves(PAGE);

        ana.beats(OTHER);

        assertEquals(List.of("Ana"), viewersOf(OTHER));
    }

    @Test
    default void tabsOfOneUserOnTwoPagesAreCountedOnEach() {
        tabOf(ANA).joins(PAGE);
        tabOf(ANA).joins(PAGE);

        tabOf(ANA).joins(OTHER);

        assertEquals(2, read(PAGE).tabCount());
        assertEquals(1, read(OTHER).tabCount());
    }

    // T1: a tab lives as long as its last renewal says

    @Test
    default void aBeatTellsHowLongTheTabLives() {
        var ana = tabOf(ANA);

        var beat = ana.hidden().joins(PAGE);

        assertEquals(AWAY_LIFE, beat.life());
    }

    @Test
    default void aHiddenTabLivesThroughItsLongerLife() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        ana.hidden().beats(PAGE);
        clock().advance(AWAY_LIFE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    default void aTabThatIsShownAgainLivesTheShorterLife() {
        var ana = tabOf(ANA);
        ana.hidden().joins(PAGE);

        ana.beats(PAGE);
        clock().advance(LIFE.plus(MILLISECOND));

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    default void aHiddenEditorKeepsTheLeaseAsLongAsTheTabLives() {
        var ana = tabOf(ANA);
        ana.claims(PAGE);
        ana.hidden().beats(PAGE);

        clock().advance(AWAY_LIFE);

        assertEquals(ANA.id(), read(PAGE).editor());
    }

    // T2: a read filters what has expired, to the millisecond, swept or not

    @Test
    default void aTabLivesThroughTheLastMillisecondOfItsLife() {
        tabOf(ANA).joins(PAGE);

        clock().advance(LIFE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    default void aSweepInTheLastMillisecondOfALifeLeavesTheTab() {
        tabOf(ANA).joins(PAGE);
        clock().advance(LIFE);

        sweep();

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    default void aTabIsGoneOneMillisecondAfterItsLifeWithoutASweep() {
        tabOf(ANA).joins(PAGE);

        clock().advance(LIFE.plus(MILLISECOND));

        assertEquals(PresenceSnapshot.empty(PAGE), read(PAGE));
    }

    @Test
    default void aHeartbeatInTheLastMillisecondBeginsTheLifeAnew() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        clock().advance(LIFE);

        ana.beats(PAGE);
        clock().advance(LIFE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    default void aBeatDoesNotShowWhoHasExpired() {
        tabOf(ANA).claims(PAGE);
        clock().advance(LIFE.plus(MILLISECOND));

        var beat = tabOf(BEN).joins(PAGE);

        assertEquals(List.of("Ben"), names(beat.snapshot()));
        assertNull(beat.snapshot().editor());
    }

    @Test
    default void onlyTheTabThatExpiredIsGone() {
        var visible = tabOf(ANA);
        var hidden = tabOf(ANA).hidden();
        visible.joins(PAGE);
        hidden.joins(PAGE);

        clock().advance(LIFE.plus(MILLISECOND));

        assertEquals(List.of(new Viewer(ANA, 1, true, 1)), ranked(read(PAGE)).viewers());
    }

    @Test
    default void aTabThatExpiredAndCameBackStandsLast() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        ana.joins(PAGE);
        clock().advance(MILLISECOND);
        ben.joins(PAGE);
        clock().advance(LIFE);

        ana.beats(PAGE);

        assertEquals(List.of("Ben", "Ana"), viewersOf(PAGE));
    }

    @Test
    default void aTimeThatGoesBackRevivesNobody() {
        tabOf(ANA).joins(PAGE);
        clock().advance(LIFE.plus(MILLISECOND));
        sweep();

        clock().advance(MILLISECOND.negated());

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    default void aRenewalWhoseTimeWentBackLivesFromTheNewestTimeSeen() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        clock().advance(Duration.ofSeconds(30));
        read(PAGE);
        clock().advance(Duration.ofSeconds(-20));

        ana.beats(PAGE);
        clock().advance(Duration.ofSeconds(20).plus(LIFE));

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    // T4: expiry is a change

    @Test
    default void aSweepAnnouncesThePageOfAnExpiredTab() {
        tabOf(ANA).joins(PAGE);
        tabOf(BEN).hidden().joins(OTHER);
        clock().advance(LIFE.plus(MILLISECOND));

        var news = newsOf(this::sweep);

        assertEquals(Set.of(PAGE), news);
    }

    @Test
    default void aSweepAnnouncesAPageOfWhichOneTabExpired() {
        tabOf(ANA).joins(PAGE);
        tabOf(ANA).hidden().joins(PAGE);
        clock().advance(LIFE.plus(MILLISECOND));

        var news = newsOf(this::sweep);

        assertEquals(Set.of(PAGE), news);
    }

    @Test
    default void whatIsSweptIsNotAnnouncedAgain() {
        tabOf(ANA).joins(PAGE);
        clock().advance(LIFE.plus(MILLISECOND));
        sweep();

        var news = newsOf(this::sweep);

        assertEquals(Set.of(), news);
    }

    @Test
    default void anExpiryThatAReadHasSeenIsAnnouncedAllTheSame() {
        tabOf(ANA).joins(PAGE);
        clock().advance(LIFE.plus(MILLISECOND));

        var news = newsOf(() -> {
            read(PAGE);
            sweep();
        });

        assertEquals(Set.of(PAGE), news);
    }

    @Test
    default void anExpiryThatARefusalHasSeenIsAnnouncedAllTheSame() {
        startWith(TestConfig.with("copresence.limits.tabs-per-user", 1));
        tabOf(BEN).joins(OTHER);
        clock().advance(MILLISECOND);
        tabOf(ANA).joins(OTHER);
        clock().advance(LIFE);

        var news = newsOf(() -> {
            assertThrows(LimitExceededException.class, () -> tabOf(ANA).joins(PAGE));
            sweep();
        });

        assertEquals(Set.of(OTHER), news);
    }

    @Test
    default void aRefusalAnnouncesWhatItSawExpire() {
        startWith(TestConfig.with("copresence.limits.tabs-per-user", 1));
        tabOf(BEN).joins(PAGE);
        clock().advance(MILLISECOND);
        tabOf(ANA).joins(PAGE);
        clock().advance(LIFE);

        var news = newsOf(() ->
                assertThrows(LimitExceededException.class, () -> tabOf(ANA).joins(PAGE)));

        assertEquals(Set.of(PAGE), news);
    }
}
