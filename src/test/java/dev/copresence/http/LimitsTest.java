package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What there can be too much of (F3), with limits that are quickly reached. */
@QuarkusTest
@TestProfile(LimitsTest.SmallLimits.class)
class LimitsTest {

    private static final int TABS_PER_USER = 3;
    private static final int TABS = 5;
    private static final int STREAMS = 2;
    private static final int REQUESTS_PER_SECOND = 2;
    private static final int BURST = 4 * REQUESTS_PER_SECOND;
    private static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(15);
    private static final Duration LONGER_THAN_ANY_TAB_LIVES = Duration.ofSeconds(151);

    /** Limits of the fingers of one hand, in manual time. */
    public static class SmallLimits extends ManualTime.Profile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "copresence.limits.tabs-per-user", String.valueOf(TABS_PER_USER),
                    "copresence.limits.tabs", String.valueOf(TABS),
                    "copresence.limits.streams", String.valueOf(STREAMS),
                    "copresence.limits.requests-per-second-per-user", String.valueOf(REQUESTS_PER_SECOND),
                    "copresence.max-listed", "2");
        }
    }

    @Inject
    ManualTime time;

    @Inject
    Streams streams;

    private final String page = newPage();

    @BeforeEach
    void allTabsOfOtherTestsAreGone() {
        time.advance(LONGER_THAN_ANY_TAB_LIVES);
    }

    // --- Tabs

    @Test
    void aUserGetsNoMoreTabsThanTheLimit() {
        var ana = Caller.stranger("ana");
        var bob = Caller.stranger("bob");
        joinUpToTheUsersLimit(ana);
        var before = bob.listed(page);

        var join = ana.join(page, newTab());
        var heartbeat = ana.beat(page, newTab(), true);

        assertTooManyTabs(join);
        assertTooManyTabs(heartbeat);
        assertEquals(before, bob.listed(page));
    }

    @Test
    void aUserAtTheLimitKeepsTheTabsThatAreThere() {
        var ana = Caller.stranger("ana");
        var tab = joinUpToTheUsersLimit(ana);
        var otherPage = newPage();

        ana.beat(page, tab, true).statusCode(200).body("editing.granted", is(true));
        ana.join(otherPage, tab).statusCode(200);

        ana.list(otherPage).body("viewers.id", contains(ana.id));
    }

    @Test
    void oneUsersLimitIsNotAnothers() {
        joinUpToTheUsersLimit(Caller.stranger("ana"));
        var bob = Caller.stranger("bob");

        bob.join(page, newTab()).statusCode(200);
    }

    @Test
    void aTabThatLeavesMakesRoomForAnother() {
        var ana = Caller.stranger("ana");
        var tab = joinUpToTheUsersLimit(ana);
        ana.leave(page, tab);

        ana.join(page, newTab()).statusCode(200);

        ana.list(page).body("tabCount", is(TABS_PER_USER));
    }

    @Test
    void tabsThatExpireMakeRoomWhoeverHasSwept() { // T2
        var ana = Caller.stranger("ana");
        joinUpToTheUsersLimit(ana);
        time.advance(Duration.ofSeconds(45).plusMillis(1));

        ana.join(page, newTab()).statusCode(200);

        ana.list(page).body("tabCount", is(1));
    }

    @Test
    void theServiceTakesNoMoreTabsThanTheLimitInAll() {
        var ana = Caller.stranger("ana");
        var bob = Caller.stranger("bob");
        var cleo = Caller.stranger("cleo");
        joinUpToTheUsersLimit(ana);
        var bobsTab = newTab();
        bob.join(page, bobsTab).statusCode(200);
        bob.join(page, newTab()).statusCode(200);
        var before = cleo.listed(page);

        var refused = cleo.join(page, newTab());

        assertTooManyTabs(refused);
        assertEquals(before, cleo.listed(page));
        bob.beat(page, bobsTab, false).statusCode(200).body("snapshot.tabCount", is(TABS));
    }

    @Test
    void aPageListsNoMoreViewersThanTheLimitButTheEditorAndCountsAll() {
        var ana = Caller.stranger("ana");
        var cleo = Caller.stranger("cleo");
        ana.join(page, newTab());
        Caller.stranger("bob").join(page, newTab());

        cleo.beat(page, newTab(), true);

        ana.list(page)
                .body("viewers.id", contains(ana.id, cleo.id))
                .body("editorUserId", equalTo(cleo.id))
                .body("viewerCount", is(3))
                .body("tabCount", is(3));
    }

    // --- Streams

    @Test
    void theServiceHasNoMoreStreamsThanTheLimitInAllUntilOneIsClosed() throws Exception {
        try (var anas = SseClient.open(Caller.stranger("ana"), page);
                var bobs = SseClient.open(Caller.stranger("bob"), page)) {
            anas.nextSnapshot();
            bobs.nextSnapshot();
            var cleo = Caller.stranger("cleo");

            var refusal = SseClient.refusal(cleo, page);
            anas.close();
            await().until(streams::count, is(STREAMS - 1));

            refusal.isProblem(429, "too-many-streams");
            assertEquals(String.valueOf(HEARTBEAT_INTERVAL.toSeconds()), refusal.header("Retry-After"));
            try (var cleos = SseClient.open(cleo, page)) {
                cleos.nextSnapshot();
            }
        }
    }

    // --- Requests

    @Test
    void aUserWhoAsksTooOftenIsRefusedUntilItIsTime() {
        var ana = Caller.stranger("ana");
        spendTheBurst(ana);

        var tooEarly = ana.list(page);
        time.advance(Duration.ofSeconds(1));
        var inTime = ana.list(page);

        assertTooManyRequests(tooEarly);
        inTime.statusCode(200);
    }

    @Test
    void whoWaitsASecondMayAskAsOftenAsASecondAllows() {
        var ana = Caller.stranger("ana");
        spendTheBurst(ana);
        time.advance(Duration.ofSeconds(1));

        for (var i = 0; i < REQUESTS_PER_SECOND; i++) {
            ana.list(page).statusCode(200);
        }

        assertTooManyRequests(ana.list(page));
    }

    @Test
    void oneUsersRequestsAreNotAnothers() {
        spendTheBurst(Caller.stranger("ana"));
        var bob = Caller.stranger("bob");

        bob.list(page).statusCode(200);
    }

    @Test
    void aRequestTooManyChangesNothing() {
        var ana = Caller.stranger("ana");
        var bob = Caller.stranger("bob");
        var tab = newTab();
        ana.beat(page, tab, true);
        var before = bob.listed(page);
        spend(ana, BURST - 1);

        assertTooManyRequests(ana.join(page, newTab()));
        assertTooManyRequests(ana.beat(page, newTab(), true));
        assertTooManyRequests(ana.leave(page, tab));

        assertEquals(before, bob.listed(page));
    }

    @Test
    void aKnownTabWhoseTurnItIsIsServedAllTheSame() {
        var ana = Caller.stranger("ana");
        var tab = newTab();
        ana.join(page, tab);
        time.advance(HEARTBEAT_INTERVAL);
        spendTheBurst(ana);

        var beat = ana.beat(page, tab, true);

        beat.statusCode(200).body("editing.granted", is(true));
    }

    @Test
    void aBatchCountsAsManyRequestsAsItHasItems() {
        var ana = Caller.stranger("ana");
        var bob = Caller.stranger("bob");
        var leaves = Collections.nCopies(BURST + 2, Map.of("pagePath", page, "tabId", newTab()));

        var batch = ana.post("batch", Map.of("leaves", leaves));

        batch.statusCode(200)
                .body("results.findAll { it.status == 200 }.size()", is(BURST))
                .body("results[" + BURST + "].status", is(429))
                .body("results[" + BURST + "].problem.type", equalTo("urn:copresence:problem:too-many-requests"));
        assertTooManyRequests(ana.list(page));
        bob.list(page).statusCode(200);
    }

    @Test
    void aTabWhoseTurnItIsIsServedInABatchThatIsTooLarge() {
        var ana = Caller.stranger("ana");
        var tab = newTab();
        ana.join(page, tab);
        time.advance(HEARTBEAT_INTERVAL);
        var others = Stream.generate(() -> beat(newTab())).limit(BURST);
        var beats = Stream.concat(others, Stream.of(beat(tab), beat(newTab()))).toList();

        var batch = ana.post("batch", Map.of("heartbeats", beats));

        batch.statusCode(200)
                .body("results[" + BURST + "].status", is(200))
                .body("results[" + (BURST + 1) + "].status", is(429));
    }

    private Map<String, Object> beat(String tab) {
        return Map.of("pagePath", page, "tabId", tab, "isEditing", false);
    }

    @Test
    void eachPageOfAStreamCountsAsARequest() throws Exception {
        var ana = Caller.stranger("ana");
        spend(ana, BURST - 3);

        var refusal = SseClient.refusal(ana, page, newPage(), newPage(), newPage());

        refusal.isProblem(429, "too-many-requests");
    }

    @Test
    void aKnownTabIsNotServedTwiceInItsTurn() {
        var ana = Caller.stranger("ana");
        var tab = newTab();
        ana.join(page, tab);
        time.advance(HEARTBEAT_INTERVAL);
        spendTheBurst(ana);
        ana.beat(page, tab, false).statusCode(200);

        var again = ana.beat(page, tab, true);

        assertTooManyRequests(again);
    }

    /** Leaves room for {@link #TABS} less these; gives one of them. */
    private String joinUpToTheUsersLimit(Caller caller) {
        var tab = newTab();
        caller.join(page, tab).statusCode(200);
        for (var i = 1; i < TABS_PER_USER; i++) {
            caller.join(page, newTab()).statusCode(200);
        }
        return tab;
    }

    private void spendTheBurst(Caller caller) {
        spend(caller, BURST);
    }

    private static void spend(Caller caller, int requests) {
        for (var i = 0; i < requests; i++) {
            caller.request().get("/api/presence/me").then().statusCode(200);
        }
    }

    private static void assertTooManyTabs(ValidatableResponse response) {
        var problem = Answer.of(response).isProblem(429, "too-many-tabs");
        assertEquals(String.valueOf(HEARTBEAT_INTERVAL.toSeconds()), problem.header("Retry-After"));
    }

    private static void assertTooManyRequests(ValidatableResponse response) {
        var problem = Answer.of(response).isProblem(429, "too-many-requests");
        assertEquals("1", problem.header("Retry-After"));
    }
}
