package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.copresence.access.Access;
import dev.copresence.access.Level;
import io.quarkus.test.junit.QuarkusMock;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of calls to pages that are not, or no longer, for the caller, in a time that is moved by hand. */
@QuarkusTest
@TestProfile(EditorResourceTest.Profile.class)
class PageAccessTest {

    private static final String REFUSAL = "{\"type\":\"urn:copresence:problem:forbidden\",\"title\":\"Forbidden\","
            + "\"status\":403,\"detail\":\"This page is not open to you here.\"}";

    @Inject
    ManualTime time;

    @Inject
    Streams streams;

    /** Set by the test resource. */
    TokenProvider provider;

    private final ChosenAccess access = new ChosenAccess();
    private final String page = newPage();
    private final String other = newPage();
    private final String tab = newTab();
    private Caller ana;
    private Caller ben;

    @BeforeEach
    void twoUsers() {
        QuarkusMock.installMockForType(access, Access.class);
        ana = Caller.with("ana", provider, EditorResource.TAKE_OVER);
        ben = Caller.stranger("ben", provider);
    }

    @AfterEach
    void noStreamIsLeft() {
        await().until(streams::count, is(0));
    }

    // --- A3: not for you is not there

    static Stream<BiFunction<Caller, String, ValidatableResponse>> calls() {
        return Stream.of(
                (caller, page) -> caller.join(page, newTab()),
                (caller, page) -> caller.beat(page, newTab(), false),
                (caller, page) -> caller.beat(page, newTab(), true),
                (caller, page) -> caller.leave(page, newTab()),
                Caller::list,
                (caller, page) -> caller.request()
                        .queryParam("pagePath", page)
                        .get("/api/presence/stream")
                        .then(),
                (caller, page) -> caller.post("editor/verify", Map.of("pagePath", page, "fence", 1)),
                (caller, page) -> caller.post("editor/request", Map.of("pagePath", page, "tabId", newTab())),
                (caller, page) -> caller.post("editor/handover", Map.of("pagePath", page, "tabId", newTab())),
                (caller, page) -> caller.post("editor/keep", Map.of("pagePath", page, "tabId", newTab())),
                (caller, page) -> caller.post("editor/takeover", Map.of("pagePath", page, "tabId", newTab())));
    }

    @ParameterizedTest
    @MethodSource("calls")
    void aPageThatIsNotForTheCallerIsNotThereWhetherOrNotPeopleAre(
            BiFunction<Caller, String, ValidatableResponse> call) { // A3
        ben.beat(page, tab, true).statusCode(200);
        access.close(page);
        access.close(other);

        var withPeople = Answer.of(call.apply(ana, page));
        var empty = Answer.of(call.apply(ana, other));

        assertEquals(403, withPeople.status());
        assertEquals(REFUSAL, withPeople.body());
        assertEquals(empty, withPeople);
    }

    @Test
    void aDecisionThatComesLaterIsAsGood() { // A3
        access.askForAll();
        access.close(other);

        ana.beat(page, tab, true).statusCode(200).body("editing.granted", is(true));
        var refused = Answer.of(ana.beat(other, newTab(), true));

        assertEquals(REFUSAL, refused.body());
    }

    @Test
    void aBatchIsRefusedItemByItem() { // A3
        access.close(other);

        var batch = ana.post(
                "batch",
                Map.of(
                        "heartbeats", List.of(beat(other), beat(page)),
                        "leaves", List.of(Map.of("pagePath", other, "tabId", newTab()))));

        batch.statusCode(200)
                .body("results.status", contains(403, 200, 403))
                .body("results[0].problem.detail", equalTo("This page is not open to you here."));
    }

    private static Map<String, Object> beat(String page) {
        return Map.of("pagePath", page, "tabId", newTab(), "isEditing", false);
    }

    @Test
    void aStreamNamesForbiddenPagesInTheCallersWordsAndShowsTheRest() throws Exception { // A3
        access.close(other);
        var words = other + "/";

        try (var stream = SseClient.open(ana, words, page)) {
            var forbidden = stream.next();
            assertEquals("forbidden", forbidden.name());
            assertEquals("{\"pagePath\":\"" + words + "\"}", forbidden.data());
            assertEquals(page, stream.nextSnapshot().json().getString("pagePath"));
        }
    }

    // --- A1: who may look and not edit

    @Test
    void whoMayNotEditIsOnThePageWithoutAClaim() { // A1
        access.decide(page, true, Level.NAMES, false);

        var beat = ana.beat(page, tab, true);

        beat.statusCode(200).body("editing", equalTo(Map.of("granted", false, "forbidden", true)));
        ana.list(page).body("viewerCount", is(1)).body("", not(hasKey("editorUserId")));
        ana.beat(page, tab, false).statusCode(200).body("", not(hasKey("editing")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"editor/request", "editor/takeover"})
    void whoMayNotEditGetsNoLease(String call) { // A1
        ben.beat(page, newTab(), true).statusCode(200);
        access.decide(page, true, Level.NAMES, false);

        var answer = Answer.of(ana.post(call, Map.of("pagePath", page, "tabId", tab)));

        answer.isProblem(403, "forbidden");
        assertEquals("You may not edit this page.", answer.json().getString("detail"));
    }

    @Test
    void aFenceIsNoLongerGoodForWhoMayNoLongerEdit() { // A1, A6
        long fence = ana.beat(page, tab, true).extract().path("editing.fence");
        var question = Map.of("pagePath", page, "fence", fence);
        ana.post("editor/verify", question).statusCode(200);

        access.decide(page, true, Level.NAMES, false);

        Answer.of(ana.post("editor/verify", question)).isProblem(403, "forbidden");
    }

    // --- A6: a right that ends

    @Test
    void aHeartbeatThatIsRefusedEndsTheTabAndItsClaim() { // A6
        long fence = ana.beat(page, tab, true).extract().path("editing.fence");
        var bensTab = newTab();
        ben.beat(page, bensTab, true).body("editing.position", is(1));
        access.close(page);

        ana.beat(page, tab, true).statusCode(403);

        access.decide(page, true, Level.NAMES, true);
        ben.list(page).body("viewerCount", is(1));
        ben.beat(page, bensTab, true).body("editing.fence", greaterThan(fence));
    }

    @Test
    void aClaimEndsWithTheNextHeartbeatOfWhoMayNoLongerEdit() { // A6
        ana.beat(page, tab, true).body("editing.granted", is(true));
        access.decide(page, true, Level.NAMES, false);

        ana.beat(page, tab, true).body("editing.forbidden", is(true));

        ben.list(page).body("viewerCount", is(1)).body("", not(hasKey("editorUserId")));
    }

    @Test
    void aStreamLosesThePageWhoseRightHasEndedAndGoesOn() throws Exception { // A6
        try (var stream = SseClient.open(ana, page, other)) {
            stream.nextSnapshot();
            stream.nextSnapshot();
            access.close(page);

            time.advance(ChosenAccess.RECHECK);

            var forbidden = nextButPings(stream);
            assertEquals("forbidden", forbidden.name());
            assertEquals("{\"pagePath\":\"" + page + "\"}", forbidden.data());
            ben.join(page, newTab());
            ben.join(other, newTab());
            assertEquals(other, stream.nextSnapshot().json().getString("pagePath"));
        }
    }

    @Test
    void aStreamEndsWithItsLastPage() throws Exception { // A6
        try (var stream = SseClient.open(ana, page)) {
            stream.nextSnapshot();
            access.close(page);

            time.advance(ChosenAccess.RECHECK);

            assertEquals("forbidden", nextButPings(stream).name());
            var bye = nextButPings(stream);
            assertEquals("bye", bye.name());
            assertEquals("forbidden", bye.json().getString("reason"));
            stream.assertEnds();
        }
    }

    // --- A4: nobody can say

    @ParameterizedTest
    @MethodSource("calls")
    void nothingIsAllowedThatNobodyCanDecide(BiFunction<Caller, String, ValidatableResponse> call) { // A4
        access.leaveUndecided(page);

        var answer = Answer.of(call.apply(ana, page));

        answer.isProblem(503, "unavailable");
        assertEquals("2", answer.header("Retry-After"));
    }

    @Test
    void aStreamEndsOfWhichNobodyCanSayAnyMore() throws Exception { // A4, A6
        try (var stream = SseClient.open(ana, page)) {
            stream.nextSnapshot();
            access.leaveUndecided(page);

            time.advance(ChosenAccess.RECHECK);

            var bye = nextButPings(stream);
            assertEquals("bye", bye.name());
            assertEquals("unavailable", bye.json().getString("reason"));
        }
    }

    private static SseClient.Event nextButPings(SseClient stream) throws InterruptedException {
        var event = stream.next();
        while (event.name().equals("ping")) {
            event = stream.next();
        }
        return event;
    }
}
