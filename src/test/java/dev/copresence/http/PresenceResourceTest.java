package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP contract as a client sees it, in a time that is moved by hand. */
@QuarkusTest
@TestProfile(ManualTime.Profile.class)
class PresenceResourceTest {

    private static final Duration TTL = Duration.ofSeconds(45);
    private static final Duration AWAY_TTL = Duration.ofSeconds(150);
    private static final Duration LEAVE_GRACE = Duration.ofSeconds(3);
    private static final Duration LEAVE_REMEMBERED = Duration.ofSeconds(10);
    private static final Duration MILLISECOND = Duration.ofMillis(1);

    private static final Map<String, Object> HIDDEN = Map.of("isVisible", false);
    private static final Map<String, Object> UNLOADING = Map.of("unloading", true);

    @Inject
    ManualTime time;

    // --- The four calls of every client, with the smallest bodies

    @Test
    void aPageWhereNobodyIsListsNobody() {
        var ana = Caller.stranger("ana");
        var page = newPage();

        var list = ana.list(page);

        list.statusCode(200)
                .contentType("application/json")
                .body("pagePath", equalTo(page))
                .body("viewers", empty())
                .body("viewerCount", is(0))
                .body("tabCount", is(0))
                .body("", not(hasKey("editorUserId")));
    }

    @Test
    void aJoinBringsItsUserToThePage() {
        var ana = Caller.stranger("ana");
        var page = newPage();

        ana.join(page, newTab()).statusCode(200);

        ana.list(page)
                .statusCode(200)
                .body("viewers.id", contains(ana.id))
                .body("viewers.name", contains(ana.name()))
                .body("viewers.tabCount", contains(1))
                .body("viewerCount", is(1))
                .body("tabCount", is(1))
                .body("", not(hasKey("editorUserId")));
    }

    @Test
    void aHeartbeatKeepsItsTab() {
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        ana.join(page, tab);

        time.advance(TTL);
        ana.beat(page, tab, false).statusCode(200);
        time.advance(TTL);

        ana.list(page).body("viewers.id", contains(ana.id)).body("tabCount", is(1));
    }

    @Test
    void aHeartbeatThatEditsMakesItsUserTheEditor() {
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        ana.join(page, tab);

        ana.beat(page, tab, true).statusCode(200);

        ana.list(page).body("editorUserId", equalTo(ana.id));
    }

    @Test
    void aLeaveTakesEffectAtOnce() { // L1
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        ana.join(page, tab);

        ana.leave(page, tab).statusCode(200).contentType("application/json").body("", anEmptyMap());

        ana.list(page).body("viewers", empty()).body("tabCount", is(0));
    }

    @Test
    void aLeaveOfATabThatNobodyKnowsIsFine() {
        var ana = Caller.stranger("ana");
        var page = newPage();
        ana.join(page, newTab());
        var before = ana.listed(page);

        ana.leave(page, newTab()).statusCode(200);

        assertEquals(before, ana.listed(page));
    }

    @Test
    void aSecondLeaveIsFine() {
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        ana.join(page, tab);
        ana.leave(page, tab);

        ana.leave(page, tab).statusCode(200);

        ana.list(page).body("viewers", empty());
    }

    @Test
    void theCallerIsWhomTheTokenVouchesFor() { // I1
        var ana = Caller.stranger("ana");

        var me = ana.request().get("/api/presence/me").then();

        me.statusCode(200)
                .contentType("application/json")
                .body("id", equalTo(ana.id))
                .body("name", equalTo(ana.name()))
                .body("", aMapWithSize(2));
    }

    // --- The beat

    @Test
    void aBeatSaysWhoTheCallerIsAndWhenToBeatAgain() { // T1
        var ana = Caller.stranger("ana");
        var page = newPage();

        var beat = ana.join(page, newTab());

        beat.statusCode(200)
                .contentType("application/json")
                .body("pagePath", equalTo(page))
                .body("ttlMs", is(45_000))
                .body("nextHeartbeatMs", is(15_000))
                .body("self.id", equalTo(ana.id))
                .body("self.name", equalTo(ana.name()))
                .body("snapshot.viewers.id", contains(ana.id));
    }

    @Test
    void aHiddenTabIsToldToBeatLessOftenUnlessItClaims() { // Y7
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();

        ana.join(page, tab, Map.of("isVisible", false)).body("nextHeartbeatMs", is(50_000));
        ana.beat(page, tab, true, Map.of("isVisible", false)).body("nextHeartbeatMs", is(15_000));
        ana.beat(page, tab, false, Map.of("isVisible", true)).body("nextHeartbeatMs", is(15_000));
    }

    @Test
    void whatIsNotThereIsAbsentAndNotNull() {
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        var etag = etag(ana.join(page, tab).extract().path("etag"));

        var beat = ana.beat(page, tab, false, Map.of("known", etag)).statusCode(200);

        beat.body("keySet()", is(java.util.Set.of("pagePath", "etag", "ttlMs", "nextHeartbeatMs", "self")))
                .body("self", not(hasKey("avatar")));
        assertFalse(ana.listed(page).contains("null"), ana.listed(page));
    }

    @Test
    void allOptionalFieldsTogetherAreTaken() {
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        ana.join(page, tab, Map.of("isEditing", true, "isVisible", false, "incarnation", 1_695_467_000_123.25))
                .statusCode(200);

        var beat =
                ana.beat(page, tab, true, Map.of("isVisible", true, "incarnation", 1_695_467_000_124L, "known", "x"));

        beat.statusCode(200)
                .body("ttlMs", is(45_000))
                .body("editing.granted", is(true))
                .body("snapshot.editorUserId", equalTo(ana.id));
    }

    @Test
    void optionalFieldsMayBeNull() {
        var ana = Caller.stranger("ana");
        var page = newPage();
        var body = """
                {"pagePath":"%s","tabId":"%s","isEditing":false,"isVisible":null,"incarnation":null,"known":null}""".formatted(page, newTab());

        ana.post("heartbeat", body).statusCode(200);

        ana.list(page).body("viewers.id", contains(ana.id));
    }

    @Test
    void theSnapshotHasTheSameBytesInListAndBeat() { // S1
        var ana = Caller.stranger("ana");
        var page = newPage();

        var beat = ana.join(page, newTab(), Map.of("isEditing", true)).extract().asString();

        assertTrue(beat.contains("\"snapshot\":" + ana.listed(page) + ","), beat);
    }

    @Test
    void aBeatLeavesOutTheSnapshotThatItsTabHas() {
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        String known = ana.join(page, tab).extract().path("etag");

        var beat = ana.beat(page, tab, false, Map.of("known", known));

        beat.statusCode(200).body("etag", equalTo(known)).body("", not(hasKey("snapshot")));
    }

    @Test
    void aBeatTakesTheKnownEtagAsTheHeaderSpellsItToo() {
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        ana.join(page, tab);
        var header = ana.list(page).extract().header("ETag");

        var beat = ana.beat(page, tab, false, Map.of("known", header));

        beat.statusCode(200).body("", not(hasKey("snapshot")));
    }

    @Test
    void aBeatBringsTheSnapshotThatChanged() {
        var ana = Caller.stranger("ana");
        var bob = Caller.stranger("bob");
        var page = newPage();
        var tab = newTab();
        String known = ana.join(page, tab).extract().path("etag");
        bob.join(page, newTab());

        var beat = ana.beat(page, tab, false, Map.of("known", known));

        beat.body("etag", not(equalTo(known))).body("snapshot.viewers.id", contains(ana.id, bob.id));
    }

    // --- ETags

    @Test
    void aListCarriesTheBeatsEtagAndMustBeRevalidated() {
        var ana = Caller.stranger("ana");
        var page = newPage();
        String etag = ana.join(page, newTab()).extract().path("etag");

        var list = ana.list(page);

        list.header("ETag", equalTo('"' + etag + '"')).header("Cache-Control", equalTo("private, no-cache"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"%s\"", "W/\"%s\"", "*", "\"x\", \"%s\"", "W/\"x\",W/\"%s\"", "\"a,b\", \"%s\" , \"y\""})
    void aListThatItsReaderHasIsNotSentAgain(String ifNoneMatch) { // RFC 9110, section 13.1.2: weak comparison
        var ana = Caller.stranger("ana");
        var page = newPage();
        String etag = ana.join(page, newTab()).extract().path("etag");

        var list = listIfNoneMatch(ana, page, ifNoneMatch.formatted(etag));

        list.statusCode(304)
                .header("ETag", equalTo('"' + etag + '"'))
                .header("Cache-Control", equalTo("private, no-cache"))
                .body(emptyString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"x%s\"", "\"x\"", "W/\"x\", \"y\"", "\"\""})
    void aListThatItsReaderDoesNotHaveIsSent(String ifNoneMatch) {
        var ana = Caller.stranger("ana");
        var page = newPage();
        String etag = ana.join(page, newTab()).extract().path("etag");

        var list = listIfNoneMatch(ana, page, ifNoneMatch.formatted(etag));

        list.statusCode(200).body("viewers.id", contains(ana.id));
    }

    @Test
    void aChangeOfThePageChangesTheEtag() {
        var ana = Caller.stranger("ana");
        var page = newPage();
        String etag = ana.join(page, newTab()).extract().path("etag");
        ana.join(page, newTab());

        var list = listIfNoneMatch(ana, page, '"' + etag + '"');

        list.statusCode(200).header("ETag", not(equalTo('"' + etag + '"'))).body("tabCount", is(2));
    }

    @Test
    void aHeartbeatThatOnlyRenewsLeavesTheEtag() { // S2
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        ana.join(page, tab);
        var before = ana.list(page).extract().header("ETag");
        time.advance(Duration.ofSeconds(15));

        ana.beat(page, tab, false);

        ana.list(page).header("ETag", equalTo(before));
    }

    // --- Viewers

    @Test
    void viewersStandInOrderOfArrivalWhoeverBeatsLast() {
        var zoe = Caller.stranger("zoe");
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        zoe.join(page, tab);
        ana.join(page, newTab());

        zoe.beat(page, tab, false);

        ana.list(page).body("viewers.id", contains(zoe.id, ana.id)).body("viewerCount", is(2));
    }

    @Test
    void aUserWithTwoTabsIsOneViewer() {
        var ana = Caller.stranger("ana");
        var bob = Caller.stranger("bob");
        var page = newPage();
        ana.join(page, newTab());
        bob.join(page, newTab());

        ana.join(page, newTab());

        bob.list(page)
                .body("viewers.id", contains(ana.id, bob.id))
                .body("viewers.tabCount", contains(2, 1))
                .body("viewerCount", is(2))
                .body("tabCount", is(3));
    }

    @Test
    void aViewerWhoseTabsAreAllHiddenIsAway() {
        var ana = Caller.stranger("ana");
        var bob = Caller.stranger("bob");
        var page = newPage();
        ana.join(page, newTab(), HIDDEN);
        bob.join(page, newTab(), HIDDEN);

        bob.join(page, newTab());

        bob.list(page).body("viewers[0].away", is(true)).body("viewers[1]", not(hasKey("away")));
    }

    @Test
    void aViewerIsNotAwayOnceATabIsSeenAgain() {
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        ana.join(page, tab, HIDDEN);

        ana.beat(page, tab, false);

        ana.list(page).body("viewers[0]", not(hasKey("away")));
    }

    // --- Editing

    @Test
    void theFirstClaimIsGrantedWithAFence() { // E1, E2
        var ana = Caller.stranger("ana");
        var page = newPage();

        var beat = ana.join(page, newTab(), Map.of("isEditing", true));

        beat.body("editing.granted", is(true))
                .body("editing.fence", greaterThan(0L))
                .body("editing", aMapWithSize(2))
                .body("snapshot.editorUserId", equalTo(ana.id));
    }

    @Test
    void aLaterClaimWaitsAndIsToldForWhom() { // E1, E2
        var ana = Caller.stranger("ana");
        var bob = Caller.stranger("bob");
        var cleo = Caller.stranger("cleo");
        var page = newPage();
        ana.beat(page, newTab(), true);
        bob.beat(page, newTab(), true);

        var beat = cleo.beat(page, newTab(), true);

        beat.body("editing.granted", is(false))
                .body("editing.editorUserId", equalTo(ana.id))
                .body("editing.position", is(2))
                .body("editing", aMapWithSize(3))
                .body("snapshot.editorUserId", equalTo(ana.id));
    }

    @Test
    void theHolderKeepsLeaseAndFenceWhileItBeats() { // E1
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        long fence = fence(ana.beat(page, tab, true).extract().path("editing.fence"));
        Caller.stranger("bob").beat(page, newTab(), true);

        var beat = ana.beat(page, tab, true);

        beat.body("editing.granted", is(true)).body("editing.fence", equalTo(fence));
    }

    @Test
    void aLeaveHandsTheLeaseToTheNextClaimWithAHigherFence() { // E3
        var ana = Caller.stranger("ana");
        var bob = Caller.stranger("bob");
        var page = newPage();
        var anasTab = newTab();
        var bobsTab = newTab();
        long fence = fence(ana.beat(page, anasTab, true).extract().path("editing.fence"));
        bob.beat(page, bobsTab, true);

        ana.leave(page, anasTab);

        bob.list(page).body("editorUserId", equalTo(bob.id));
        bob.beat(page, bobsTab, true).body("editing.granted", is(true)).body("editing.fence", greaterThan(fence));
    }

    @Test
    void whoEndsTheClaimIsNoEditorButStaysAViewer() { // E3
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        ana.beat(page, tab, true);

        ana.beat(page, tab, false).body("", not(hasKey("editing")));

        ana.list(page).body("", not(hasKey("editorUserId"))).body("viewers.id", contains(ana.id));
    }

    @Test
    void aSecondTabOfTheEditorIsAClaimOfItsOwn() { // E3
        var ana = Caller.stranger("ana");
        var page = newPage();
        ana.beat(page, newTab(), true);

        var beat = ana.beat(page, newTab(), true);

        beat.body("editing.granted", is(false))
                .body("editing.editorUserId", equalTo(ana.id))
                .body("editing.position", is(1));
    }

    @Test
    void aJoinThatDoesNotSayLeavesTheClaimAsItIs() {
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        ana.beat(page, tab, true);

        var beat = ana.join(page, tab);

        beat.body("editing.granted", is(true)).body("snapshot.editorUserId", equalTo(ana.id));
    }

    // --- Time

    @Test
    void aVisibleTabLivesForItsTtlAndNoLonger() { // T1, T2
        var ana = Caller.stranger("ana");
        var page = newPage();
        ana.join(page, newTab());

        time.advance(TTL);
        var atTheLimit = ana.list(page);
        time.advance(MILLISECOND);
        var after = ana.list(page);

        atTheLimit.body("viewers.id", contains(ana.id));
        after.body("viewers", empty());
    }

    @Test
    void aHiddenTabLivesForItsOwnTtlAndNoLonger() { // T1, T2
        var ana = Caller.stranger("ana");
        var page = newPage();
        ana.join(page, newTab(), HIDDEN).body("ttlMs", is(150_000));

        time.advance(AWAY_TTL);
        var atTheLimit = ana.list(page);
        time.advance(MILLISECOND);
        var after = ana.list(page);

        atTheLimit.body("viewers.id", contains(ana.id));
        after.body("viewers", empty());
    }

    @Test
    void aHiddenEditorKeepsTheLease() { // T1
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        ana.beat(page, tab, true);
        ana.beat(page, tab, true, HIDDEN);

        time.advance(AWAY_TTL);

        ana.list(page).body("editorUserId", equalTo(ana.id));
    }

    @Test
    void anExpiryIsAChange() { // T4, E3
        var ana = Caller.stranger("ana");
        var bob = Caller.stranger("bob");
        var page = newPage();
        var tab = newTab();
        ana.beat(page, newTab(), true);
        bob.beat(page, tab, true, HIDDEN);
        var before = bob.list(page).extract().header("ETag");

        time.advance(TTL.plus(MILLISECOND));

        listIfNoneMatch(bob, page, before)
                .statusCode(200)
                .body("viewers.id", contains(bob.id))
                .body("editorUserId", equalTo(bob.id));
    }

    // --- Leave and reload

    @Test
    void aReloadIsNotSeen() { // L1
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        long fence = fence(ana.beat(page, tab, true).extract().path("editing.fence"));
        var before = ana.listed(page);

        ana.leave(page, tab, UNLOADING).statusCode(200);
        var between = ana.listed(page);
        time.advance(LEAVE_GRACE);
        var beat = ana.join(page, tab);
        time.advance(LEAVE_GRACE.plus(MILLISECOND));

        beat.body("editing.fence", equalTo(fence));
        assertEquals(before, between);
        assertEquals(before, ana.listed(page));
    }

    @Test
    void anUnloadedTabThatDoesNotComeBackIsGoneAfterTheGrace() { // L1
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        ana.join(page, tab);

        ana.leave(page, tab, UNLOADING);
        time.advance(LEAVE_GRACE.plus(MILLISECOND));

        ana.list(page).body("viewers", empty());
    }

    @Test
    void aHeartbeatOfAnOlderDocumentChangesNothing() { // L2
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        ana.join(page, tab, incarnation(2));
        var before = ana.listed(page);

        ana.beat(page, tab, true, incarnation(1)).statusCode(200);

        assertEquals(before, ana.listed(page));
    }

    @Test
    void aLeaveOfAnOlderDocumentChangesNothing() { // L2
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        ana.join(page, tab, incarnation(2));

        ana.leave(page, tab, incarnation(1)).statusCode(200);

        ana.list(page).body("viewers.id", contains(ana.id));
    }

    @Test
    void aLateHeartbeatOfTheDocumentThatLeftDoesNotBringItBack() { // L2
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        ana.join(page, tab, incarnation(1));
        ana.leave(page, tab, incarnation(1));

        time.advance(LEAVE_REMEMBERED);
        ana.beat(page, tab, false, incarnation(1)).statusCode(200).body("snapshot.viewers", empty());

        ana.list(page).body("viewers", empty());
    }

    @Test
    void aHeartbeatLongAfterTheLeaveBringsTheTabBack() { // L2, L3
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        ana.join(page, tab, incarnation(1));
        ana.leave(page, tab, incarnation(1));

        time.advance(LEAVE_REMEMBERED.plus(MILLISECOND));
        ana.beat(page, tab, false, incarnation(1));

        ana.list(page).body("viewers.id", contains(ana.id));
    }

    @Test
    void theNextDocumentOfATabThatLeftIsHeardAtOnce() { // L2
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        ana.join(page, tab, incarnation(1));
        ana.leave(page, tab, incarnation(1));

        ana.beat(page, tab, false, incarnation(2));

        ana.list(page).body("viewers.id", contains(ana.id));
    }

    @Test
    void withoutIncarnationTheLastCallWins() { // L2
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        ana.join(page, tab);
        ana.leave(page, tab);

        ana.beat(page, tab, false);

        ana.list(page).body("viewers.id", contains(ana.id));
    }

    @Test
    void aHeartbeatWithoutJoinBringsTheTab() { // L3
        var ana = Caller.stranger("ana");
        var page = newPage();

        ana.beat(page, newTab(), true).statusCode(200).body("snapshot.viewers.id", contains(ana.id));

        ana.list(page).body("viewers.id", contains(ana.id)).body("editorUserId", equalTo(ana.id));
    }

    @Test
    void aHeartbeatAfterAnExpiryBringsTheTabBack() { // L3
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        ana.join(page, tab);
        time.advance(TTL.plus(MILLISECOND));

        ana.beat(page, tab, false);

        ana.list(page).body("viewers.id", contains(ana.id));
    }

    // --- Identity

    @ParameterizedTest
    @ValueSource(strings = {"userId", "user", "id", "sub"})
    void aUserThatTheClientNamesIsIgnored(String field) { // I1
        var ana = Caller.stranger("ana");
        var page = newPage();

        ana.join(page, newTab(), Map.of(field, "mallory", "name", "Mallory")).statusCode(200);

        ana.list(page).body("viewers.id", contains(ana.id)).body("viewers.name", contains(ana.name()));
    }

    @Test
    void anothersTabIdIsNoHandleOnTheirTab() { // I2
        var ana = Caller.stranger("ana");
        var eve = Caller.stranger("eve");
        var page = newPage();
        var tab = newTab();
        ana.beat(page, tab, true);
        var before = ana.listed(page);

        eve.leave(page, tab).statusCode(200);
        eve.leave(page, tab, incarnation(9)).statusCode(200);
        eve.beat(newPage(), tab, false).statusCode(200);

        assertEquals(before, ana.listed(page));
    }

    @Test
    void theSameTabIdOfTwoUsersIsTwoTabs() { // I2
        var ana = Caller.stranger("ana");
        var eve = Caller.stranger("eve");
        var page = newPage();
        var tab = newTab();
        ana.beat(page, tab, true);

        eve.beat(page, tab, true).body("editing.granted", is(false)).body("editing.editorUserId", equalTo(ana.id));

        ana.list(page).body("viewers.id", contains(ana.id, eve.id)).body("tabCount", is(2));
    }

    @Test
    void anothersHeartbeatDoesNotKeepATabAlive() { // I2
        var ana = Caller.stranger("ana");
        var eve = Caller.stranger("eve");
        var page = newPage();
        var tab = newTab();
        ana.join(page, tab);
        time.advance(TTL);
        eve.beat(page, tab, false);

        time.advance(MILLISECOND);

        eve.list(page).body("viewers.id", contains(eve.id));
    }

    @Test
    void aTabIdIsTheSameInUpperCase() { // I2: kept as 128 bits
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = "3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01";
        ana.join(page, tab);

        ana.join(page, tab.toUpperCase(java.util.Locale.ROOT));

        ana.list(page).body("tabCount", is(1));
    }

    @Test
    void aTabThatNamesAnotherPageMovesThere() { // I6
        var ana = Caller.stranger("ana");
        var oldPage = newPage();
        var newPage = newPage();
        var tab = newTab();
        ana.beat(oldPage, tab, true);

        ana.beat(newPage, tab, false).statusCode(200);

        ana.list(oldPage).body("viewers", empty()).body("", not(hasKey("editorUserId")));
        ana.list(newPage).body("viewers.id", contains(ana.id)).body("tabCount", is(1));
    }

    @Test
    void aLateLeaveOfTheOldPageDoesNotTouchTheNew() { // I6
        var ana = Caller.stranger("ana");
        var oldPage = newPage();
        var newPage = newPage();
        var tab = newTab();
        ana.join(oldPage, tab);
        ana.join(newPage, tab);

        ana.leave(oldPage, tab).statusCode(200);

        ana.list(newPage).body("viewers.id", contains(ana.id));
    }

    // --- Pages

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/é b",
                "/%C3%A9%20b/",
                "/%c3%a9%20b",
                "/e\u0301%20b",
                "/e%cc%81%20b",
                "/%65\u0301%20b",
                "/é%20b/"
            })
    void whatABrowserShowsAsOneUrlIsOnePage(String spelling) { // P1
        var ana = Caller.stranger("ana");
        var root = newPage();
        var tab = newTab();
        var asked = root + spelling.replace(" ", "%20");

        var beat = ana.join(asked, tab);

        var canonical = root + "/%C3%A9%20b";
        beat.statusCode(200).body("pagePath", equalTo(canonical)).body("snapshot.pagePath", equalTo(canonical));
        ana.list(canonical).body("viewers.id", contains(ana.id));
        ana.list(asked).body("pagePath", equalTo(canonical)).body("viewers.id", contains(ana.id));
    }

    @ParameterizedTest
    @CsvSource({
        "/wiki/100%, /wiki/100%25",
        "/app/[slug]/page.tsx, /app/%5Bslug%5D/page.tsx",
        "/a|b^c, /a%7Cb%5Ec",
        "/%D9%85%DB%8C%E2%80%8C%D8%AE%D9%88%D8%A7%D9%87%D9%85, /%D9%85%DB%8C%E2%80%8C%D8%AE%D9%88%D8%A7%D9%87%D9%85",
        "/\u0D28\u0D4D\u200D, /%E0%B4%A8%E0%B5%8D%E2%80%8D",
        "/%F0%9F%8F%B3%EF%B8%8F%E2%80%8D%F0%9F%8C%88, /%F0%9F%8F%B3%EF%B8%8F%E2%80%8D%F0%9F%8C%88"
    })
    void whatABrowserHasAsPathnameIsAPageInEachCall(String pathname, String canonical) { // P3
        var ana = Caller.stranger("ana");
        var root = newPage();
        var tab = newTab();

        ana.join(root + pathname, tab).statusCode(200).body("snapshot.pagePath", equalTo(root + canonical));
        ana.beat(root + pathname, tab, true).statusCode(200).body("pagePath", equalTo(root + canonical));

        // the parameter as encodeURIComponent makes it
        ana.list(root + pathname)
                .statusCode(200)
                .body("pagePath", equalTo(root + canonical))
                .body("editorUserId", equalTo(ana.id));
        ana.leave(root + pathname, tab).statusCode(200);
        ana.list(root + canonical).body("viewers", empty());
    }

    @Test
    void aLeaveMayUseAnotherSpelling() { // P1
        var ana = Caller.stranger("ana");
        var page = newPage();
        var tab = newTab();
        ana.join(page + "/%C3%A9", tab);

        ana.leave(page + "/é/", tab).statusCode(200);

        ana.list(page + "/é").body("viewers", empty());
    }

    @Test
    void caseTellsPagesApart() { // P1
        var ana = Caller.stranger("ana");
        var page = newPage();
        ana.join(page + "/a", newTab());

        var list = ana.list(page + "/A");

        list.body("viewers", empty()).body("pagePath", equalTo(page + "/A"));
    }

    private static io.restassured.response.ValidatableResponse listIfNoneMatch(
            Caller caller, String page, String tags) {
        return caller.request()
                .header("If-None-Match", tags)
                .queryParam("pagePath", page)
                .get("/api/presence/list")
                .then();
    }

    private static Map<String, Object> incarnation(int number) {
        return Map.of("incarnation", number);
    }

    private static long fence(Object json) {
        return ((Number) json).longValue();
    }

    private static String etag(Object json) {
        return (String) json;
    }
}
