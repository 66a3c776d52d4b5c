package dev.copresence.store.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.Occupancy;
import dev.copresence.PresenceSnapshot;
import dev.copresence.PresenceStore;
import dev.copresence.TestConfig;
import dev.copresence.User;
import dev.copresence.Viewer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A page shows its viewers in the order of their arrival, by the newest names, and counts them all. */
interface ViewersContract extends StoreFixture {

    // Their order, and how many are listed

    @Test
    default void viewersStandInOrderOfArrivalWhoeverBeats() {
        var cai = tabOf(CAI);
        var ana = tabOf(ANA);
        cai.joins(PAGE);
        ana.joins(PAGE);
        tabOf(BEN).joins(PAGE);
        clock().advance(MILLISECOND);

        ana.beats(PAGE);
        cai.beats(PAGE);
        tabOf(BEN).claims(PAGE);

        assertEquals(List.of("Cai", "Ana", "Ben"), viewersOf(PAGE));
    }

    @Test
    default void aViewerWhoComesBackStandsLast() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        tabOf(BEN).joins(PAGE);

        ana.leaves(PAGE);
        ana.joins(PAGE);

        assertEquals(List.of("Ben", "Ana"), viewersOf(PAGE));
    }

    @Test
    default void aViewerKeepsTheirPlaceAsLongAsAnyOfTheirTabsStays() {
        var first = tabOf(ANA);
        first.joins(PAGE);
        tabOf(BEN).joins(PAGE);
        tabOf(ANA).joins(PAGE);

        first.leaves(PAGE);

        assertEquals(List.of("Ana", "Ben"), viewersOf(PAGE));
    }

    @Test
    default void aUserWithManyTabsIsOneViewer() {
        var tab = tabOf(ANA);
        tab.joins(PAGE);
        tabOf(ANA).joins(PAGE);
        tabOf(ANA).joins(PAGE);
        tabOf(BEN).joins(PAGE);

        tab.leaves(PAGE);

        var expected = List.of(new Viewer(ANA, 2, false, 1), new Viewer(BEN, 1, false, 2));
        assertEquals(new PresenceSnapshot(PAGE, expected, null, 2, 3), ranked(read(PAGE)));
    }

    @Test
    default void aBeatCarriesThePageWithTheTabIncluded() {
        tabOf(ANA).joins(PAGE);

        var beat = tabOf(BEN).joins(PAGE);

        assertEquals(List.of("Ana", "Ben"), names(beat.snapshot()));
        assertEquals(read(PAGE), beat.snapshot());
    }

    @Test
    default void aCrowdIsCountedInFullAndListedUpToTheLimit() {
        startWith(TestConfig.with("copresence.max-listed", 3));

        var crowd = crowdOf(5);

        var snapshot = read(PAGE);
        assertEquals(List.of("0", "1", "2"), names(snapshot));
        assertEquals(5, snapshot.viewerCount());
        assertEquals(crowd.size(), snapshot.tabCount());
    }

    @Test
    default void theEditorOfACrowdIsListedLastIfTheyCameLater() {
        startWith(TestConfig.with("copresence.max-listed", 3));
        var crowd = crowdOf(5);

        crowd.get(4).claims(PAGE);

        assertEquals(List.of("0", "1", "4"), viewersOf(PAGE));
    }

    @Test
    default void anEditorAmongTheListedTakesNobodysPlace() {
        startWith(TestConfig.with("copresence.max-listed", 3));
        var crowd = crowdOf(5);

        for (var editor : crowd.subList(0, 3)) {
            editor.claims(PAGE);
            assertEquals(List.of("0", "1", "2"), viewersOf(PAGE));
            editor.yields(PAGE);
        }
    }

    @Test
    default void theEditorIsTheOneWhoIsListedIfOnlyOneMayBe() {
        startWith(TestConfig.with("copresence.max-listed", 1));
        var crowd = crowdOf(3);

        crowd.get(1).claims(PAGE);

        assertEquals(List.of("1"), viewersOf(PAGE));
    }

    // Whether they are away

    @Test
    default void aUserWhoseTabsAreAllHiddenIsAway() {
        var first = tabOf(ANA);
        var second = tabOf(ANA);
        first.joins(PAGE);
        second.hidden().joins(PAGE);

        var news = newsOf(() -> first.hidden().beats(PAGE));

        assertEquals(Set.of(PAGE), news);
        assertEquals(List.of(new Viewer(ANA, 2, true, 1)), ranked(read(PAGE)).viewers());
    }

    @Test
    default void aUserWithAVisibleTabIsNotAway() {
        tabOf(ANA).hidden().joins(PAGE);

        var news = newsOf(() -> tabOf(ANA).joins(PAGE));

        assertEquals(Set.of(PAGE), news);
        assertEquals(List.of(new Viewer(ANA, 2, false, 1)), ranked(read(PAGE)).viewers());
    }

    @Test
    default void aUserWhoseVisibleTabLeavesIsAway() {
        var visible = tabOf(ANA);
        visible.joins(PAGE);
        tabOf(ANA).hidden().joins(PAGE);

        visible.leaves(PAGE);

        assertEquals(List.of(new Viewer(ANA, 1, true, 1)), ranked(read(PAGE)).viewers());
    }

    @Test
    default void aTabThatIsHiddenOnOnePageIsNotAwayOnTheNext() {
        var ana = tabOf(ANA);
        ana.hidden().joins(PAGE);

        ana.joins(OTHER);

        assertEquals(List.of(new Viewer(ANA, 1, false, 1)), ranked(read(OTHER)).viewers());
    }

    // I7: the newest statement about a user counts

    @Test
    default void aNewNameIsAChangeOnEveryPageOfTheUser() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        tabOf(ANA).joins(OTHER);

        var news = newsOf(() -> ana.named("Anna").beats(PAGE));

        assertEquals(Set.of(PAGE, OTHER), news);
        assertEquals(List.of("Anna"), viewersOf(PAGE));
        assertEquals(List.of("Anna"), viewersOf(OTHER));
    }

    @Test
    default void aNewPictureIsAChange() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        var before = read(PAGE);

        var pictured = ana.sentBy(said(ANA.id(), ANA.name(), "https://pictures.example/new.png", 1));
        var news = newsOf(() -> pictured.beats(PAGE));

        assertEquals(Set.of(PAGE), news);
        assertNotEquals(before, read(PAGE));
    }

    @Test
    default void tabsWhoseCredentialsDifferFlipNothing() { // I7, S2
        var full = tabOf(said(ANA.id(), "Ann Miller", "https://pictures.example/ann.png", 20));
        var bare = tabOf(said(ANA.id(), "", null, 30));
        var old = tabOf(said(ANA.id(), "Ann Lee", "https://pictures.example/old.png", 10));
        full.joins(PAGE);
        bare.joins(OTHER);
        old.joins(PAGE);
        var shown = read(PAGE);

        var news = newsOf(() -> {
            for (var beat = 0; beat < 5; beat++) {
                clock().advance(Duration.ofSeconds(15));
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
    default void theNewestNameIsShownWhicheverTabComesFirst(boolean newestFirst) { // I7
        var newer = tabOf(said(ANA.id(), "Ann Miller", null, 20));
        var older = tabOf(said(ANA.id(), "Ann Lee", "https://pictures.example/ann.png", 10));
        (newestFirst ? newer : older).joins(PAGE);

        (newestFirst ? older : newer).joins(OTHER);

        var both = new User(ANA.id(), "Ann Miller", "https://pictures.example/ann.png");
        assertEquals(both, read(PAGE).viewers().get(0).user());
        assertEquals(both, read(OTHER).viewers().get(0).user());
    }

    @Test
    default void ofTwoNamesOfOneSecondTheSameIsShownWhicheverComesFirst() { // I7
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
    default void aNewerCredentialThatStatesTheSameIsSilentAndCounts() { // I7, S2
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
    default void aUserIsRenamedAtMostOnceInSomeSeconds() { // I7
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        tabOf(ANA).joins(OTHER);
        ana.named("Anna").beats(PAGE);
        var annika = ana.named("Annika");

        var early = newsOf(() -> annika.beats(PAGE));
        clock().advance(PresenceStore.RENAME_PACE);
        var inTime = newsOf(() -> annika.beats(PAGE));

        assertEquals(Set.of(), early);
        assertEquals(Set.of(PAGE, OTHER), inTime);
        assertEquals(List.of("Annika"), viewersOf(OTHER));
    }

    @Test
    default void aUserWithoutANameIsShownWithoutOne() { // I7
        tabOf(said(ANA.id(), "", null, 10)).joins(PAGE);

        assertEquals(List.of(""), viewersOf(PAGE));
    }

    @Test
    default void aViewerKeepsTheNumberOfTheirArrivalForAsLongAsTheyAreThere() { // A7
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        tabOf(BEN).joins(PAGE);
        var arrived = arrivalOf(PAGE, ANA);

        var second = tabOf(ANA);
        second.claims(PAGE);
        ana.leaves(PAGE);
        clock().advance(LIFE);
        second.beats(PAGE);

        assertEquals(arrived, arrivalOf(PAGE, ANA));
        assertTrue(arrived < arrivalOf(PAGE, BEN));
    }

    @Test
    default void whoComesBackIsAnotherViewerByTheirNumber() { // A7
        var ana = tabOf(ANA);
        var before = ana.joins(PAGE).snapshot();
        ana.leaves(PAGE);

        var after = ana.joins(PAGE).snapshot();

        assertEquals(ranked(before), ranked(after));
        assertNotEquals(before, after);
        assertTrue(before.viewers().get(0).arrival() < after.viewers().get(0).arrival());
    }

    @Test
    default void aUserIsAnotherNumberOnAnotherPage() { // A7
        tabOf(ANA).joins(PAGE);
        tabOf(ANA).joins(OTHER);

        assertNotEquals(arrivalOf(PAGE, ANA), arrivalOf(OTHER, ANA));
    }

    // What operators see

    @Test
    default void occupancyCountsPagesAndLiveTabs() {
        tabOf(ANA).joins(PAGE);
        tabOf(ANA).joins(PAGE);
        var ben = tabOf(BEN);
        ben.joins(OTHER);

        assertEquals(new Occupancy(2, 3, 0, 0, 0, Occupancy.Transfers.NONE), occupancy());
        ben.leaves(OTHER);
        assertEquals(new Occupancy(1, 2, 0, 0, 0, Occupancy.Transfers.NONE), occupancy());
    }

    @Test
    default void occupancyCountsWhatExpiredButNotWhatLeft() {
        var ben = tabOf(BEN);
        var cai = tabOf(CAI);
        tabOf(ANA).joins(PAGE);
        ben.joins(PAGE);
        cai.joins(PAGE);
        ben.leaves(PAGE);
        cai.unloads(PAGE);
        clock().advance(LIFE.plus(MILLISECOND));

        sweep();

        assertEquals(new Occupancy(0, 0, 0, 0, 1, Occupancy.Transfers.NONE), occupancy());
    }

    @Test
    default void aTabWasLastSeenWhenItWasLastRenewed() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        clock().advance(Duration.ofSeconds(15));
        ana.hidden().beats(PAGE);
        var renewed = clock().instant();

        clock().advance(AWAY_LIFE);

        assertEquals(Optional.of(renewed), ana.lastSeen());
    }

    @Test
    default void aLeavingTabWasLastSeenWhenItWasLastRenewed() {
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        var renewed = clock().instant();
        clock().advance(Duration.ofSeconds(15));

        ana.unloads(PAGE);
        ana.beats(PAGE);

        assertEquals(Optional.of(renewed), ana.lastSeen());
    }

    @Test
    default void aTabThatIsNotAliveWasNotSeen() {
        var expired = tabOf(ANA);
        var left = tabOf(ANA);
        expired.joins(PAGE);
        clock().advance(LIFE.plus(MILLISECOND));
        left.joins(PAGE);

        left.leaves(PAGE);

        assertEquals(Optional.empty(), expired.lastSeen());
        assertEquals(Optional.empty(), left.lastSeen());
        assertEquals(Optional.empty(), tabOf(BEN).lastSeen());
        assertEquals(Optional.empty(), left.sentBy(BEN).lastSeen());
    }
}
