package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasEntry;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a lease goes from one editor to the next over HTTP, and who may do what, in a time that is moved by hand. */
@QuarkusTest
@TestProfile(EditorResourceTest.Profile.class)
class EditorResourceTest {

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);
    private static final Map<String, Object> HIDDEN = Map.of("isVisible", false);
    private static final Map<String, Object> NOW = Map.of("now", true);

    @Inject
    ManualTime time;

    /** Set by the test resource. */
    TokenProvider provider;

    private final String page = newPage();
    private final String anasTab = newTab();
    private final String bensTab = newTab();
    private Caller ana;
    private Caller ben;
    private long anasFence;

    @BeforeEach
    void anaEditsAndBenWaits() {
        ana = Caller.stranger("ana", provider);
        ben = Caller.stranger("ben", provider);
        anasFence = ana.beat(page, anasTab, true, HIDDEN).extract().path("editing.fence");
        ben.beat(page, bensTab, true, HIDDEN).body("editing.position", is(1));
    }

    // --- R1: verify

    @Test
    void theHolderUnderItsFenceMaySave() {
        var verified = ana.post("editor/verify", Map.of("pagePath", page + "/", "fence", anasFence));

        verified.statusCode(200)
                .body("pagePath", equalTo(page))
                .body("fence", is(anasFence))
                .body("editor", equalTo(Map.of("id", ana.id, "name", ana.name())))
                .body("", not(hasKey("section")));
    }

    @Test
    void aFenceThatIsNotThePresentOneIsRefused() {
        var answer = Answer.of(verify(ana, anasFence - 1));

        assertRefused(answer, "lost").isHeldBy(ana);
    }

    @Test
    void anothersFenceIsRefused() {
        var answer = Answer.of(verify(ben, anasFence));

        assertRefused(answer, "lost").isHeldBy(ana);
    }

    @Test
    void aHolderWhoseTabHasExpiredMayNotSave() { // T2: a closed lid
        ana.beat(page, anasTab, true);
        time.advance(Duration.ofSeconds(46));

        var answer = Answer.of(verify(ana, anasFence));

        assertRefused(answer, "lost").isHeldBy(ben);
    }

    @Test
    void nobodyHoldsWhatNobodyEdits() {
        var answer = Answer.of(ana.post("editor/verify", Map.of("pagePath", newPage(), "fence", anasFence)));

        assertRefused(answer, "lost").isHeldByNobody();
    }

    @Test
    void whoHasHandedOverMayNotSaveAndTheOtherMay() {
        call(ben, bensTab, "request");
        call(ana, anasTab, "handover");
        long bensFence = ben.beat(page, bensTab, true).extract().path("editing.fence");

        assertRefused(Answer.of(verify(ana, anasFence)), "lost").isHeldBy(ben);
        assertRefused(Answer.of(verify(ana, bensFence)), "lost").isHeldBy(ben);
        verify(ben, bensFence).statusCode(200);
    }

    @Test
    void aSectionIsVerifiedByItself() {
        var tab = newTab();
        long fence =
                ana.beat(page, tab, true, Map.of("section", "intro")).extract().path("editing.fence");

        ana.post("editor/verify", Map.of("pagePath", page, "fence", fence, "section", "intro"))
                .statusCode(200)
                .body("section", equalTo("intro"));
        assertRefused(Answer.of(verify(ana, fence)), "lost").isHeldBy(ana);
    }

    @Test
    void whoMayVerifyForOthersIsToldOfTheHolder() {
        var backend = Caller.with("backend", provider, "copresence-verifier");

        var verified = backend.post("editor/verify", Map.of("pagePath", page, "fence", anasFence, "userId", ana.id));
        var refused = backend.post("editor/verify", Map.of("pagePath", page, "fence", anasFence, "userId", ben.id));

        verified.statusCode(200).body("editor.id", equalTo(ana.id));
        assertRefused(Answer.of(refused), "lost").isHeldBy(ana);
    }

    @Test
    void whoMayNotVerifyForOthersIsRefused() {
        var asked = Map.of("pagePath", page, "fence", anasFence, "userId", ana.id);

        Answer.of(ben.post("editor/verify", asked)).isProblem(403, "forbidden");
        Answer.of(Caller.with("cai", provider, "copresence-takeover").post("editor/verify", asked))
                .isProblem(403, "forbidden");
        ben.post("editor/verify", asked).body("detail", is("This needs the role copresence-verifier."));
        ana.post("editor/verify", asked).statusCode(200);
    }

    // --- R2: request, hand over, keep

    @Test
    void aRequestIsToldToTheEditorAndToAll() {
        var turn = call(ben, bensTab, "request");

        turn.statusCode(200)
                .body("pagePath", equalTo(page))
                .body("snapshot.requestedByUserId", equalTo(ben.id))
                .body("editing.granted", is(false))
                .body("editing.position", is(1))
                .body("editing.requestedBy", equalTo(Map.of("id", ben.id, "name", ben.name())))
                .body("editing.deadlineMs", is(60_000));
        time.advance(Duration.ofSeconds(1));
        ana.beat(page, anasTab, true, HIDDEN)
                .body("editing.granted", is(true))
                .body("editing.fence", is(anasFence))
                .body("editing.requestedBy.id", equalTo(ben.id))
                .body("editing.deadlineMs", is(59_000));
        assertEquals(turn.extract().header("ETag"), null);
        ana.list(page)
                .header("ETag", equalTo('"' + turn.extract().<String>path("etag") + '"'))
                .body("requestedByUserId", equalTo(ben.id));
    }

    @Test
    void aHandOverMovesTheLeaseAndTheLoserIsToldToWhom() {
        call(ben, bensTab, "request");

        var turn = call(ana, anasTab, "handover");

        turn.statusCode(200)
                .body("snapshot.editorUserId", equalTo(ben.id))
                .body("snapshot", not(hasKey("requestedByUserId")))
                .body("editing.granted", is(false))
                .body("editing.lost", is(true))
                .body("editing.editorUserId", equalTo(ben.id))
                .body("editing.lostTo", equalTo(Map.of("id", ben.id, "name", ben.name())))
                .body("editing", not(hasKey("position")));
        ben.beat(page, bensTab, true, HIDDEN)
                .body("editing.granted", is(true))
                .body("editing.fence", greaterThan(anasFence))
                .body("editing", not(hasKey("lost")));
        ana.beat(page, anasTab, true, HIDDEN).body("editing.lost", is(true));
        ana.beat(page, anasTab, false, HIDDEN).body("", not(hasKey("editing")));
        ana.beat(page, anasTab, true, HIDDEN).body("editing.position", is(1));
    }

    @Test
    void anEditorWhoSaysNothingHandsOver() {
        call(ben, bensTab, "request");
        time.advance(ANSWER_WITHIN);

        ana.beat(page, anasTab, true, HIDDEN).body("editing.lost", is(true)).body("editing.lostTo.id", equalTo(ben.id));
        ben.list(page).body("editorUserId", equalTo(ben.id));
    }

    @Test
    void anEditorWhoKeepsTheLeaseIsNotAskedForTwoMinutes() {
        call(ben, bensTab, "request");

        call(ana, anasTab, "keep")
                .statusCode(200)
                .body("editing.granted", is(true))
                .body("editing", not(hasKey("requestedBy")))
                .body("snapshot", not(hasKey("requestedByUserId")));

        ben.beat(page, bensTab, true, HIDDEN).body("editing.keptMs", is(120_000));
        time.advance(Duration.ofSeconds(30));
        var again = Answer.of(call(ben, bensTab, "request"));
        assertRefused(again, "editor-keeps").isHeldBy(ana);
        assertEquals("90", again.header("Retry-After"));
        assertEquals(90_000, again.json().getInt("retryAfterMs"));
        time.advance(Duration.ofSeconds(90));
        call(ben, bensTab, "request").statusCode(200);
    }

    @Test
    void whoIsNotTheFirstToAskWaits() {
        var cai = Caller.stranger("cai", provider);
        var tab = newTab();
        cai.beat(page, tab, true, HIDDEN);
        call(ben, bensTab, "request");

        var refused = Answer.of(call(cai, tab, "request"));

        assertRefused(refused, "requested-by-other").isHeldBy(ana);
        assertEquals("60", refused.header("Retry-After"));
        assertEquals(60_000, refused.json().getInt("retryAfterMs"));
    }

    @ParameterizedTest
    @CsvSource({
        "handover, not-requested",
        "keep, not-requested",
    })
    void anEditorWhomNobodyAsksHasNothingToAnswer(String call, String reason) {
        var refused = Answer.of(call(ana, anasTab, call));

        assertRefused(refused, reason).isHeldBy(ana);
        assertNull(refused.header("Retry-After"));
        assertFalse(refused.body().contains("retryAfterMs"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"handover", "keep"})
    void whoWaitsIsNotTheEditor(String call) {
        assertRefused(Answer.of(call(ben, bensTab, call)), "not-editor").isHeldBy(ana);
    }

    @ParameterizedTest
    @ValueSource(strings = {"request", "handover", "keep"})
    void whoClaimsNothingIsRefused(String call) {
        var cai = Caller.stranger("cai", provider);
        var tab = newTab();
        cai.join(page, tab);

        assertRefused(Answer.of(call(cai, tab, call)), "no-claim").isHeldBy(ana);
        assertRefused(Answer.of(call(ben, newTab(), call)), "no-claim").isHeldBy(ana);
        assertRefused(Answer.of(call(ben, anasTab, call)), "no-claim").isHeldBy(ana); // I2
    }

    @Test
    void aRefusedCallChangesNothing() {
        var before = ana.listed(page);

        call(ben, bensTab, "handover").statusCode(409);

        assertEquals(before, ana.listed(page));
    }

    @Test
    void aRequestShowsInAStream() throws Exception { // R2, T4
        try (var stream = SseClient.open(ana, page)) {
            stream.nextSnapshot();

            call(ben, bensTab, "request");
            var asked = stream.nextSnapshot();
            time.advance(ANSWER_WITHIN);
            var handedOver = stream.nextSnapshot();

            assertEquals(ben.id, asked.json().getString("requestedByUserId"));
            assertEquals(ben.id, handedOver.json().getString("editorUserId"));
        }
    }

    // --- R3: take over

    @Test
    void whoMayTakesOverAtOnceAndItIsWrittenDown() {
        var chief = Caller.with("chief", provider, "copresence-takeover");
        var tab = newTab();
        chief.join(page, tab);

        List<String> audit;
        ValidatableResponse turn;
        try (var log = new AuditLog()) {
            turn = call(chief, tab, "takeover", NOW);
            audit = log.lines();
        }

        turn.statusCode(200)
                .body("editing.granted", is(true))
                .body("editing.fence", greaterThan(anasFence))
                .body("snapshot.editorUserId", equalTo(chief.id));
        ana.beat(page, anasTab, true).body("editing.lost", is(true)).body("editing.lostTo.id", equalTo(chief.id));
        long fence = turn.extract().path("editing.fence");
        assertEquals(1, audit.size(), audit::toString);
        assertEquals(
                chief.id + " took over " + page + " from " + ana.id + " at once, section -, fence " + fence,
                audit.get(0));
    }

    @Test
    void whoMayNotTakeOverIsRefused() {
        var verifier = Caller.with("verifier", provider, "copresence-verifier");
        verifier.join(page, bensTab);
        var before = ana.listed(page);

        Answer.of(call(ben, bensTab, "takeover")).isProblem(403, "forbidden");
        Answer.of(call(verifier, bensTab, "takeover")).isProblem(403, "forbidden");
        call(ben, bensTab, "takeover").body("detail", is("This needs the role copresence-takeover."));
        assertEquals(before, ana.listed(page));
    }

    @Test
    void whoMayTakeOverIsToldSo() { // R3
        var chief = Caller.with("chief", provider, "copresence-takeover");

        var joined = chief.join(page, newTab());
        var me = chief.request().get("/api/presence/me").then();

        joined.body("self.canTakeOver", is(true));
        me.statusCode(200).body("canTakeOver", is(true));
        ben.join(page, bensTab).body("self", not(hasKey("canTakeOver")));
    }

    @Test
    void whoTakesOverHasToBeThere() {
        var chief = Caller.with("chief", provider, "copresence-takeover");

        assertRefused(Answer.of(call(chief, newTab(), "takeover")), "no-claim").isHeldBy(ana);
    }

    @Test
    void aRememberedTokenKeepsItsRoles() { // docs/adr/0003
        var chief = Caller.with("chief", provider, "copresence-takeover");
        var tab = newTab();
        chief.join(page, tab);

        call(chief, tab, "takeover", NOW).statusCode(200);
        call(chief, tab, "takeover", NOW).statusCode(200).body("editing.granted", is(true));
    }

    // --- W5: the editor saves before it goes

    @Test
    void anEditorHasTimeForALastSaveBeforeATakeOver() {
        var chief = Caller.with("chief", provider, "copresence-takeover");
        var tab = newTab();
        chief.join(page, tab);

        var turn = call(chief, tab, "takeover");

        turn.statusCode(200)
                .body("editing.granted", is(false))
                .body("editing.position", is(0))
                .body("editing.editorUserId", equalTo(ana.id))
                .body("editing.requestedBy.id", equalTo(chief.id))
                .body("editing.yieldMs", is(5000))
                .body("editing", not(hasKey("deadlineMs")))
                .body("snapshot.editorUserId", equalTo(ana.id))
                .body("snapshot.requestedByUserId", equalTo(chief.id));
        time.advance(Duration.ofMillis(800));
        ana.beat(page, anasTab, true, HIDDEN)
                .body("editing.granted", is(true))
                .body("editing.fence", is(anasFence))
                .body("editing.requestedBy", equalTo(Map.of("id", chief.id, "name", chief.name())))
                .body("editing.yieldMs", is(4200))
                .body("editing", not(hasKey("deadlineMs")));
        ben.beat(page, bensTab, true, HIDDEN).body("editing.position", is(1)).body("editing.yieldMs", is(4200));
        time.advance(Duration.ofMillis(4100));
        verify(ana, anasFence).statusCode(200);
        call(ana, anasTab, "handover").statusCode(200).body("editing.lostTo.id", equalTo(chief.id));
        chief.beat(page, tab, true)
                .body("editing.granted", is(true))
                .body("editing.fence", greaterThan(anasFence))
                .body("editing", not(hasKey("yieldMs")));
        assertRefused(Answer.of(verify(ana, anasFence)), "lost").isHeldBy(chief);
    }

    @Test
    void anEditorCannotKeepWhatIsTakenOver() {
        var chief = Caller.with("chief", provider, "copresence-takeover");
        var tab = newTab();
        chief.join(page, tab);
        call(chief, tab, "takeover").statusCode(200);

        var refused = Answer.of(call(ana, anasTab, "keep"));

        assertRefused(refused, "must-yield").isHeldBy(ana);
        assertNull(refused.header("Retry-After"));
        call(ana, anasTab, "handover").statusCode(200);
    }

    @Test
    void aFrozenEditorMaySaveUntilTheTimeIsOver() {
        var chief = Caller.with("chief", provider, "copresence-takeover");
        var tab = newTab();
        chief.join(page, tab);
        call(chief, tab, "takeover").statusCode(200);

        time.advance(Duration.ofMillis(4999));
        verify(ana, anasFence).statusCode(200);
        time.advance(Duration.ofMillis(1));

        assertRefused(Answer.of(verify(ana, anasFence)), "lost").isHeldBy(chief);
        ana.beat(page, anasTab, true, HIDDEN).body("editing.lostTo.id", equalTo(chief.id));
    }

    @Test
    void aSecondTakeOverWaitsUnlessItIsToBeNow() {
        var chief = Caller.with("chief", provider, "copresence-takeover");
        var other = Caller.with("other", provider, "copresence-takeover");
        var tab = newTab();
        var otherTab = newTab();
        chief.join(page, tab);
        other.join(page, otherTab);
        call(chief, tab, "takeover").statusCode(200);

        var refused = Answer.of(call(other, otherTab, "takeover"));
        var now = call(other, otherTab, "takeover", NOW);

        assertRefused(refused, "requested-by-other").isHeldBy(ana);
        assertEquals(5000, refused.json().getInt("retryAfterMs"));
        now.statusCode(200).body("editing.granted", is(true));
        chief.beat(page, tab, true).body("editing.position", is(2));
    }

    @Test
    void aTakeOverIsWrittenDownWhenItIsAskedForAndWhenItIsDone() {
        var chief = Caller.with("chief", provider, "copresence-takeover");
        var tab = newTab();
        chief.join(page, tab);

        try (var log = new AuditLog()) {
            call(chief, tab, "takeover").statusCode(200);
            call(ana, anasTab, "handover").statusCode(200);
            long fence = chief.beat(page, tab, true).extract().path("editing.fence");

            assertEquals(
                    List.of(
                            chief.id + " takes over " + page + " from " + ana.id + " in 5000 ms, section -",
                            chief.id + " took over " + page + " from " + ana.id + ", section -, fence " + fence),
                    log.lines());
        }
    }

    @Test
    void aTakeOverThatEndsInTimeIsWrittenDownToo() {
        var chief = Caller.with("chief", provider, "copresence-takeover");
        var intro = Map.<String, Object>of("section", "intro");
        var editing = newTab();
        var tab = newTab();
        ana.beat(page, editing, true, intro);
        chief.join(page, tab);

        try (var log = new AuditLog()) {
            call(chief, tab, "takeover", intro).statusCode(200);
            time.advance(Duration.ofSeconds(5));
            long fence = chief.beat(page, tab, true, intro).extract().path("editing.fence");

            assertEquals(
                    List.of(
                            chief.id + " takes over " + page + " from " + ana.id + " in 5000 ms, section intro",
                            chief.id + " took over " + page + " from " + ana.id + ", section intro, fence " + fence),
                    log.lines());
        }
    }

    @Test
    void aTakeOverShowsInAStream() throws Exception { // T4
        var chief = Caller.with("chief", provider, "copresence-takeover");
        var tab = newTab();
        chief.join(page, tab);
        try (var stream = SseClient.open(ana, page)) {
            stream.nextSnapshot();

            call(chief, tab, "takeover");
            var asked = stream.nextSnapshot();
            time.advance(Duration.ofSeconds(5));
            var done = stream.nextSnapshot();

            assertEquals(chief.id, asked.json().getString("requestedByUserId"));
            assertEquals(ana.id, asked.json().getString("editorUserId"));
            assertEquals(chief.id, done.json().getString("editorUserId"));
        }
    }

    // --- W6: without keys

    @Test
    void withoutKeysThereAreNeitherReceiptsNorKeysToReadThem() {
        ana.beat(page, anasTab, true).body("editing.granted", is(true)).body("editing", not(hasKey("receipt")));
        var answer =
                Answer.of(RestAssured.given().get("/api/presence/keys").then()).isProblem(404, "not-found");

        assertEquals("no-store", answer.header("Cache-Control"));
    }

    // --- R4, R5: sections and typing

    @Test
    void aSectionHasALeaseOfItsOwn() {
        var tab = newTab();
        ben.beat(page, tab, true, Map.of("section", "intro")).body("editing.granted", is(true));

        var list = ana.list(page);

        list.body("editorUserId", equalTo(ana.id))
                .body("sections", contains(Map.of("section", "intro", "editorUserId", ben.id)))
                .body("viewers[1].section", equalTo("intro"))
                .body("viewers[0]", not(hasKey("section")))
                .body("viewers[0]", not(hasKey("typing")));
    }

    @Test
    void aSectionComposedOrNotHasOneLease() { // R4
        var tab = newTab();
        var fence = ben.beat(page, tab, true, Map.of("section", "e\u0301te\u0301"))
                .body("editing.granted", is(true))
                .extract()
                .path("editing.fence");

        ana.beat(page, newTab(), true, Map.of("section", "\u00E9t\u00E9"))
                .body("editing.granted", is(false))
                .body("editing.editorUserId", equalTo(ben.id));

        ana.list(page).body("sections.section", contains("\u00E9t\u00E9"));
        ben.post("editor/verify", Map.of("pagePath", page, "fence", fence, "section", "e\u0301te\u0301"))
                .statusCode(200)
                .body("section", equalTo("\u00E9t\u00E9"));
    }

    @Test
    void aSectionIsAskedForAndHandedOverByItself() {
        var first = newTab();
        var second = newTab();
        var intro = Map.<String, Object>of("section", "intro");
        ana.beat(page, first, true, intro);
        ben.beat(page, second, true, intro);

        call(ben, second, "request", intro)
                .statusCode(200)
                .body("snapshot.sections[0].requestedByUserId", equalTo(ben.id))
                .body("snapshot", not(hasKey("requestedByUserId")));
        call(ana, first, "handover", intro)
                .statusCode(200)
                .body("editing.lost", is(true))
                .body("snapshot.sections[0].editorUserId", equalTo(ben.id))
                .body("snapshot.editorUserId", equalTo(ana.id));
        assertRefused(Answer.of(call(ben, second, "request")), "no-claim").isHeldBy(ana);
    }

    @Test
    void aJoinThatIsSilentOnBothStaysInItsSection() {
        var tab = newTab();
        ben.beat(page, tab, true, Map.of("section", "intro"));

        ben.join(page, tab).body("editing.granted", is(true));

        ana.list(page).body("sections.section", contains("intro"));
    }

    @Test
    void whoTypesIsShownSoForSixSeconds() {
        ben.beat(page, bensTab, true, Map.of("isTyping", true, "isVisible", false))
                .body("snapshot.viewers[1].typing", is(true));

        time.advance(Duration.ofSeconds(6));
        ana.list(page).body("viewers[1].typing", is(true));
        time.advance(Duration.ofMillis(1));
        ana.list(page).body("viewers[1]", not(hasKey("typing")));
    }

    @Test
    void aBatchTakesSectionsAndTypingToo() {
        var item = Map.of("pagePath", page, "tabId", newTab(), "isEditing", true, "section", "intro", "isTyping", true);

        var batch = ben.post("batch", Map.of("heartbeats", List.of(item)));

        batch.body("results[0].beat.editing.granted", is(true))
                .body("results[0].beat.snapshot.sections.section", contains("intro"))
                .body("results[0].beat.snapshot.viewers[1]", hasEntry("typing", true));
    }

    @Test
    void theSnapshotsFieldsStandInTheirOrder() { // S1: the same bytes on every instance
        call(ben, bensTab, "request");
        ben.beat(page, newTab(), true, Map.of("section", "intro", "isTyping", true));

        var expected = "{\"pagePath\":\"" + page + "\",\"viewers\":[{\"id\":\"" + ana.id + "\",\"name\":\"" + ana.name()
                + "\",\"tabCount\":1,\"away\":true},{\"id\":\"" + ben.id + "\",\"name\":\"" + ben.name()
                + "\",\"tabCount\":2,\"section\":\"intro\",\"typing\":true}],\"editorUserId\":\"" + ana.id
                + "\",\"requestedByUserId\":\"" + ben.id + "\",\"sections\":[{\"section\":\"intro\",\"editorUserId\":\""
                + ben.id + "\"}],\"viewerCount\":2,\"tabCount\":3}";

        assertEquals(expected, ana.listed(page));
    }

    // --- What is refused

    @ParameterizedTest
    @ValueSource(strings = {"verify", "request", "handover", "keep", "takeover"})
    void aCallNeedsAnIdentityAndJson(String call) {
        var body = Map.of("pagePath", page, "tabId", bensTab, "fence", 1);

        Answer.of(RestAssured.given()
                        .contentType("application/json")
                        .body(body)
                        .post("/api/presence/editor/" + call)
                        .then())
                .isProblem(401, "unauthenticated");
        var chief = Caller.with("chief", provider, "copresence-takeover");
        Answer.of(chief.post("editor/" + call, "{")).isProblem(400, "invalid-input");
        Answer.of(chief.post("editor/" + call, "{}")).isProblem(400, "invalid-input");
        Answer.of(chief.request().get("/api/presence/editor/" + call).then()).isProblem(405, "method-not-allowed");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "verify|fence|'1'",
                "verify|fence|1.5",
                "verify|fence|1.0",
                "verify|fence|true",
                "verify|fence|null",
                "verify|fence|99999999999999999999",
                "verify|userId|5",
                "verify|userId|' '",
                "verify|section|''",
                "verify|pagePath|'docs'",
                "request|section|'a b'",
                "request|section|'\\u0000'",
                "request|section|7",
                "request|tabId|'x'",
                "request|tabId|null",
                "request|pagePath|'/a//b'",
                "takeover|now|'true'",
                "takeover|now|1",
                "takeover|now|{}",
                "takeover|section|''",
                "takeover|tabId|'x'"
            },
            quoteCharacter = '~')
    void aBadFieldIsRefusedByItsName(String call, String field, String value) {
        var fields = new HashMap<String, String>(
                Map.of("pagePath", "'" + page + "'", "tabId", "'" + bensTab + "'", "fence", Long.toString(anasFence)));
        fields.put(field, value);
        var json = new StringBuilder();
        fields.forEach((name, text) -> json.append(json.isEmpty() ? "{" : ",")
                .append("'" + name + "':")
                .append(text));

        var refused = Caller.with("chief", provider, "copresence-takeover")
                .post("editor/" + call, json.append("}").toString().replace('\'', '"'));

        Answer.of(refused).isProblem(400, "invalid-input").names(field);
    }

    @Test
    void optionalFieldsMayBeNull() {
        var fence = new HashMap<String, Object>(Map.of("pagePath", page, "fence", anasFence));
        fence.put("section", null);
        fence.put("userId", null);
        var asking = new HashMap<String, Object>(Map.of("pagePath", page, "tabId", bensTab));
        asking.put("section", null);

        ana.post("editor/verify", fence).statusCode(200);
        ben.post("editor/request", asking).statusCode(200);
    }

    // --- Metrics

    @Test
    void leasesAreMeasuredAndWhatBecomesOfThemIsCounted() {
        endWhatOtherTestsHaveBegun();
        var handovers = metric("copresence_lease_handovers_total{kind=\"handover\"}");
        var takeovers = metric("copresence_lease_handovers_total{kind=\"takeover\"}");
        var overdue = metric("copresence_lease_handovers_total{kind=\"overdue\"}");
        var refusals = metric("copresence_lease_verify_refusals_total");
        await().until(() -> metric("copresence_leases"), greaterThan(0.0));
        await().until(() -> metric("copresence_lease_waits"), greaterThan(0.0));

        verify(ben, anasFence).statusCode(409);
        call(ben, bensTab, "request");
        call(ana, anasTab, "handover");
        var chief = Caller.with("chief", provider, "copresence-takeover");
        var tab = newTab();
        chief.join(page, tab, HIDDEN);
        call(chief, tab, "takeover", NOW).statusCode(200);
        ana.beat(page, anasTab, false, HIDDEN);
        ana.beat(page, anasTab, true, HIDDEN);
        call(ana, anasTab, "request").statusCode(200);
        time.advance(ANSWER_WITHIN);

        await().until(() -> metric("copresence_lease_handovers_total{kind=\"overdue\"}"), is(overdue + 1));
        assertEquals(handovers + 1, metric("copresence_lease_handovers_total{kind=\"handover\"}"));
        assertEquals(takeovers + 1, metric("copresence_lease_handovers_total{kind=\"takeover\"}"));
        assertEquals(refusals + 1, metric("copresence_lease_verify_refusals_total"));
    }

    /** Lets the requests and take-overs of other pages end, and waits until they are counted: with one of this test's own. */
    private void endWhatOtherTestsHaveBegun() {
        var overdue = metric("copresence_lease_handovers_total{kind=\"overdue\"}");
        var elsewhere = newPage();
        var asker = Caller.stranger("asker", provider);
        var askersTab = newTab();
        Caller.stranger("holder", provider).beat(elsewhere, newTab(), true, HIDDEN);
        asker.beat(elsewhere, askersTab, true, HIDDEN);
        asker.post("editor/request", Map.of("pagePath", elsewhere, "tabId", askersTab))
                .statusCode(200);
        time.advance(ANSWER_WITHIN);
        await().until(() -> metric("copresence_lease_handovers_total{kind=\"overdue\"}"), greaterThan(overdue));
    }

    private ValidatableResponse call(Caller caller, String tab, String call) {
        return call(caller, tab, call, Map.of());
    }

    private ValidatableResponse call(Caller caller, String tab, String call, Map<String, Object> more) {
        var body = new HashMap<>(more);
        body.put("pagePath", page);
        body.put("tabId", tab);
        return caller.post("editor/" + call, body);
    }

    private ValidatableResponse verify(Caller caller, long fence) {
        return caller.post("editor/verify", Map.of("pagePath", page, "fence", fence));
    }

    private static RefusedLease assertRefused(Answer answer, String reason) {
        answer.isProblem(409, "lease-refused");
        assertEquals(reason, answer.json().getString("reason"), answer::toString);
        return new RefusedLease(answer);
    }

    private record RefusedLease(Answer answer) {

        void isHeldBy(Caller editor) {
            assertEquals(
                    Map.of("id", editor.id, "name", editor.name()),
                    answer.json().getMap("editor"),
                    answer::toString);
        }

        void isHeldByNobody() {
            assertFalse(answer.json().getMap("").containsKey("editor"), answer::toString);
        }
    }

    private static double metric(String name) {
        return RestAssured.given()
                .get("/q/metrics")
                .then()
                .extract()
                .asString()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElse(0);
    }

    /** What is written down of those who take over. */
    private static final class AuditLog extends Handler implements AutoCloseable {

        private final Logger log = Logger.getLogger("dev.copresence.audit");
        private final List<String> lines = new CopyOnWriteArrayList<>();

        AuditLog() {
            log.addHandler(this);
        }

        List<String> lines() {
            return List.copyOf(lines);
        }

        @Override
        public void publish(LogRecord line) {
            lines.add(
                    line.getParameters() == null
                            ? line.getMessage()
                            : String.format(line.getMessage(), line.getParameters()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            log.removeHandler(this);
        }
    }

    /** In manual time, with a provider that gives whatever roles are wanted. */
    public static class Profile extends ManualTime.Profile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.oidc.devservices.enabled", "false", "quarkus.keycloak.devservices.enabled", "false");
        }

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(TokenProvider.class));
        }
    }
}
