package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store of presence promises; the letters and numbers name the rules of docs/rules.md. */
public abstract class PresenceStoreContract {

    protected static final PagePath PAGE = new PagePath("/docs/a");
    protected static final PagePath OTHER = new PagePath("/docs/b");
    protected static final User ANA = new User(new UserId("u-ana"), "Ana", "https://pictures.example/ana.png");
    protected static final User BEN = new User(new UserId("u-ben"), "Ben", null);
    protected static final User CAI = new User(new UserId("u-cai"), "Cai", null);
    protected static final Duration LIFE = Duration.ofSeconds(45);
    protected static final Duration AWAY_LIFE = Duration.ofSeconds(150);
    protected static final Duration GRACE = Duration.ofSeconds(3);
    protected static final Duration ANSWER = Duration.ofSeconds(60);
    protected static final Duration KEEP = Duration.ofMinutes(2);
    protected static final Section INTRO = new Section("intro");
    protected static final Section NOTES = new Section("notes");
    private static final int MANY_STEPS = 2500;
    private static final Duration MILLISECOND = Duration.ofMillis(1);

    protected final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
    protected PresenceStore store;
    private final Set<PagePath> heard = ConcurrentHashMap.newKeySet();
    private long tabs;

    /** When the newest credential was, in seconds. */
    private long issued = 1;

    /** A store in which nobody is, as a new process would open it. */
    protected abstract PresenceStore emptyStore(PresenceConfig config);

    /** Returns once all that the store has announced was heard; a store that tells it before it answers needs no more. */
    protected void settle() {}

    /** How many steps each random walk takes. */
    protected int steps() {
        return MANY_STEPS;
    }

    @BeforeEach
    void start() {
        startWith(TestConfig.defaults());
    }

    // I2: a tab's key is its user and its id together

    @Test
    void theSameTabIdOfTwoUsersIsTwoTabs() {
        var ana = tabOf(ANA);
        var ben = ana.sentBy(BEN);

        ana.joins(PAGE);
        ben.joins(OTHER);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
        assertEquals(List.of("Ben"), viewersOf(OTHER));
    }

    @Test
    void nobodyEndsATabOfAnotherUser() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        ana.sentBy(BEN).leaves(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    void nobodyKeepsATabOfAnotherUserAlive() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        clock.advance(LIFE);

        ana.sentBy(BEN).beats(PAGE);
        clock.advance(MILLISECOND);

        assertEquals(List.of("Ben"), viewersOf(PAGE));
    }

    @Test
    void nobodyEndsAClaimOfAnotherUser() {
        var ana = tabOf(ANA);
        ana.claims(PAGE);

        ana.sentBy(BEN).yields(PAGE);

        assertEquals(ANA.id(), read(PAGE).editor());
    }

    @Test
    void nobodysIncarnationOutdatesATabOfAnotherUser() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);

        ana.sentBy(BEN).document(2).joins(OTHER);
        ana.leaves(PAGE);

        assertEquals(List.of(), viewersOf(PAGE));
    }

    // I6: a tab is on one page

    @Test
    void aHeartbeatForAnotherPageMovesTheTabThere() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        ana.beats(OTHER);

        assertEquals(PresenceSnapshot.empty(PAGE), read(PAGE));
        assertEquals(List.of("Ana"), viewersOf(OTHER));
    }

    @Test
    void aJoinOfAnotherPageMovesTheTabThere() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        ana.joins(OTHER);

        assertEquals(PresenceSnapshot.empty(PAGE), read(PAGE));
        assertEquals(List.of("Ana"), viewersOf(OTHER));
    }

    @Test
    void aMoveAnnouncesBothPages() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        var news = newsOf(() -> ana.beats(OTHER));

        assertEquals(Set.of(PAGE, OTHER), news);
    }

    @Test
    void aLateLeaveOfTheOldPageDoesNotTouchTheNewOne() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.joins(OTHER);

        var news = newsOf(() -> ana.leaves(PAGE));

        assertEquals(List.of("Ana"), viewersOf(OTHER));
        assertEquals(Set.of(), news);
    }

    @Test
    void aLateUnloadingOfTheOldPageDoesNotTouchTheNewOne() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.joins(OTHER);

        ana.unloads(PAGE);
        clock.advance(GRACE.plus(MILLISECOND));

        assertEquals(List.of("Ana"), viewersOf(OTHER));
    }

    @Test
    void aTabThatMovesWhileItUnloadsStays() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.unloads(PAGE);

        ana.beats(OTHER);
        clock.advance(GRACE.plus(MILLISECOND));

        assertEquals(List.of("Ana"), viewersOf(OTHER));
    }

    @Test
    void theDocumentThatLeftAPageMayBeatOnAnother() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.leaves(PAGE);

        ana.beats(OTHER);

        assertEquals(List.of("Ana"), viewersOf(OTHER));
    }

    @Test
    void tabsOfOneUserOnTwoPagesAreCountedOnEach() {
        tabOf(ANA).joins(PAGE);
        tabOf(ANA).joins(PAGE);

        tabOf(ANA).joins(OTHER);

        assertEquals(2, read(PAGE).tabCount());
        assertEquals(1, read(OTHER).tabCount());
    }

    // T1: a tab lives as long as its last renewal says

    @Test
    void aBeatTellsHowLongTheTabLives() {
        var ana = tabOf(ANA);

        var beat = ana.hidden().joins(PAGE);

        assertEquals(AWAY_LIFE, beat.life());
    }

    @Test
    void aHiddenTabLivesThroughItsLongerLife() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        ana.hidden().beats(PAGE);
        clock.advance(AWAY_LIFE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    void aTabThatIsShownAgainLivesTheShorterLife() {
        var ana = tabOf(ANA);
        ana.hidden().joins(PAGE);

        ana.beats(PAGE);
        clock.advance(LIFE.plus(MILLISECOND));

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    void aHiddenEditorKeepsTheLeaseAsLongAsTheTabLives() {
        var ana = tabOf(ANA);
        ana.claims(PAGE);
        ana.hidden().beats(PAGE);

        clock.advance(AWAY_LIFE);

        assertEquals(ANA.id(), read(PAGE).editor());
    }

    // T2: a read filters what has expired, to the millisecond, swept or not

    @Test
    void aTabLivesThroughTheLastMillisecondOfItsLife() {
        tabOf(ANA).joins(PAGE);

        clock.advance(LIFE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    void aSweepInTheLastMillisecondOfALifeLeavesTheTab() {
        tabOf(ANA).joins(PAGE);
        clock.advance(LIFE);

        sweep();

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    void aTabIsGoneOneMillisecondAfterItsLifeWithoutASweep() {
        tabOf(ANA).joins(PAGE);

        clock.advance(LIFE.plus(MILLISECOND));

        assertEquals(PresenceSnapshot.empty(PAGE), read(PAGE));
    }

    @Test
    void aHeartbeatInTheLastMillisecondBeginsTheLifeAnew() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        clock.advance(LIFE);

        ana.beats(PAGE);
        clock.advance(LIFE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    void aBeatDoesNotShowWhoHasExpired() {
        tabOf(ANA).claims(PAGE);
        clock.advance(LIFE.plus(MILLISECOND));

        var beat = tabOf(BEN).joins(PAGE);

        assertEquals(List.of("Ben"), names(beat.snapshot()));
        assertNull(beat.snapshot().editor());
    }

    @Test
    void onlyTheTabThatExpiredIsGone() {
        var visible = tabOf(ANA);
        var hidden = tabOf(ANA).hidden();
        visible.joins(PAGE);
        hidden.joins(PAGE);

        clock.advance(LIFE.plus(MILLISECOND));

        assertEquals(List.of(new Viewer(ANA, 1, true)), read(PAGE).viewers());
    }

    @Test
    void aTabThatExpiredAndCameBackStandsLast() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        ana.joins(PAGE);
        clock.advance(MILLISECOND);
        ben.joins(PAGE);
        clock.advance(LIFE);

        ana.beats(PAGE);

        assertEquals(List.of("Ben", "Ana"), viewersOf(PAGE));
    }

    @Test
    void aTimeThatGoesBackRevivesNobody() {
        tabOf(ANA).joins(PAGE);
        clock.advance(LIFE.plus(MILLISECOND));
        sweep();

        clock.advance(MILLISECOND.negated());

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    void aRenewalWhoseTimeWentBackLivesFromTheNewestTimeSeen() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        clock.advance(Duration.ofSeconds(30));
        read(PAGE);
        clock.advance(Duration.ofSeconds(-20));

        ana.beats(PAGE);
        clock.advance(Duration.ofSeconds(20).plus(LIFE));

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    // T4: expiry is a change

    @Test
    void aSweepAnnouncesThePageOfAnExpiredTab() {
        tabOf(ANA).joins(PAGE);
        tabOf(BEN).hidden().joins(OTHER);
        clock.advance(LIFE.plus(MILLISECOND));

        var news = newsOf(this::sweep);

        assertEquals(Set.of(PAGE), news);
    }

    @Test
    void aSweepAnnouncesAPageOfWhichOneTabExpired() {
        tabOf(ANA).joins(PAGE);
        tabOf(ANA).hidden().joins(PAGE);
        clock.advance(LIFE.plus(MILLISECOND));

        var news = newsOf(this::sweep);

        assertEquals(Set.of(PAGE), news);
    }

    @Test
    void whatIsSweptIsNotAnnouncedAgain() {
        tabOf(ANA).joins(PAGE);
        clock.advance(LIFE.plus(MILLISECOND));
        sweep();

        var news = newsOf(this::sweep);

        assertEquals(Set.of(), news);
    }

    @Test
    void anExpiryThatAReadHasSeenIsAnnouncedAllTheSame() {
        tabOf(ANA).joins(PAGE);
        clock.advance(LIFE.plus(MILLISECOND));

        var news = newsOf(() -> {
            read(PAGE);
            sweep();
        });

        assertEquals(Set.of(PAGE), news);
    }

    @Test
    void anExpiryThatARefusalHasSeenIsAnnouncedAllTheSame() {
        startWith(TestConfig.defaults().withTabsPerUser(1));
        tabOf(BEN).joins(OTHER);
        clock.advance(MILLISECOND);
        tabOf(ANA).joins(OTHER);
        clock.advance(LIFE);

        var news = newsOf(() -> {
            assertThrows(LimitExceededException.class, () -> tabOf(ANA).joins(PAGE));
            sweep();
        });

        assertEquals(Set.of(OTHER), news);
    }

    @Test
    void aRefusalAnnouncesWhatItSawExpire() {
        startWith(TestConfig.defaults().withTabsPerUser(1));
        tabOf(BEN).joins(PAGE);
        clock.advance(MILLISECOND);
        tabOf(ANA).joins(PAGE);
        clock.advance(LIFE);

        var news = newsOf(() ->
                assertThrows(LimitExceededException.class, () -> tabOf(ANA).joins(PAGE)));

        assertEquals(Set.of(PAGE), news);
    }

    // L1: a leave takes effect at once, that of a document that goes away after the grace

    @Test
    void aLeaveTakesEffectAtOnce() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        var news = newsOf(() -> ana.leaves(PAGE));

        assertEquals(PresenceSnapshot.empty(PAGE), read(PAGE));
        assertEquals(Set.of(PAGE), news);
    }

    @Test
    void aSecondLeaveChangesNothing() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        ana.leaves(PAGE);

        var news = newsOf(() -> ana.leaves(PAGE));

        assertEquals(Set.of(), news);
    }

    @Test
    void aLeaveOfATabThatNobodyKnowsChangesNothing() {
        tabOf(ANA).joins(PAGE);

        var news = newsOf(() -> tabOf(ANA).leaves(PAGE));

        assertEquals(List.of("Ana"), viewersOf(PAGE));
        assertEquals(Set.of(), news);
    }

    @Test
    void aLeaveOfAPageWhereTheTabIsNotChangesNothing() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        var news = newsOf(() -> ana.leaves(OTHER));

        assertEquals(List.of("Ana"), viewersOf(PAGE));
        assertEquals(Set.of(), news);
    }

    @Test
    void anUnloadingTabStaysThroughTheGrace() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        var news = newsOf(() -> ana.unloads(PAGE));
        clock.advance(GRACE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
        assertEquals(Set.of(), news);
    }

    @Test
    void anUnloadingTabIsGoneOneMillisecondAfterTheGrace() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        ana.unloads(PAGE);
        clock.advance(GRACE.plus(MILLISECOND));

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    void theEndOfTheGraceIsAnnounced() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        ana.unloads(PAGE);
        clock.advance(GRACE.plus(MILLISECOND));

        var news = newsOf(this::sweep);

        assertEquals(Set.of(PAGE), news);
    }

    @Test
    void nobodySeesAReload() {
        var ana = tabOf(ANA);
        ana.document(1).joins(PAGE);
        tabOf(BEN).hidden().joins(PAGE);
        var before = read(PAGE);

        var news = newsOf(() -> {
            ana.document(1).unloads(PAGE);
            clock.advance(GRACE);
            ana.document(2).joins(PAGE);
            clock.advance(LIFE);
            sweep();
        });

        assertEquals(Set.of(), news);
        assertEquals(before, read(PAGE));
    }

    @Test
    void anEditorKeepsTheLeaseThroughAReload() {
        var ana = tabOf(ANA);
        var granted = ana.document(1).claims(PAGE).editing();
        tabOf(BEN).claims(PAGE);
        ana.document(1).unloads(PAGE);
        clock.advance(GRACE);

        var beat = ana.document(2).joins(PAGE);

        assertEquals(granted, beat.editing());
    }

    @Test
    void aTabWithoutIncarnationThatJoinsWithinTheGraceStays() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        ana.unloads(PAGE);

        ana.joins(PAGE);
        clock.advance(LIFE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    void aLeaveWithinTheGraceTakesEffectAtOnce() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        ana.unloads(PAGE);

        ana.leaves(PAGE);

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    void aSecondUnloadingDoesNotProlongTheGrace() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        ana.unloads(PAGE);
        clock.advance(GRACE);

        ana.unloads(PAGE);
        clock.advance(MILLISECOND);

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    void theLastBeatOfAnUnloadingTabDoesNotOutliveTheGrace() {
        var ana = tabOf(ANA);
        ana.hidden().joins(PAGE);

        ana.unloads(PAGE);
        clock.advance(LIFE);

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    void aGraceDoesNotProlongALifeThatEndsBeforeIt() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        clock.advance(LIFE.minus(MILLISECOND));

        ana.unloads(PAGE);
        clock.advance(MILLISECOND);
        assertEquals(List.of("Ana"), viewersOf(PAGE));
        clock.advance(MILLISECOND);

        assertEquals(List.of(), viewersOf(PAGE));
    }

    // L2: the incarnation orders late messages

    @Test
    void callsOfAnOlderDocumentChangeNothing() {
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
    void aHeartbeatOfAnOlderDocumentDoesNotProlongTheLife() {
        var ana = tabOf(ANA);
        ana.document(2).joins(PAGE);
        clock.advance(LIFE);

        ana.document(1).beats(PAGE);
        clock.advance(MILLISECOND);

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    void aCallOfAnOlderDocumentIsAnsweredWithThePage() {
        var ana = tabOf(ANA);
        ana.document(2).joins(PAGE);

        var beat = ana.document(1).beats(PAGE);

        assertEquals(read(PAGE), beat.snapshot());
    }

    @Test
    void anyCallMayBringANewerDocument() {
        var ana = tabOf(ANA);
        ana.document(1).joins(PAGE);

        ana.document(2).beats(PAGE);
        ana.document(1).leaves(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    void aNewerDocumentMayLeaveThoughItsJoinWasLost() {
        var ana = tabOf(ANA);
        ana.document(1).joins(PAGE);

        ana.document(2).leaves(PAGE);
        ana.document(1).beats(PAGE);

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    void anOlderDocumentStaysOutdatedWhileTheLeaveOfTheNewerIsRemembered() {
        var ana = tabOf(ANA);
        ana.document(2).joins(PAGE);
        ana.document(2).leaves(PAGE);
        clock.advance(PresenceStore.LEAVE_REMEMBERED);

        ana.document(1).joins(OTHER);

        assertEquals(List.of(), viewersOf(OTHER));
    }

    @Test
    void aLateHeartbeatDoesNotUndoALeave() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.leaves(PAGE);
        clock.advance(PresenceStore.LEAVE_REMEMBERED);

        var news = newsOf(() -> ana.beats(PAGE));

        assertEquals(List.of(), viewersOf(PAGE));
        assertEquals(Set.of(), news);
    }

    @Test
    void aHeartbeatBringsTheTabBackOnceTheLeaveIsForgotten() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.leaves(PAGE);
        clock.advance(PresenceStore.LEAVE_REMEMBERED.plus(MILLISECOND));

        ana.beats(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    void aLateHeartbeatDoesNotEndTheGrace() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.unloads(PAGE);

        ana.beats(PAGE);
        clock.advance(GRACE.plus(MILLISECOND));

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    void aLateHeartbeatDoesNotUndoAnUnloading() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.unloads(PAGE);
        clock.advance(PresenceStore.LEAVE_REMEMBERED);

        ana.beats(PAGE);

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    void anUnloadingIsRememberedFromItsCallOnWheneverItIsSwept() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.unloads(PAGE);
        clock.advance(GRACE.plusSeconds(2));
        sweep();
        clock.advance(
                PresenceStore.LEAVE_REMEMBERED.minus(GRACE).minusSeconds(2).plus(MILLISECOND));

        ana.beats(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    void anUnloadingIsRememberedFromItsCallOnThoughNobodySweeps() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.unloads(PAGE);
        clock.advance(PresenceStore.LEAVE_REMEMBERED.plus(MILLISECOND));

        ana.beats(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    void aJoinUndoesALeaveOfTheSameDocument() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.leaves(PAGE);

        ana.joins(PAGE);
        ana.beats(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    void aHeartbeatOfANewerDocumentUndoesALeave() {
        var ana = tabOf(ANA);
        ana.document(1).joins(PAGE);
        ana.document(1).leaves(PAGE);

        ana.document(2).beats(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    void aLeaveThatOvertakesTheFirstHeartbeatStandsAgainstIt() {
        var ana = tabOf(ANA).document(1);
        ana.leaves(PAGE);

        var news = newsOf(() -> ana.beats(PAGE));

        assertEquals(List.of(), viewersOf(PAGE));
        assertEquals(Set.of(), news);
    }

    @Test
    void aLeaveThatOvertakesTheFirstHeartbeatOfAReloadStandsAgainstIt() {
        var ana = tabOf(ANA);
        ana.document(1).joins(PAGE);
        ana.document(1).leaves(PAGE);
        ana.document(2).leaves(PAGE);

        ana.document(2).beats(PAGE);

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    void aRepeatedLeaveIsRememberedFromTheLastOn() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.leaves(PAGE);
        clock.advance(MILLISECOND);
        ana.leaves(PAGE);
        clock.advance(PresenceStore.LEAVE_REMEMBERED);

        ana.beats(PAGE);

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    void aLateHeartbeatDoesNotBringTheTabBackFromWhereItWentSince() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.leaves(PAGE);
        ana.joins(OTHER);
        clock.advance(PresenceStore.LEAVE_REMEMBERED);

        var news = newsOf(() -> ana.beats(PAGE));

        assertEquals(List.of("Ana"), viewersOf(OTHER));
        assertEquals(List.of(), viewersOf(PAGE));
        assertEquals(Set.of(), news);
    }

    @Test
    void aLateHeartbeatDoesNotProlongTheLifeOfATabThatWentElsewhere() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.leaves(PAGE);
        ana.lives(Duration.ofSeconds(2)).beats(OTHER);
        clock.advance(Duration.ofSeconds(2));

        ana.beats(PAGE);
        clock.advance(MILLISECOND);

        assertEquals(List.of(), viewersOf(OTHER));
    }

    @Test
    void aLeaveIsStillRememberedWhenTheTabHasExpiredElsewhere() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.leaves(PAGE);
        ana.lives(Duration.ofSeconds(2)).joins(OTHER);
        clock.advance(PresenceStore.LEAVE_REMEMBERED);
        sweep();

        ana.beats(PAGE);
        assertEquals(List.of(), viewersOf(PAGE));
        clock.advance(MILLISECOND);
        ana.beats(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    void aHeartbeatMovesTheTabBackOnceTheLeaveIsForgotten() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.leaves(PAGE);
        ana.joins(OTHER);
        clock.advance(PresenceStore.LEAVE_REMEMBERED.plus(MILLISECOND));

        ana.beats(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
        assertEquals(List.of(), viewersOf(OTHER));
    }

    @Test
    void anUnloadingIsRememberedThoughTheTabWentElsewhereWithinTheGrace() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.unloads(PAGE);
        ana.joins(OTHER);

        ana.beats(PAGE);

        assertEquals(List.of("Ana"), viewersOf(OTHER));
    }

    @Test
    void aJoinBringsTheTabBackFromWhereItWentSince() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.leaves(PAGE);
        ana.joins(OTHER);

        ana.joins(PAGE);
        ana.beats(PAGE);
        clock.advance(LIFE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    void aNewerDocumentIsNotBoundByALeaveOfTheOneBefore() {
        var ana = tabOf(ANA);
        ana.document(1).joins(PAGE);
        ana.document(1).leaves(PAGE);
        ana.document(2).joins(OTHER);

        ana.document(2).beats(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    void aLeaveThatIsRememberedIsNobodysPresence() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);

        ana.leaves(PAGE);

        assertEquals(0, occupancy().tabs());
        assertEquals(Optional.empty(), ana.lastSeen());
    }

    @Test
    void withoutIncarnationTheLastCallWins() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        ana.leaves(PAGE);

        ana.beats(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    void withoutIncarnationAHeartbeatEndsTheGrace() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        ana.unloads(PAGE);

        ana.beats(PAGE);
        clock.advance(LIFE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    // L3: a heartbeat rebuilds presence

    @Test
    void aHeartbeatWithoutJoinBringsTheTab() {
        var ana = tabOf(ANA);

        var news = newsOf(() -> ana.beats(PAGE));

        assertEquals(List.of("Ana"), viewersOf(PAGE));
        assertEquals(Set.of(PAGE), news);
    }

    @Test
    void aHeartbeatAfterItsExpiryBringsTheTabBackWithItsClaim() {
        var ana = tabOf(ANA).document(1);
        ana.claims(PAGE);
        clock.advance(LIFE.plus(MILLISECOND));

        var beat = ana.claims(PAGE);

        assertEquals(List.of("Ana"), names(beat.snapshot()));
        assertInstanceOf(Editing.Granted.class, beat.editing());
    }

    @Test
    void aHeartbeatAfterARestartBringsTheTabBackWithItsClaim() {
        var ana = tabOf(ANA).document(1);
        ana.claims(PAGE);
        startWith(TestConfig.defaults());

        var beat = ana.claims(PAGE);

        assertEquals(List.of("Ana"), names(beat.snapshot()));
        assertInstanceOf(Editing.Granted.class, beat.editing());
    }

    // E1: the oldest live claim of the page holds the lease

    @Test
    void theFirstClaimHoldsTheLease() {
        tabOf(BEN).joins(PAGE);

        tabOf(ANA).claims(PAGE);

        assertEquals(ANA.id(), read(PAGE).editor());
    }

    @Test
    void aJoinMayMakeAClaim() {
        tabOf(ANA).joinsEditing(PAGE);

        assertEquals(ANA.id(), read(PAGE).editor());
    }

    @Test
    void joinsViewersAndLaterClaimsDoNotMoveTheLease() {
        var ana = tabOf(ANA);
        var granted = ana.claims(PAGE).editing();

        tabOf(BEN).joinsEditing(PAGE);
        tabOf(CAI).joins(PAGE);
        tabOf(CAI).claims(PAGE);

        assertEquals(granted, ana.beats(PAGE).editing());
        assertEquals(ANA.id(), read(PAGE).editor());
    }

    @Test
    void aClaimThatIsRepeatedKeepsItsPlace() {
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
    void aClaimThatWasGivenUpStandsLastWhenItIsMadeAgain() {
        var ana = tabOf(ANA);
        ana.claims(PAGE);
        tabOf(BEN).claims(PAGE);

        ana.yields(PAGE);
        ana.claims(PAGE);

        assertEquals(new Editing.Waiting(BEN.id(), 1), ana.beats(PAGE).editing());
    }

    @Test
    void neitherAHeartbeatNorAJoinThatIsSilentOnEditingEndsAClaim() {
        var ana = tabOf(ANA);
        var granted = ana.claims(PAGE).editing();

        ana.beats(PAGE);
        var beat = ana.joins(PAGE);

        assertEquals(granted, beat.editing());
    }

    @Test
    void eachPageHasALeaseOfItsOwn() {
        tabOf(ANA).claims(PAGE);

        tabOf(BEN).claims(OTHER);

        assertEquals(ANA.id(), read(PAGE).editor());
        assertEquals(BEN.id(), read(OTHER).editor());
    }

    // E2: the holder is told its fence, the others who holds and where they stand

    @Test
    void aTabWithoutAClaimIsToldNothingOfEditing() {
        tabOf(ANA).claims(PAGE);

        var beat = tabOf(BEN).joins(PAGE);

        assertNull(beat.editing());
    }

    @Test
    void waitingClaimsAreToldTheEditorAndTheirPosition() {
        tabOf(ANA).claims(PAGE);

        var second = tabOf(BEN).claims(PAGE);
        var third = tabOf(CAI).claims(PAGE);

        assertEquals(new Editing.Waiting(ANA.id(), 1), second.editing());
        assertEquals(new Editing.Waiting(ANA.id(), 2), third.editing());
    }

    @Test
    void theHolderKeepsItsFence() {
        var ana = tabOf(ANA);
        var fence = fenceOf(ana.claims(PAGE));
        tabOf(BEN).claims(PAGE);
        clock.advance(LIFE);

        var later = fenceOf(ana.claims(PAGE));

        assertEquals(fence, later);
    }

    @Test
    void theFenceRisesWithEachHolder() {
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
    void theFenceRisesThoughNobodyWasOnThePageMeanwhile() {
        var ana = tabOf(ANA);
        var first = fenceOf(ana.claims(PAGE));
        ana.leaves(PAGE);

        var second = fenceOf(ana.claims(PAGE));

        assertTrue(first < second, first + " < " + second);
    }

    @Test
    void theFenceRisesAcrossARestart() {
        var first = 0L;
        for (var holder = 0; holder < 100; holder++) {
            var ana = tabOf(ANA);
            first = fenceOf(ana.claims(PAGE));
            ana.leaves(PAGE);
        }
        clock.advance(MILLISECOND);
        startWith(TestConfig.defaults());

        var second = fenceOf(tabOf(BEN).claims(PAGE));

        assertTrue(first < second, first + " < " + second);
    }

    // E3: a claim ends with isEditing:false, leave, or its tab's life

    @Test
    void aClaimEndsWhenItIsGivenUp() {
        var ana = tabOf(ANA);
        ana.claims(PAGE);

        var beat = ana.yields(PAGE);

        assertNull(beat.editing());
        assertNull(read(PAGE).editor());
    }

    @Test
    void theNextClaimIsPromotedWhenTheHolderGivesUp() {
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
    void theNextClaimIsPromotedWhenTheHolderLeaves() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        ana.claims(PAGE);
        ben.claims(PAGE);

        ana.leaves(PAGE);

        assertInstanceOf(Editing.Granted.class, ben.beats(PAGE).editing());
        assertEquals(BEN.id(), read(PAGE).editor());
    }

    @Test
    void theNextClaimIsPromotedWhenTheHolderExpires() {
        tabOf(ANA).claims(PAGE);
        clock.advance(MILLISECOND);
        var ben = tabOf(BEN);
        ben.claims(PAGE);
        clock.advance(LIFE);

        var beat = ben.beats(PAGE);

        assertInstanceOf(Editing.Granted.class, beat.editing());
        assertEquals(BEN.id(), beat.snapshot().editor());
    }

    @Test
    void theNextClaimIsPromotedWhenTheHolderMovesToAnotherPage() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        ana.claims(PAGE);
        ben.claims(PAGE);

        var beat = ana.beats(OTHER);

        assertNull(beat.editing());
        assertInstanceOf(Editing.Granted.class, ben.beats(PAGE).editing());
    }

    @Test
    void aClaimWaitsThroughTheGraceOfAnUnloadingHolder() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        ana.claims(PAGE);
        ben.claims(PAGE);
        ana.unloads(PAGE);
        clock.advance(GRACE);

        var beat = ben.beats(PAGE);

        assertEquals(new Editing.Waiting(ANA.id(), 1), beat.editing());
    }

    @Test
    void aWaitingClaimThatExpiredIsPassedOver() {
        var ana = tabOf(ANA);
        var cai = tabOf(CAI);
        ana.claims(PAGE);
        tabOf(BEN).claims(PAGE);
        clock.advance(MILLISECOND);
        ana.beats(PAGE);
        cai.claims(PAGE);
        clock.advance(LIFE);
        assertEquals(new Editing.Waiting(ANA.id(), 1), cai.beats(PAGE).editing());

        ana.leaves(PAGE);

        assertInstanceOf(Editing.Granted.class, cai.beats(PAGE).editing());
    }

    @Test
    void aClaimDoesNotComeBackWithItsTab() {
        var ana = tabOf(ANA);
        ana.claims(PAGE);
        ana.leaves(PAGE);

        var beat = ana.joins(PAGE);

        assertNull(beat.editing());
        assertNull(beat.snapshot().editor());
    }

    @Test
    void aSecondTabOfTheSameUserIsAClaimOfItsOwn() {
        var first = tabOf(ANA);
        var second = tabOf(ANA);
        var fence = fenceOf(first.claims(PAGE));
        assertEquals(new Editing.Waiting(ANA.id(), 1), second.claims(PAGE).editing());

        first.yields(PAGE);

        assertTrue(fence < fenceOf(second.beats(PAGE)));
        assertEquals(ANA.id(), read(PAGE).editor());
    }

    // S2: what leaves the snapshot equal is silent, what changes it announces the page

    @Test
    void aHeartbeatThatOnlyMovesADeadlineIsSilent() {
        var ana = tabOf(ANA);
        ana.claims(PAGE);
        clock.advance(LIFE);

        var news = newsOf(() -> {
            ana.beats(PAGE);
            ana.claims(PAGE);
            ana.joins(PAGE);
        });

        assertEquals(Set.of(), news);
    }

    @Test
    void questionsAreSilent() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        var news = newsOf(() -> {
            read(PAGE);
            read(OTHER);
            ana.lastSeen();
            occupancy();
            sweep();
        });

        assertEquals(Set.of(), news);
    }

    @Test
    void aClaimThatWaitsAndIsGivenUpIsSilent() {
        var ben = tabOf(BEN);
        tabOf(ANA).claims(PAGE);
        ben.joins(PAGE);

        var news = newsOf(() -> {
            ben.claims(PAGE);
            ben.yields(PAGE);
        });

        assertEquals(Set.of(), news);
    }

    @Test
    void aLeaseThatPassesBetweenTabsOfOneUserIsSilent() {
        var first = tabOf(ANA);
        var second = tabOf(ANA);
        first.claims(PAGE);
        second.claims(PAGE);

        var news = newsOf(() -> first.yields(PAGE));

        assertEquals(Set.of(), news);
    }

    @Test
    void hidingOneOfTwoVisibleTabsIsSilent() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        tabOf(ANA).joins(PAGE);

        var news = newsOf(() -> ana.hidden().beats(PAGE));

        assertEquals(Set.of(), news);
    }

    @Test
    void aChangeAnnouncesItsPageAlone() {
        var ana = tabOf(ANA);
        tabOf(BEN).joins(OTHER);

        assertAll(
                () -> assertEquals(Set.of(PAGE), newsOf(() -> ana.joins(PAGE)), "a viewer"),
                () -> assertEquals(Set.of(PAGE), newsOf(() -> tabOf(ANA).joins(PAGE)), "a second tab"),
                () -> assertEquals(Set.of(PAGE), newsOf(() -> ana.claims(PAGE)), "an editor"),
                () -> assertEquals(Set.of(PAGE), newsOf(() -> ana.yields(PAGE)), "no editor"),
                () -> assertEquals(Set.of(PAGE), newsOf(() -> ana.leaves(PAGE)), "a tab less"));
    }

    @Test
    void aListenerThatReadsThePageSeesTheChange() {
        var seen = ConcurrentHashMap.<PresenceSnapshot>newKeySet();
        store.onChange(page -> store.read(page, clock.instant()).subscribe().with(seen::add));

        var beat = tabOf(ANA).joins(PAGE);
        settle();

        assertEquals(Set.of(beat.snapshot()), seen);
    }

    @Test
    void everyListenerIsTold() {
        Set<PagePath> second = ConcurrentHashMap.newKeySet();
        store.onChange(second::add);

        var news = newsOf(() -> tabOf(ANA).joins(PAGE));

        assertEquals(Set.of(PAGE), news);
        assertEquals(Set.of(PAGE), second);
    }

    // F3: limits refuse what is new and change nothing

    @Test
    void aTabBeyondTheLimitPerUserIsRefused() {
        startWith(TestConfig.defaults().withTabsPerUser(2));
        tabOf(ANA).joins(PAGE);
        tabOf(ANA).joins(OTHER);

        var refusal =
                assertThrows(LimitExceededException.class, () -> tabOf(ANA).joins(PAGE));

        assertEquals(Limit.TABS_PER_USER, refusal.limit());
    }

    @Test
    void theLimitPerUserIsEachUsersOwn() {
        startWith(TestConfig.defaults().withTabsPerUser(1));
        tabOf(ANA).joins(PAGE);

        tabOf(BEN).joins(PAGE);

        assertEquals(List.of("Ana", "Ben"), viewersOf(PAGE));
    }

    @Test
    void aTabBeyondTheLimitInAllIsRefused() {
        startWith(TestConfig.defaults().withTabs(2));
        tabOf(ANA).joins(PAGE);
        tabOf(BEN).joins(OTHER);

        var refusal =
                assertThrows(LimitExceededException.class, () -> tabOf(CAI).joins(PAGE));

        assertEquals(Limit.TABS, refusal.limit());
    }

    @Test
    void aHeartbeatIsRefusedLikeAJoin() {
        startWith(TestConfig.defaults().withTabsPerUser(1));
        tabOf(ANA).joins(PAGE);

        var refusal =
                assertThrows(LimitExceededException.class, () -> tabOf(ANA).beats(PAGE));

        assertEquals(Limit.TABS_PER_USER, refusal.limit());
    }

    @Test
    void aRefusalChangesNothing() {
        startWith(TestConfig.defaults().withTabsPerUser(1));
        tabOf(BEN).joins(PAGE);
        tabOf(ANA).joins(PAGE);
        var refused = tabOf(ANA).named("Anna");
        var before = read(PAGE);

        var news = newsOf(() -> assertThrows(LimitExceededException.class, () -> refused.claims(PAGE)));

        assertEquals(Set.of(), news);
        assertEquals(before, read(PAGE));
        assertEquals(2, occupancy().tabs());
        assertEquals(Optional.empty(), refused.lastSeen());
    }

    @Test
    void aRefusalDoesNotMakeALateHeartbeatWelcome() {
        startWith(TestConfig.defaults().withTabsPerUser(1));
        var left = tabOf(ANA).document(1);
        var other = tabOf(ANA);
        left.joins(PAGE);
        left.leaves(PAGE);
        other.joins(OTHER);
        assertThrows(LimitExceededException.class, () -> left.joins(PAGE));

        other.leaves(OTHER);
        left.beats(PAGE);

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    void knownTabsAreServedWhenThereIsNoRoom() {
        startWith(TestConfig.defaults().withTabsPerUser(1).withTabs(1));
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        ana.claims(PAGE);
        ana.joins(OTHER);

        assertEquals(List.of("Ana"), viewersOf(OTHER));
    }

    @Test
    void aTabThatLeavesMakesRoom() {
        startWith(TestConfig.defaults().withTabsPerUser(1).withTabs(1));
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);

        ana.leaves(PAGE);
        tabOf(ANA).joins(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    void aTabThatExpiresMakesRoom() {
        startWith(TestConfig.defaults().withTabsPerUser(1).withTabs(1));
        tabOf(ANA).joins(PAGE);

        clock.advance(LIFE.plus(MILLISECOND));
        tabOf(ANA).joins(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    void aTabThatComesBackNeedsRoomLikeANewOne() {
        startWith(TestConfig.defaults().withTabsPerUser(1));
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.leaves(PAGE);
        tabOf(ANA).joins(PAGE);

        var refusal = assertThrows(LimitExceededException.class, () -> ana.joins(PAGE));

        assertEquals(Limit.TABS_PER_USER, refusal.limit());
    }

    // Viewers: unique users in order of arrival

    @Test
    void viewersStandInOrderOfArrivalWhoeverBeats() {
        var cai = tabOf(CAI);
        var ana = tabOf(ANA);
        cai.joins(PAGE);
        ana.joins(PAGE);
        tabOf(BEN).joins(PAGE);
        clock.advance(MILLISECOND);

        ana.beats(PAGE);
        cai.beats(PAGE);
        tabOf(BEN).claims(PAGE);

        assertEquals(List.of("Cai", "Ana", "Ben"), viewersOf(PAGE));
    }

    @Test
    void aViewerWhoComesBackStandsLast() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        tabOf(BEN).joins(PAGE);

        ana.leaves(PAGE);
        ana.joins(PAGE);

        assertEquals(List.of("Ben", "Ana"), viewersOf(PAGE));
    }

    @Test
    void aViewerKeepsTheirPlaceAsLongAsAnyOfTheirTabsStays() {
        var first = tabOf(ANA);
        first.joins(PAGE);
        tabOf(BEN).joins(PAGE);
        tabOf(ANA).joins(PAGE);

        first.leaves(PAGE);

        assertEquals(List.of("Ana", "Ben"), viewersOf(PAGE));
    }

    @Test
    void aUserWithManyTabsIsOneViewer() {
        var tab = tabOf(ANA);
        tab.joins(PAGE);
        tabOf(ANA).joins(PAGE);
        tabOf(ANA).joins(PAGE);
        tabOf(BEN).joins(PAGE);

        tab.leaves(PAGE);

        var expected = List.of(new Viewer(ANA, 2, false), new Viewer(BEN, 1, false));
        assertEquals(new PresenceSnapshot(PAGE, expected, null, 2, 3), read(PAGE));
    }

    @Test
    void aBeatCarriesThePageWithTheTabIncluded() {
        tabOf(ANA).joins(PAGE);

        var beat = tabOf(BEN).joins(PAGE);

        assertEquals(List.of("Ana", "Ben"), names(beat.snapshot()));
        assertEquals(read(PAGE), beat.snapshot());
    }

    @Test
    void aCrowdIsCountedInFullAndListedUpToTheLimit() {
        startWith(TestConfig.defaults().withMaxListed(3));

        var crowd = crowdOf(5);

        var snapshot = read(PAGE);
        assertEquals(List.of("0", "1", "2"), names(snapshot));
        assertEquals(5, snapshot.viewerCount());
        assertEquals(crowd.size(), snapshot.tabCount());
    }

    @Test
    void theEditorOfACrowdIsListedLastIfTheyCameLater() {
        startWith(TestConfig.defaults().withMaxListed(3));
        var crowd = crowdOf(5);

        crowd.get(4).claims(PAGE);

        assertEquals(List.of("0", "1", "4"), viewersOf(PAGE));
    }

    @Test
    void anEditorAmongTheListedTakesNobodysPlace() {
        startWith(TestConfig.defaults().withMaxListed(3));
        var crowd = crowdOf(5);

        for (var editor : crowd.subList(0, 3)) {
            editor.claims(PAGE);
            assertEquals(List.of("0", "1", "2"), viewersOf(PAGE));
            editor.yields(PAGE);
        }
    }

    @Test
    void theEditorIsTheOneWhoIsListedIfOnlyOneMayBe() {
        startWith(TestConfig.defaults().withMaxListed(1));
        var crowd = crowdOf(3);

        crowd.get(1).claims(PAGE);

        assertEquals(List.of("1"), viewersOf(PAGE));
    }

    @Test
    void aNewNameIsAChangeOnEveryPageOfTheUser() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        tabOf(ANA).joins(OTHER);

        var news = newsOf(() -> ana.named("Anna").beats(PAGE));

        assertEquals(Set.of(PAGE, OTHER), news);
        assertEquals(List.of("Anna"), viewersOf(PAGE));
        assertEquals(List.of("Anna"), viewersOf(OTHER));
    }

    @Test
    void aNewPictureIsAChange() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        var before = read(PAGE);

        var pictured = ana.sentBy(said(ANA.id(), ANA.name(), "https://pictures.example/new.png", 1));
        var news = newsOf(() -> pictured.beats(PAGE));

        assertEquals(Set.of(PAGE), news);
        assertNotEquals(before, read(PAGE));
    }

    @Test
    void tabsWhoseCredentialsDifferFlipNothing() { // I7, S2
        var full = tabOf(said(ANA.id(), "Ann Miller", "https://pictures.example/ann.png", 20));
        var bare = tabOf(said(ANA.id(), "", null, 30));
        var old = tabOf(said(ANA.id(), "Ann Lee", "https://pictures.example/old.png", 10));
        full.joins(PAGE);
        bare.joins(OTHER);
        old.joins(PAGE);
        var shown = read(PAGE);

        var news = newsOf(() -> {
            for (var beat = 0; beat < 5; beat++) {
                clock.advance(Duration.ofSeconds(15));
                List.of(old, bare, full).forEach(tab -> tab.beats(tab == bare ? OTHER : PAGE));
            }
        });

        assertEquals(Set.of(), news);
        assertEquals(shown, read(PAGE));
        assertEquals(List.of("Ann Miller"), viewersOf(PAGE));
        assertEquals(
                read(PAGE).viewers().get(0).user(), read(OTHER).viewers().get(0).user());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theNewestNameIsShownWhicheverTabComesFirst(boolean newestFirst) { // I7
        var newer = tabOf(said(ANA.id(), "Ann Miller", null, 20));
        var older = tabOf(said(ANA.id(), "Ann Lee", "https://pictures.example/ann.png", 10));
        (newestFirst ? newer : older).joins(PAGE);

        (newestFirst ? older : newer).joins(OTHER);

        var both = new User(ANA.id(), "Ann Miller", "https://pictures.example/ann.png");
        assertEquals(both, read(PAGE).viewers().get(0).user());
        assertEquals(both, read(OTHER).viewers().get(0).user());
    }

    @Test
    void ofTwoNamesOfOneSecondTheSameIsShownWhicheverComesFirst() { // I7
        var ann = said(ANA.id(), "Ann", null, 20);
        var anna = said(ANA.id(), "Anna", null, 20);
        tabOf(ann).joins(PAGE);
        tabOf(anna).joins(PAGE);
        var shown = viewersOf(PAGE);

        startWith(TestConfig.defaults());
        tabOf(anna).joins(PAGE);
        tabOf(ann).joins(PAGE);

        assertEquals(shown, viewersOf(PAGE));
    }

    @Test
    void aNewerCredentialThatStatesTheSameIsSilentAndCounts() { // I7, S2
        var ana = tabOf(said(ANA.id(), "Ann", null, 10));
        var other = tabOf(said(ANA.id(), "Anna", null, 20));
        ana.joins(PAGE);

        var news = newsOf(() -> ana.sentBy(said(ANA.id(), "Ann", null, 30)).beats(PAGE));
        other.joins(OTHER);

        assertEquals(Set.of(), news);
        assertEquals(List.of("Ann"), viewersOf(PAGE));
        assertEquals(List.of("Ann"), viewersOf(OTHER));
    }

    @Test
    void aUserIsRenamedAtMostOnceInSomeSeconds() { // I7
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        tabOf(ANA).joins(OTHER);
        ana.named("Anna").beats(PAGE);
        var annika = ana.named("Annika");

        var early = newsOf(() -> annika.beats(PAGE));
        clock.advance(PresenceStore.RENAME_PACE);
        var inTime = newsOf(() -> annika.beats(PAGE));

        assertEquals(Set.of(), early);
        assertEquals(Set.of(PAGE, OTHER), inTime);
        assertEquals(List.of("Annika"), viewersOf(OTHER));
    }

    @Test
    void aUserWithoutANameIsShownWithoutOne() { // I7
        tabOf(said(ANA.id(), "", null, 10)).joins(PAGE);

        assertEquals(List.of(""), viewersOf(PAGE));
    }

    @Test
    void noMoreLeavesOfAUserAreRememberedThanTheyMayHaveTabs() { // F3
        startWith(TestConfig.defaults().withTabsPerUser(2));
        var left = IntStream.range(0, 3).mapToObj(i -> tabOf(ANA).document(1)).toList();
        left.forEach(tab -> {
            tab.joins(PAGE);
            tab.leaves(PAGE);
        });

        left.get(2).beats(PAGE);
        left.get(1).beats(PAGE);
        assertEquals(0, read(PAGE).tabCount(), "those are remembered");
        left.get(0).beats(PAGE);

        assertEquals(1, read(PAGE).tabCount(), "the oldest is not");
    }

    @Test
    void noMoreLeavesOfUnknownTabsAreRememberedEither() { // F3
        startWith(TestConfig.defaults().withTabsPerUser(2));
        var left = IntStream.range(0, 3).mapToObj(i -> tabOf(ANA).document(1)).toList();
        left.forEach(tab -> tab.leaves(PAGE));

        left.forEach(tab -> tab.beats(PAGE));

        assertEquals(1, read(PAGE).tabCount());
    }

    @Test
    void aUserAtTheLimitGetsRoomAsSoonAsAnyOfManyTabsHasExpired() { // T2, F3
        var some = 9;
        startWith(TestConfig.defaults().withTabsPerUser(some));
        var tabs = IntStream.range(0, some).mapToObj(i -> tabOf(ANA)).toList();
        tabs.forEach(tab -> tab.joins(new PagePath("/docs/" + tabs.indexOf(tab))));
        for (var i = 0; i < some; i++) {
            clock.advance(Duration.ofSeconds(5));
            var beating = tabs.get(i);
            beating.beats(new PagePath("/docs/" + i));
            assertThrows(LimitExceededException.class, () -> tabOf(ANA).joins(PAGE), "all live");
        }

        clock.advance(Duration.ofSeconds(5));
        assertThrows(LimitExceededException.class, () -> tabOf(ANA).joins(PAGE), "the first lives through this");
        clock.advance(MILLISECOND);
        tabOf(ANA).joins(PAGE);

        assertThrows(LimitExceededException.class, () -> tabOf(ANA).joins(PAGE));
    }

    @Test
    void aUserWhoseManyTabsHaveAllExpiredOpensAsManyAnew() { // T2, F3
        startWith(TestConfig.defaults().withTabsPerUser(40));
        IntStream.range(0, 40).forEach(i -> tabOf(ANA).joins(new PagePath("/docs/" + i % 7)));
        clock.advance(LIFE.plus(MILLISECOND));

        IntStream.range(0, 40).forEach(i -> tabOf(ANA).joins(PAGE));

        assertEquals(40, read(PAGE).tabCount());
        assertThrows(LimitExceededException.class, () -> tabOf(ANA).joins(PAGE));
    }

    @Test
    void aUserWhoseTabsAreAllHiddenIsAway() {
        var first = tabOf(ANA);
        var second = tabOf(ANA);
        first.joins(PAGE);
        second.hidden().joins(PAGE);

        var news = newsOf(() -> first.hidden().beats(PAGE));

        assertEquals(Set.of(PAGE), news);
        assertEquals(List.of(new Viewer(ANA, 2, true)), read(PAGE).viewers());
    }

    @Test
    void aUserWithAVisibleTabIsNotAway() {
        tabOf(ANA).hidden().joins(PAGE);

        var news = newsOf(() -> tabOf(ANA).joins(PAGE));

        assertEquals(Set.of(PAGE), news);
        assertEquals(List.of(new Viewer(ANA, 2, false)), read(PAGE).viewers());
    }

    @Test
    void aUserWhoseVisibleTabLeavesIsAway() {
        var visible = tabOf(ANA);
        visible.joins(PAGE);
        tabOf(ANA).hidden().joins(PAGE);

        visible.leaves(PAGE);

        assertEquals(List.of(new Viewer(ANA, 1, true)), read(PAGE).viewers());
    }

    @Test
    void aTabThatIsHiddenOnOnePageIsNotAwayOnTheNext() {
        var ana = tabOf(ANA);
        ana.hidden().joins(PAGE);

        ana.joins(OTHER);

        assertEquals(List.of(new Viewer(ANA, 1, false)), read(OTHER).viewers());
    }

    // What operators see

    @Test
    void occupancyCountsPagesAndLiveTabs() {
        tabOf(ANA).joins(PAGE);
        tabOf(ANA).joins(PAGE);
        var ben = tabOf(BEN);
        ben.joins(OTHER);

        assertEquals(new Occupancy(2, 3, 0, 0, 0, Occupancy.Transfers.NONE), occupancy());
        ben.leaves(OTHER);
        assertEquals(new Occupancy(1, 2, 0, 0, 0, Occupancy.Transfers.NONE), occupancy());
    }

    @Test
    void occupancyCountsWhatExpiredButNotWhatLeft() {
        var ben = tabOf(BEN);
        var cai = tabOf(CAI);
        tabOf(ANA).joins(PAGE);
        ben.joins(PAGE);
        cai.joins(PAGE);
        ben.leaves(PAGE);
        cai.unloads(PAGE);
        clock.advance(LIFE.plus(MILLISECOND));

        sweep();

        assertEquals(new Occupancy(0, 0, 0, 0, 1, Occupancy.Transfers.NONE), occupancy());
    }

    @Test
    void aTabWasLastSeenWhenItWasLastRenewed() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        clock.advance(Duration.ofSeconds(15));
        ana.hidden().beats(PAGE);
        var renewed = clock.instant();

        clock.advance(AWAY_LIFE);

        assertEquals(Optional.of(renewed), ana.lastSeen());
    }

    @Test
    void aLeavingTabWasLastSeenWhenItWasLastRenewed() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        var renewed = clock.instant();
        clock.advance(Duration.ofSeconds(15));

        ana.unloads(PAGE);
        ana.beats(PAGE);

        assertEquals(Optional.of(renewed), ana.lastSeen());
    }

    @Test
    void aTabThatIsNotAliveWasNotSeen() {
        var expired = tabOf(ANA);
        var left = tabOf(ANA);
        expired.joins(PAGE);
        clock.advance(LIFE.plus(MILLISECOND));
        left.joins(PAGE);

        left.leaves(PAGE);

        assertEquals(Optional.empty(), expired.lastSeen());
        assertEquals(Optional.empty(), left.lastSeen());
        assertEquals(Optional.empty(), tabOf(BEN).lastSeen());
        assertEquals(Optional.empty(), left.sentBy(BEN).lastSeen());
    }

    // R1: a save is good while its fence is the present one

    @Test
    void aLeaseIsItsHoldersUnderItsFence() {
        var fence = fenceOf(tabOf(ANA).claims(PAGE));
        tabOf(BEN).claims(PAGE);

        var lease = leaseOf(PAGE, null);

        assertEquals(Optional.of(new Lease(ANA, fence)), lease);
        assertTrue(lease.get().covers(ANA.id(), fence));
        assertFalse(lease.get().covers(BEN.id(), fence));
        assertFalse(lease.get().covers(ANA.id(), fence - 1));
    }

    @Test
    void whatNobodyEditsHasNoLease() {
        tabOf(ANA).joins(PAGE);
        tabOf(ANA).in(INTRO).claims(PAGE);

        assertEquals(Optional.empty(), leaseOf(PAGE, null));
        assertEquals(Optional.empty(), leaseOf(PAGE, NOTES));
        assertEquals(Optional.empty(), leaseOf(OTHER, null));
    }

    @Test
    void aLeaseIsNoMoreOnceItsHolderHasExpired() { // T2
        tabOf(ANA).claims(PAGE);
        clock.advance(LIFE.plus(MILLISECOND));

        assertEquals(Optional.empty(), leaseOf(PAGE, null));
    }

    @Test
    void aLeaseIsTheNextHoldersUnderAHigherFence() {
        var ana = tabOf(ANA);
        var first = fenceOf(ana.claims(PAGE));
        tabOf(BEN).claims(PAGE);

        ana.yields(PAGE);

        var lease = leaseOf(PAGE, null).orElseThrow();
        assertEquals(BEN, lease.holder());
        assertTrue(first < lease.fence(), first + " < " + lease.fence());
    }

    @Test
    void questionsForALeaseAreSilent() {
        tabOf(ANA).claims(PAGE);

        assertEquals(Set.of(), newsOf(() -> leaseOf(PAGE, null)));
    }

    // R2: who waits may ask, and the editor answers

    @Test
    void aRequestIsToldToTheEditorToThoseWhoWaitAndToAll() {
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
    void aRequestIsNewsAndRepeatedIsNone() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        ben.claims(PAGE);

        assertEquals(Set.of(PAGE), newsOf(() -> ben.requests(PAGE)));
        assertEquals(Set.of(), newsOf(() -> ben.requests(PAGE)));
    }

    @Test
    void whoAsksAgainWaitsNoLonger() {
        var ana = tabOf(ANA).lives(AWAY_LIFE);
        var ben = tabOf(BEN).lives(AWAY_LIFE);
        ana.claims(PAGE);
        ben.claims(PAGE);
        ben.requests(PAGE);
        clock.advance(Duration.ofSeconds(20));

        var again = ben.requests(PAGE);

        var left = new Editing.Request(BEN, ANSWER.minusSeconds(20));
        assertEquals(new Editing.Waiting(ANA.id(), 1, left, Duration.ZERO), again.editing());
    }

    @Test
    void anEditorHandsOverToWhoHasAskedBeforeOlderClaims() {
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
    void aHandOverIsNews() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        ana.claims(PAGE);
        ben.claims(PAGE);
        ben.requests(PAGE);

        assertEquals(Set.of(PAGE), newsOf(() -> ana.handsOver(PAGE)));
    }

    @Test
    void whoHasHandedOverIsToldToWhomAndWhoEditsNow() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);

        var turn = handOver(ana, ben);

        assertEquals(new Editing.Lost(BEN, BEN.id()), turn.editing());
        assertEquals(new Editing.Lost(BEN, BEN.id()), ana.claims(PAGE).editing());
        ben.yields(PAGE);
        assertEquals(new Editing.Lost(BEN, null), ana.claims(PAGE).editing());
    }

    @Test
    void aTabThatHasLostTheLeaseIsNotPromotedAgain() {
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
    void aTabThatHasLostTheLeaseClaimsAnewOnceItHasSaidThatItDoesNotEdit() {
        var ana = tabOf(ANA);
        handOver(ana, tabOf(BEN));
        tabOf(CAI).claims(PAGE);

        var noted = ana.yields(PAGE);
        var again = ana.claims(PAGE);

        assertNull(noted.editing());
        assertEquals(new Editing.Waiting(BEN.id(), 2), again.editing());
    }

    @Test
    void aNewDocumentOfATabThatHasLostTheLeaseMayClaim() {
        var ana = tabOf(ANA).document(1);
        handOver(ana, tabOf(BEN));

        var again = ana.document(2).joinsEditing(PAGE);

        assertEquals(new Editing.Waiting(BEN.id(), 1), again.editing());
    }

    @Test
    void aTabThatHasLostTheLeaseAndComesBackMayClaim() {
        var left = tabOf(ANA);
        handOver(left, tabOf(BEN));
        left.leaves(PAGE);
        assertEquals(new Editing.Waiting(BEN.id(), 1), left.claims(PAGE).editing());
    }

    @Test
    void aTabThatHasLostTheLeaseAndWentElsewhereMayClaim() {
        var ana = tabOf(ANA);
        handOver(ana, tabOf(BEN));
        ana.joins(OTHER);

        assertEquals(new Editing.Waiting(BEN.id(), 1), ana.claims(PAGE).editing());
    }

    @Test
    void aTabThatHasLostTheLeaseAndExpiredMayClaim() {
        var ana = tabOf(ANA);
        handOver(ana, tabOf(BEN).lives(AWAY_LIFE));
        clock.advance(LIFE.plus(MILLISECOND));

        assertEquals(new Editing.Waiting(BEN.id(), 1), ana.claims(PAGE).editing());
    }

    @Test
    void aTabThatHasLostTheLeaseMayClaimInASection() {
        var ana = tabOf(ANA);
        handOver(ana, tabOf(BEN));

        var there = ana.in(INTRO).claims(PAGE);
        var back = ana.claims(PAGE);

        assertInstanceOf(Editing.Granted.class, there.editing());
        assertEquals(new Editing.Waiting(BEN.id(), 1), back.editing());
    }

    @Test
    void aRequestWithoutAnswerIsGrantedWhenItsTimeIsOver() { // T2
        var ana = tabOf(ANA).lives(AWAY_LIFE);
        var ben = tabOf(BEN).lives(AWAY_LIFE);
        var first = fenceOf(ana.claims(PAGE));
        ben.claims(PAGE);
        ben.requests(PAGE);
        clock.advance(ANSWER.minus(MILLISECOND));
        assertEquals(
                new Editing.Granted(first, new Editing.Request(BEN, MILLISECOND)),
                ana.beats(PAGE).editing());
        assertEquals(ANA.id(), read(PAGE).editor());

        clock.advance(MILLISECOND);

        assertEquals(BEN.id(), read(PAGE).editor());
        assertNull(read(PAGE).requestedBy());
        assertEquals(new Editing.Lost(BEN, BEN.id()), ana.claims(PAGE).editing());
        assertTrue(first < fenceOf(ben.beats(PAGE)));
    }

    @Test
    void theEndOfARequestsTimeIsAnnounced() { // T4
        tabOf(ANA).lives(AWAY_LIFE).claims(PAGE);
        var ben = tabOf(BEN).lives(AWAY_LIFE);
        ben.claims(PAGE);
        ben.requests(PAGE);
        clock.advance(ANSWER);

        assertEquals(Set.of(PAGE), newsOf(() -> sweep()));
        assertEquals(Set.of(), newsOf(() -> sweep()));
    }

    @Test
    void anAnswerThatComesTooLateIsRefused() {
        var ana = tabOf(ANA).lives(AWAY_LIFE);
        var ben = tabOf(BEN).lives(AWAY_LIFE);
        ana.claims(PAGE);
        ben.claims(PAGE);
        ben.requests(PAGE);
        clock.advance(ANSWER);

        assertRefused(LeaseRefusedException.Reason.NO_CLAIM, BEN, Duration.ZERO, () -> ana.keeps(PAGE));
        assertRefused(LeaseRefusedException.Reason.NO_CLAIM, BEN, Duration.ZERO, () -> ana.handsOver(PAGE));
    }

    @Test
    void anEditorWhoKeepsTheLeaseEndsTheRequestAndIsNotAskedForAWhile() {
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
        clock.advance(KEEP.minus(MILLISECOND));
        assertRefused(LeaseRefusedException.Reason.EDITOR_KEEPS, ANA, MILLISECOND, () -> cai.requests(PAGE));
        clock.advance(MILLISECOND);
        assertEquals(CAI.id(), cai.requests(PAGE).snapshot().requestedBy());
    }

    @Test
    void aRefusalIsNews() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        ana.claims(PAGE);
        ben.claims(PAGE);
        ben.requests(PAGE);

        assertEquals(Set.of(PAGE), newsOf(() -> ana.keeps(PAGE)));
    }

    @Test
    void whatOneEditorHasRefusedTheNextMayBeAsked() {
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
    void oneRequestStandsAtATime() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        var cai = tabOf(CAI);
        ben.claims(PAGE);
        cai.claims(PAGE);
        cai.requests(PAGE);
        clock.advance(Duration.ofSeconds(10));

        assertRefused(
                LeaseRefusedException.Reason.REQUESTED_BY_OTHER,
                ANA,
                ANSWER.minusSeconds(10),
                () -> ben.requests(PAGE));
    }

    @Test
    void aRequestEndsWithTheAskersClaim() {
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
    void aRequestEndsWithTheAskersLife() {
        var ana = tabOf(ANA).lives(AWAY_LIFE);
        var ben = tabOf(BEN);
        ana.claims(PAGE);
        ben.claims(PAGE);
        ben.requests(PAGE);

        clock.advance(ANSWER);

        assertEquals(ANA.id(), read(PAGE).editor());
        assertInstanceOf(Editing.Granted.class, ana.beats(PAGE).editing());
    }

    @Test
    void aRequestEndsWhenTheEditorIsAnother() {
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
    void aLifeAndARequestThatEndUnseenEndInTheirOrder() {
        var ana = tabOf(ANA).lives(ANSWER.minusSeconds(1));
        var ben = tabOf(BEN).lives(AWAY_LIFE);
        var cai = tabOf(CAI).lives(AWAY_LIFE);
        ana.claims(PAGE);
        ben.claims(PAGE);
        cai.claims(PAGE);
        cai.requests(PAGE);

        clock.advance(ANSWER.plusSeconds(1));

        assertEquals(BEN.id(), read(PAGE).editor());
    }

    @Test
    void aRequestAndALifeThatEndUnseenEndInTheirOrder() {
        var ana = tabOf(ANA).lives(ANSWER.plusSeconds(1));
        var ben = tabOf(BEN).lives(AWAY_LIFE);
        var cai = tabOf(CAI).lives(AWAY_LIFE);
        ana.claims(PAGE);
        ben.claims(PAGE);
        cai.claims(PAGE);
        cai.requests(PAGE);

        clock.advance(ANSWER.plusSeconds(2));

        assertEquals(CAI.id(), read(PAGE).editor());
        assertEquals(new Occupancy.Transfers(0, 1, 0), occupancy().transfers());
    }

    @Test
    void theEditorWhoAsksHasTheLease() {
        var ana = tabOf(ANA);
        var granted = ana.claims(PAGE).editing();

        var turn = ana.requests(PAGE);

        assertEquals(granted, turn.editing());
    }

    @Test
    void whoMakesNoClaimIsRefused() {
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
    void whoWaitsCannotAnswerForTheEditor() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        ben.claims(PAGE);
        ben.requests(PAGE);

        assertRefused(LeaseRefusedException.Reason.NOT_EDITOR, ANA, Duration.ZERO, () -> ben.handsOver(PAGE));
        assertRefused(LeaseRefusedException.Reason.NOT_EDITOR, ANA, Duration.ZERO, () -> ben.keeps(PAGE));
    }

    @Test
    void withoutARequestThereIsNothingToAnswer() {
        var ana = tabOf(ANA);
        ana.claims(PAGE);
        tabOf(BEN).claims(PAGE);

        assertRefused(LeaseRefusedException.Reason.NOT_REQUESTED, ANA, Duration.ZERO, () -> ana.handsOver(PAGE));
        assertRefused(LeaseRefusedException.Reason.NOT_REQUESTED, ANA, Duration.ZERO, () -> ana.keeps(PAGE));
    }

    @Test
    void aCallThatIsRefusedIsSilentAndChangesNothing() {
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
    void nobodyAnswersForATabOfAnotherUser() { // I2
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
    void aLeaseGoesBackAndForthUnderRisingFences() {
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

    // R3: who may takes over

    @Test
    void whoTakesOverHasTheLeaseAtOnce() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        var cai = tabOf(CAI);
        var first = fenceOf(ana.claims(PAGE));
        ben.claims(PAGE);
        cai.claims(PAGE);

        var turn = cai.takesOver(PAGE);

        var second = fenceOf(turn.editing());
        assertTrue(first < second, first + " < " + second);
        assertEquals(ANA, turn.loser());
        assertEquals(CAI.id(), turn.snapshot().editor());
        assertEquals(Optional.of(new Lease(CAI, second)), leaseOf(PAGE, null));
        assertEquals(new Editing.Lost(CAI, CAI.id()), ana.claims(PAGE).editing());
        assertEquals(new Editing.Waiting(CAI.id(), 1), ben.beats(PAGE).editing());
    }

    @Test
    void aTakeOverIsNews() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        ben.joins(PAGE);

        assertEquals(Set.of(PAGE), newsOf(() -> ben.takesOver(PAGE)));
    }

    @Test
    void whoTakesOverNeedNotHaveClaimed() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        ben.joins(PAGE);

        var turn = ben.takesOver(PAGE);

        assertInstanceOf(Editing.Granted.class, turn.editing());
        assertEquals(turn.editing(), ben.claims(PAGE).editing());
    }

    @Test
    void whoTakesOverHasToBeThere() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        ben.joins(OTHER);

        assertRefused(LeaseRefusedException.Reason.NO_CLAIM, ANA, Duration.ZERO, () -> ben.takesOver(PAGE));
    }

    @Test
    void whatNobodyHasIsClaimedByATakeOver() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        var turn = ana.takesOver(PAGE);

        assertInstanceOf(Editing.Granted.class, turn.editing());
        assertNull(turn.loser());
        assertEquals(Occupancy.Transfers.NONE, occupancy().transfers());
    }

    @Test
    void whoTakesOverWhatIsTheirsKeepsIt() {
        var ana = tabOf(ANA);
        var granted = ana.claims(PAGE).editing();

        var turn = ana.takesOver(PAGE);

        assertEquals(granted, turn.editing());
        assertNull(turn.loser());
    }

    @Test
    void aTakeOverEndsARequest() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        ben.claims(PAGE);
        ben.requests(PAGE);
        var cai = tabOf(CAI);
        cai.joins(PAGE);

        var turn = cai.takesOver(PAGE);

        assertNull(turn.snapshot().requestedBy());
        assertEquals(new Editing.Waiting(CAI.id(), 1), ben.beats(PAGE).editing());
    }

    @Test
    void whoHasLostTheLeaseMayTakeItBack() {
        var ana = tabOf(ANA);
        handOver(ana, tabOf(BEN));

        var turn = ana.takesOver(PAGE);

        assertInstanceOf(Editing.Granted.class, turn.editing());
        assertEquals(BEN, turn.loser());
    }

    @Test
    void aTakeOverTakesTheTabToTheSection() {
        tabOf(ANA).in(INTRO).claims(PAGE);
        var ben = tabOf(BEN);
        ben.claims(PAGE);

        var turn = ben.in(INTRO).takesOver(PAGE);

        assertInstanceOf(Editing.Granted.class, turn.editing());
        assertNull(turn.snapshot().editor());
        assertEquals(
                List.of(new EditedSection(INTRO, BEN.id(), null)),
                turn.snapshot().sections());
    }

    // R4: sections

    @Test
    void eachSectionHasALeaseOfItsOwn() {
        var ana = tabOf(ANA);
        var page = fenceOf(ana.claims(PAGE));
        var notes = fenceOf(tabOf(BEN).in(NOTES).claims(PAGE));
        var intro = fenceOf(tabOf(CAI).in(INTRO).claims(PAGE));

        var snapshot = read(PAGE);

        assertEquals(ANA.id(), snapshot.editor());
        assertEquals(
                List.of(new EditedSection(INTRO, CAI.id(), null), new EditedSection(NOTES, BEN.id(), null)),
                snapshot.sections());
        assertEquals(Optional.of(new Lease(ANA, page)), leaseOf(PAGE, null));
        assertEquals(Optional.of(new Lease(BEN, notes)), leaseOf(PAGE, NOTES));
        assertEquals(Optional.of(new Lease(CAI, intro)), leaseOf(PAGE, INTRO));
    }

    @Test
    void claimsOfASectionWaitForThatSection() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN).in(INTRO);
        var cai = tabOf(CAI).in(INTRO);
        ben.claims(PAGE);
        var waiting = cai.claims(PAGE);
        var turn = cai.requests(PAGE);
        var handed = ben.handsOver(PAGE);

        assertEquals(new Editing.Waiting(BEN.id(), 1), waiting.editing());
        assertEquals(
                List.of(new EditedSection(INTRO, BEN.id(), CAI.id())),
                turn.snapshot().sections());
        assertNull(turn.snapshot().requestedBy());
        assertEquals(new Editing.Lost(CAI, CAI.id()), handed.editing());
        assertEquals(
                List.of(new EditedSection(INTRO, CAI.id(), null)), read(PAGE).sections());
        assertEquals(ANA.id(), read(PAGE).editor());
    }

    @Test
    void aClaimGoesWithItsTab() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        ana.in(INTRO).claims(PAGE);
        ben.in(INTRO).claims(PAGE);
        tabOf(CAI).in(NOTES).claims(PAGE);

        var there = ana.in(NOTES).claims(PAGE);

        assertEquals(new Editing.Waiting(CAI.id(), 1), there.editing());
        assertEquals(BEN, leaseOf(PAGE, INTRO).orElseThrow().holder());
        assertInstanceOf(Editing.Granted.class, ben.in(INTRO).claims(PAGE).editing());
    }

    @Test
    void aClaimOfASectionEndsWithItsTabsLife() { // E3
        tabOf(ANA).in(INTRO).claims(PAGE);
        tabOf(BEN).lives(AWAY_LIFE).joins(PAGE);
        clock.advance(LIFE.plus(MILLISECOND));

        assertEquals(List.of(), read(PAGE).sections());
        assertEquals(Optional.empty(), leaseOf(PAGE, INTRO));
    }

    @Test
    void whoSaysWhoseLeaseItIsNotAboutIsRefused() {
        var ana = tabOf(ANA);
        ana.in(INTRO).claims(PAGE);

        assertRefused(LeaseRefusedException.Reason.NO_CLAIM, null, Duration.ZERO, () -> ana.requests(PAGE));
        assertRefused(
                LeaseRefusedException.Reason.NO_CLAIM,
                null,
                Duration.ZERO,
                () -> ana.in(NOTES).requests(PAGE));
    }

    @Test
    void aViewerIsWhereTheyWentLast() {
        var first = tabOf(ANA);
        var second = tabOf(ANA);
        first.in(INTRO).yields(PAGE);
        second.in(NOTES).yields(PAGE);
        first.in(INTRO).yields(PAGE);

        assertEquals(NOTES, read(PAGE).viewers().get(0).section());
        first.in(NOTES).yields(PAGE);
        first.in(INTRO).yields(PAGE);
        assertEquals(INTRO, read(PAGE).viewers().get(0).section());
    }

    @Test
    void aViewerIsNowhereInParticularOnceTheTabThatWentLastIsNot() {
        var first = tabOf(ANA);
        var second = tabOf(ANA);
        first.in(INTRO).yields(PAGE);
        second.in(NOTES).yields(PAGE);

        second.yields(PAGE);
        first.in(INTRO).yields(PAGE);

        assertNull(read(PAGE).viewers().get(0).section());
        second.in(NOTES).yields(PAGE);
        second.leaves(PAGE);
        assertNull(read(PAGE).viewers().get(0).section());
    }

    @Test
    void aStepToAnotherSectionIsNewsAndStayingThereIsNone() {
        var ana = tabOf(ANA).in(INTRO);

        assertEquals(Set.of(PAGE), newsOf(() -> ana.yields(PAGE)));
        assertEquals(Set.of(), newsOf(() -> ana.yields(PAGE)));
        assertEquals(Set.of(PAGE), newsOf(() -> ana.in(NOTES).yields(PAGE)));
        assertEquals(Set.of(PAGE), newsOf(() -> ana.in(null).yields(PAGE)));
    }

    @Test
    void aTabThatSaysNothingOfItStaysInItsSection() {
        var ana = tabOf(ANA);
        var granted = ana.in(INTRO).claims(PAGE).editing();

        var beat = ana.joins(PAGE);

        assertEquals(granted, beat.editing());
        assertEquals(INTRO, read(PAGE).viewers().get(0).section());
    }

    @Test
    void aTabThatComesToAnotherPageIsInNoSectionThere() {
        var ana = tabOf(ANA);
        ana.in(INTRO).claims(PAGE);

        var beat = ana.joins(OTHER);

        assertNull(beat.editing());
        assertNull(read(OTHER).viewers().get(0).section());
        assertEquals(List.of(), read(PAGE).sections());
    }

    @Test
    void sectionsStandInTheOrderOfTheirNames() {
        var names = List.of("a", "B", "é", "z", "\ud83d\ude00", "\uff5e", "10", "9");
        for (var name : names) {
            tabOf(ANA).in(new Section(name)).claims(PAGE);
        }

        assertEquals(
                List.of("10", "9", "B", "a", "z", "é", "\uff5e", "\ud83d\ude00"),
                read(PAGE).sections().stream()
                        .map(edited -> edited.section().value())
                        .toList());
    }

    @Test
    void noMoreSectionsAreListedThanViewersMayBe() {
        startWith(TestConfig.defaults().withMaxListed(2));
        List.of("c", "b", "a").forEach(name -> tabOf(ANA).in(new Section(name)).claims(PAGE));

        assertEquals(
                List.of("a", "b"),
                read(PAGE).sections().stream()
                        .map(edited -> edited.section().value())
                        .toList());
    }

    // R5: typing

    @Test
    void whoTypesIsShownSoForSixSeconds() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        var beat = ana.typing().beats(PAGE);

        assertTrue(beat.snapshot().viewers().get(0).typing());
        clock.advance(PresenceStore.TYPING);
        assertTrue(read(PAGE).viewers().get(0).typing());
        clock.advance(MILLISECOND);
        assertFalse(read(PAGE).viewers().get(0).typing());
    }

    @Test
    void theBeginningAndTheEndOfTypingAreNews() { // T4
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        assertEquals(Set.of(PAGE), newsOf(() -> ana.typing().beats(PAGE)));
        clock.advance(PresenceStore.TYPING_PACE);
        assertEquals(Set.of(), newsOf(() -> ana.typing().beats(PAGE)));
        clock.advance(PresenceStore.TYPING);
        assertEquals(Set.of(), newsOf(() -> ana.beats(PAGE)));
        clock.advance(MILLISECOND);
        assertEquals(Set.of(PAGE), newsOf(() -> sweep()));
        assertEquals(Set.of(), newsOf(() -> sweep()));
    }

    @Test
    void oneBeatOfATypingTabCountsInThreeSeconds() {
        var ana = tabOf(ANA);
        ana.typing().joins(PAGE);
        clock.advance(PresenceStore.TYPING_PACE.minus(MILLISECOND));
        ana.typing().beats(PAGE);
        clock.advance(PresenceStore.TYPING.minus(PresenceStore.TYPING_PACE).plus(MILLISECOND));
        assertTrue(read(PAGE).viewers().get(0).typing());
        clock.advance(MILLISECOND);

        assertFalse(read(PAGE).viewers().get(0).typing());
    }

    @Test
    void whoTypesOnIsShownSoWithoutABreak() {
        var ana = tabOf(ANA);
        ana.typing().joins(PAGE);
        for (var i = 0; i < 10; i++) {
            clock.advance(PresenceStore.TYPING_PACE);
            assertEquals(Set.of(), newsOf(() -> ana.typing().beats(PAGE)));
        }
        clock.advance(PresenceStore.TYPING);

        assertTrue(read(PAGE).viewers().get(0).typing());
    }

    @Test
    void aBeatThatSaysNothingOfTypingDoesNotEndIt() {
        var ana = tabOf(ANA);
        ana.typing().joins(PAGE);

        ana.yields(PAGE);

        assertTrue(read(PAGE).viewers().get(0).typing());
    }

    @Test
    void whoTypesInOneOfTwoTabsTypes() {
        var first = tabOf(ANA);
        var second = tabOf(ANA);
        first.typing().joins(PAGE);
        clock.advance(Duration.ofSeconds(4));
        second.typing().joins(PAGE);
        clock.advance(Duration.ofSeconds(4));
        assertTrue(read(PAGE).viewers().get(0).typing());

        second.leaves(PAGE);

        assertFalse(read(PAGE).viewers().get(0).typing());
    }

    @Test
    void aTabThatGoesElsewhereTypesNeitherHereNorThere() {
        var ana = tabOf(ANA);
        tabOf(ANA).joins(PAGE);
        ana.typing().joins(PAGE);

        ana.joins(OTHER);

        assertFalse(read(PAGE).viewers().get(0).typing());
        assertFalse(read(OTHER).viewers().get(0).typing());
        ana.typing().beats(OTHER);
        assertTrue(read(OTHER).viewers().get(0).typing());
    }

    // What is counted of leases

    @Test
    void occupancyCountsLeasesAndWaits() {
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
    void occupancyCountsLeasesThatChangedHandsByKind() {
        var ana = tabOf(ANA).lives(AWAY_LIFE);
        var ben = tabOf(BEN).lives(AWAY_LIFE);
        handOver(ana, ben);
        ana.takesOver(PAGE);
        ben.yields(PAGE);
        ben.claims(PAGE);
        ben.requests(PAGE);
        clock.advance(ANSWER);
        sweep();

        var occupancy = occupancy();

        assertEquals(new Occupancy.Transfers(1, 1, 1), occupancy.transfers());
        assertEquals(1, occupancy.leases());
        assertEquals(0, occupancy.waits());
    }

    // All of it together

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aRandomWalkAgreesWithTheModelAtEachStep(long seed) {
        var walk = new RandomWalk(seed, false);

        for (var step = 0; step < steps(); step++) {
            walk.step(step);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void aRandomWalkOfEditorsAgreesWithTheModelAtEachStep(long seed) {
        var walk = new RandomWalk(seed, true);

        for (var step = 0; step < steps(); step++) {
            walk.step(step);
        }

        // Fewer steps need not lead everywhere.
        if (steps() >= MANY_STEPS) {
            walk.checkThatLeasesWentAllWays();
        }
    }

    protected final void startWith(PresenceConfig config) {
        store = emptyStore(config);
        store.onChange(heard::add);
    }

    /** The pages that are announced because of {@code calls}. */
    protected final Set<PagePath> newsOf(Runnable calls) {
        settle();
        heard.clear();
        calls.run();
        settle();
        return Set.copyOf(heard);
    }

    protected final PresenceSnapshot read(PagePath page) {
        return await(store.read(page, clock.instant()));
    }

    protected final List<String> viewersOf(PagePath page) {
        return names(read(page));
    }

    protected final Occupancy occupancy() {
        return await(store.occupancy());
    }

    protected final void sweep() {
        await(store.sweep(clock.instant()));
    }

    protected final Tab tabOf(User user) {
        return new Tab(user, new TabId(0, ++tabs), true, LIFE, null, null, false);
    }

    /** A user as a credential states it that was issued at that second. */
    protected static User said(UserId id, String name, @Nullable String avatar, long issued) {
        return User.stated(id, List.of(name), avatar, Instant.ofEpochSecond(issued));
    }

    /** Has a tab hold the page's lease and give it to another that asks. */
    private static LeaseAnswer handOver(Tab from, Tab to) {
        from.claims(PAGE);
        to.claims(PAGE);
        to.requests(PAGE);
        return from.handsOver(PAGE);
    }

    private List<Tab> crowdOf(int size) {
        var crowd = IntStream.range(0, size)
                .mapToObj(i -> tabOf(new User(new UserId("u-" + i), Integer.toString(i), null)))
                .toList();
        crowd.forEach(tab -> tab.joins(PAGE));
        return crowd;
    }

    private static List<String> names(PresenceSnapshot snapshot) {
        return snapshot.viewers().stream().map(viewer -> viewer.user().name()).toList();
    }

    private static long fenceOf(HeartbeatAnswer beat) {
        return fenceOf(beat.editing());
    }

    private static long fenceOf(@Nullable Editing editing) {
        return assertInstanceOf(Editing.Granted.class, editing).fence();
    }

    protected final Optional<Lease> leaseOf(PagePath page, @Nullable Section section) {
        return await(store.lease(page, section, clock.instant()));
    }

    private static void assertRefused(
            LeaseRefusedException.Reason reason, @Nullable User editor, Duration wait, Executable call) {
        var refusal = assertThrows(LeaseRefusedException.class, call);
        assertEquals(reason, refusal.reason());
        assertEquals(editor, refusal.editor());
        assertEquals(wait, refusal.waiting());
    }

    private static <T> T await(Uni<T> answer) {
        return answer.await().atMost(Duration.ofSeconds(10));
    }

    /** A tab as it is now: visible or hidden, of one document or of nobody knows which, somewhere on its page. */
    protected final class Tab {

        private final User user;
        private final TabId id;
        private final boolean visible;
        private final Duration life;
        private final @Nullable Incarnation incarnation;
        private final @Nullable Section section;
        private final boolean typing;

        private Tab(
                User user,
                TabId id,
                boolean visible,
                Duration life,
                @Nullable Incarnation incarnation,
                @Nullable Section section,
                boolean typing) {
            this.user = user;
            this.id = id;
            this.visible = visible;
            this.life = life;
            this.incarnation = incarnation;
            this.section = section;
            this.typing = typing;
        }

        public Tab document(double number) {
            return new Tab(user, id, visible, life, new Incarnation(number), section, typing);
        }

        public Tab hidden() {
            return new Tab(user, id, false, AWAY_LIFE, incarnation, section, typing);
        }

        public Tab lives(Duration ownLife) {
            return new Tab(user, id, visible, ownLife, incarnation, section, typing);
        }

        /** The same tab in another place on its page; null for the page as a whole. */
        public Tab in(@Nullable Section place) {
            return new Tab(user, id, visible, life, incarnation, place, typing);
        }

        public Tab typing() {
            return new Tab(user, id, visible, life, incarnation, section, true);
        }

        /** The same tab id in the calls of another user. */
        public Tab sentBy(User sender) {
            return new Tab(sender, id, visible, life, incarnation, section, typing);
        }

        public Tab named(String name) {
            return sentBy(said(user.id(), name, user.avatar(), ++issued));
        }

        public HeartbeatAnswer joins(PagePath page) {
            return renew(page, null, true);
        }

        public HeartbeatAnswer joinsEditing(PagePath page) {
            return renew(page, true, true);
        }

        public HeartbeatAnswer beats(PagePath page) {
            return renew(page, null, false);
        }

        public HeartbeatAnswer claims(PagePath page) {
            return renew(page, true, false);
        }

        public HeartbeatAnswer yields(PagePath page) {
            return renew(page, false, false);
        }

        public void leaves(PagePath page) {
            await(store.leave(user, new Leave(id, page, false, incarnation), Duration.ZERO, clock.instant()));
        }

        public void unloads(PagePath page) {
            await(store.leave(user, new Leave(id, page, true, incarnation), GRACE, clock.instant()));
        }

        public LeaseAnswer requests(PagePath page) {
            return call(LeaseCommand.Kind.REQUEST, page, ANSWER);
        }

        public LeaseAnswer handsOver(PagePath page) {
            return call(LeaseCommand.Kind.HAND_OVER, page, Duration.ZERO);
        }

        public LeaseAnswer keeps(PagePath page) {
            return call(LeaseCommand.Kind.KEEP, page, KEEP);
        }

        public LeaseAnswer takesOver(PagePath page) {
            return call(LeaseCommand.Kind.TAKE_OVER, page, Duration.ZERO);
        }

        private LeaseAnswer call(LeaseCommand.Kind kind, PagePath page, Duration lasts) {
            return await(store.command(user, new LeaseCommand(kind, id, page, section), lasts, clock.instant()));
        }

        public Optional<Instant> lastSeen() {
            return await(store.lastSeen(user.id(), id, clock.instant()));
        }

        private HeartbeatAnswer renew(PagePath page, @Nullable Boolean editing, boolean joining) {
            var heartbeat = new Heartbeat(id, page, editing, section, typing, visible, incarnation);
            return await(store.renew(user, heartbeat, joining, life, clock.instant()));
        }
    }

    /** Few users with few tabs on few pages, so that they meet; time stands still often, and often hits a border. */
    private final class RandomWalk {

        private static final List<PagePath> PAGES = List.of(PAGE, OTHER, new PagePath("/docs/c"));
        private static final List<Optional<Section>> SECTIONS =
                List.of(Optional.empty(), Optional.of(INTRO), Optional.of(NOTES));
        private static final List<User> USERS = IntStream.range(0, 4)
                .mapToObj(i -> said(new UserId("u-" + i), "User " + i, null, 1))
                .toList();

        private final Random random;

        /** Whether nearly all stay where they are and want to edit, so that leases go from hand to hand. */
        private final boolean struggling;

        private final PresenceModel model;
        private final Map<Long, Long> fences = new HashMap<>();
        private final Map<List<Object>, Long> highestFence = new HashMap<>();
        private final Set<PagePath> owed = new HashSet<>();
        private final Map<UserId, User> newestOf = new HashMap<>();
        private final Map<UserId, Long> issuedAt = new HashMap<>();
        private Map<PagePath, PresenceSnapshot> before;
        private boolean isNewTime;

        RandomWalk(long seed, boolean struggling) {
            random = new Random(seed);
            this.struggling = struggling;
            var config = TestConfig.defaults()
                    .withMaxListed(2 + random.nextInt(3))
                    .withTabs(9)
                    .withTabsPerUser(random.nextInt(3) == 0 ? 2 : 100);
            startWith(config);
            model = new PresenceModel(config);
            before = snapshots();
        }

        void step(int number) {
            var pause = pause();
            isNewTime = !pause.isZero();
            clock.advance(pause);
            model.moveTo(clock.instant());
            var expired = snapshots();
            owed.addAll(differences(before, expired));
            var news = newsOf(() -> act("step " + number));
            var after = snapshots();
            var changed = differences(expired, after);
            owed.addAll(changed);
            assertTrue(news.containsAll(changed), () -> "step " + number + ": " + changed + " is news, not " + news);
            news.stream().filter(page -> !isCrowded(page)).forEach(page -> {
                assertTrue(owed.contains(page), () -> "step " + number + ": " + page + " is no news");
            });
            owed.removeAll(news);
            before = after;
            check(number);
        }

        /** All that is to be seen, and now and then what the sweep leaves. */
        private void check(int number) {
            var news = newsOf(() -> {
                for (var page : PAGES) {
                    assertEquals(before.get(page), read(page), () -> "step " + number + ", " + page);
                }
                if (random.nextInt(10) == 0) {
                    sweep();
                    assertEquals(model.occupancy(), occupancy(), () -> "step " + number);
                    settle();
                    owed.removeAll(heard);
                    assertEquals(Set.of(), owed, () -> "step " + number + ": not announced");
                }
            });
            owed.removeAll(news);
        }

        private void act(String step) {
            var user = USERS.get(random.nextInt(USERS.size()));
            var tab = new TabId(7, random.nextInt(3));
            var page = page();
            var incarnation =
                    (random.nextInt(struggling ? 8 : 3) == 0) == struggling ? new Incarnation(random.nextInt(3)) : null;
            switch (random.nextInt(15) + (struggling ? 3 : 0)) {
                case 0, 1 -> leave(user, new Leave(tab, page, false, incarnation), Duration.ZERO);
                case 2, 3 -> leave(user, new Leave(tab, page, true, incarnation), GRACE);
                case 4 -> checkSeen(user, tab, step);
                case 5 -> checkLease(page, section(), step);
                case 6, 7, 8, 9 -> call(step);
                default -> {
                    var visible = random.nextInt(3) > (struggling ? 1 : 0);
                    var typing = random.nextInt(4) == 0;
                    renew(user, new Heartbeat(tab, page, wish(), section(), typing, visible, incarnation), step);
                }
            }
        }

        private PagePath page() {
            return struggling && random.nextInt(10) > 0 ? PAGE : PAGES.get(random.nextInt(PAGES.size()));
        }

        private @Nullable Section section() {
            return (random.nextInt(struggling ? 8 : 2) == 0) == struggling
                    ? SECTIONS.get(random.nextInt(SECTIONS.size())).orElse(null)
                    : null;
        }

        /** Mostly from a tab of which that makes sense. */
        private void call(String step) {
            var kind = LeaseCommand.Kind.values()[random.nextInt(9) % 5 % 4];
            var callers = model.callers(kind);
            if (callers.isEmpty() || random.nextInt(4) == 0) {
                var user = USERS.get(random.nextInt(USERS.size()));
                call(user, new LeaseCommand(kind, new TabId(7, random.nextInt(3)), page(), section()), step);
            } else {
                var caller = callers.get(random.nextInt(callers.size()));
                call(caller.user(), new LeaseCommand(kind, caller.tab(), caller.page(), caller.section()), step);
            }
        }

        private void call(User user, LeaseCommand command, String step) {
            var lasts = command.kind() == LeaseCommand.Kind.KEEP ? KEEP : ANSWER;
            var answer = store.command(user, command, lasts, sometimesLate());
            User loser;
            try {
                loser = model.command(user, command, lasts);
            } catch (LeaseRefusedException expected) {
                assertRefused(expected.reason(), expected.editor(), expected.waiting(), () -> await(answer));
                return;
            }
            var turn = await(answer);
            assertEquals(loser, turn.loser(), step);
            assertEquals(model.snapshot(command.page()), turn.snapshot(), step);
            checkEditing(command.page(), command.section(), model.editing(user, command.tab()), turn.editing(), step);
        }

        private void checkLease(PagePath page, @Nullable Section section, String step) {
            var expected = Optional.ofNullable(model.holder(page, section));
            assertEquals(expected, leaseOf(page, section).map(Lease::holder), step);
        }

        void checkThatLeasesWentAllWays() {
            var turns = model.occupancy().transfers();
            assertTrue(turns.handedOver() * turns.overdue() * turns.takenOver() > 0, turns::toString);
        }

        private @Nullable Boolean wish() {
            return switch (random.nextInt(struggling ? 10 : 4)) {
                case 0 -> null;
                case 1 -> false;
                default -> true;
            };
        }

        private void renew(User known, Heartbeat heartbeat, String step) {
            var user = as(known);
            var joining = random.nextBoolean();
            var life = heartbeat.visible() ? LIFE : AWAY_LIFE;
            var late = model.isLate(user, heartbeat, joining);
            var answer = store.renew(user, heartbeat, joining, life, sometimesLate());
            if (!model.renew(user, heartbeat, joining, life)) {
                assertThrows(LimitExceededException.class, () -> await(answer), step);
                return;
            }
            var beat = await(answer);
            assertEquals(model.snapshot(heartbeat.page()), beat.snapshot(), step);
            if (!late) {
                var section = model.sectionOf(user, heartbeat.tab());
                checkEditing(heartbeat.page(), section, model.editing(user, heartbeat.tab()), beat.editing(), step);
            }
        }

        /** The user by one of their credentials: mostly the newest, which may just have been issued, and now and then an old one. */
        private User as(User known) {
            var newest = newestOf.getOrDefault(known.id(), known);
            if (model.isPresent(known.id()) && random.nextInt(10) == 0) {
                var older = random.nextInt(issuedAt.getOrDefault(known.id(), 1L).intValue());
                return said(known.id(), random.nextInt(2) == 0 || older < 2 ? "" : "Old", null, older);
            }
            if (random.nextInt(20) > 0) {
                return newest;
            }
            var name = random.nextBoolean() && model.mayBeRenamed(newest)
                    ? known.name() + " " + random.nextInt(3)
                    : newest.name();
            var user = said(known.id(), name, null, ++issued);
            newestOf.put(known.id(), user);
            issuedAt.put(known.id(), issued);
            return user;
        }

        private void leave(User user, Leave leave, Duration grace) {
            await(store.leave(user, leave, grace, sometimesLate()));
            model.leave(user, leave, grace);
        }

        private void checkSeen(User user, TabId tab, String step) {
            assertEquals(model.lastSeen(user, tab), await(store.lastSeen(user.id(), tab, clock.instant())), step);
        }

        /** The fence stays with a claim and is higher than those of all holders before it. */
        private void checkEditing(
                PagePath page,
                @Nullable Section section,
                @Nullable Editing expected,
                @Nullable Editing actual,
                String step) {
            if (!(expected instanceof Editing.Granted holding)) {
                assertEquals(expected, actual, step);
                return;
            }
            var granted = assertInstanceOf(Editing.Granted.class, actual, step);
            assertEquals(holding.request(), granted.request(), step);
            var fence = granted.fence();
            var known = fences.putIfAbsent(holding.fence(), fence);
            if (known != null) {
                assertEquals(known, fence, step);
                return;
            }
            var highest = highestFence.put(List.of(page, Optional.ofNullable(section)), fence);
            assertTrue(highest == null || highest < fence, () -> step + ": " + fence + " after " + highest);
        }

        private Duration pause() {
            var now = clock.instant().toEpochMilli();
            var borders = model.borders();
            return switch (random.nextInt(struggling ? 60 : 12)) {
                case 0 -> MILLISECOND;
                case 1, 2 -> Duration.ofMillis(random.nextInt(5000));
                case 3, 4, 5 -> {
                    var border = borders.length == 0 ? now : borders[random.nextInt(borders.length)];
                    yield Duration.ofMillis(border - now + random.nextInt(2));
                }
                case 6 -> random.nextInt(10) == 0 ? Duration.ofMinutes(10) : Duration.ZERO;
                default -> Duration.ZERO;
            };
        }

        /** A time that counts as the present one, which the store has seen already if this is an older one. */
        private Instant sometimesLate() {
            return isNewTime || random.nextInt(5) > 0
                    ? clock.instant()
                    : clock.instant().minusMillis(random.nextInt(5000));
        }

        private boolean isCrowded(PagePath page) {
            var snapshot = model.snapshot(page);
            return snapshot.viewerCount() > snapshot.viewers().size();
        }

        private Map<PagePath, PresenceSnapshot> snapshots() {
            var snapshots = new LinkedHashMap<PagePath, PresenceSnapshot>();
            PAGES.forEach(page -> snapshots.put(page, model.snapshot(page)));
            return snapshots;
        }

        private static Set<PagePath> differences(
                Map<PagePath, PresenceSnapshot> some, Map<PagePath, PresenceSnapshot> others) {
            var different = new HashSet<PagePath>();
            some.forEach((page, snapshot) -> {
                if (!snapshot.equals(others.get(page))) {
                    different.add(page);
                }
            });
            return different;
        }
    }
}
