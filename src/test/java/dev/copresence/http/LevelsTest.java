package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.copresence.access.Access;
import dev.copresence.access.Level;
import io.quarkus.test.junit.QuarkusMock;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a caller of each level is told of people, and what becomes of those who hide. */
@QuarkusTest
@TestProfile(EditorResourceTest.Profile.class)
class LevelsTest {

    private static final String ID = "[0-9a-z]{8,12}";

    @Inject
    ManualTime time;

    /** Set by the test resource. */
    TokenProvider provider;

    private final ChosenAccess access = new ChosenAccess();
    private final String page = newPage();
    private final String onlookersTab = newTab();
    private final String tab = newTab();
    private Caller onlooker;

    /** Somebody whose id and name nobody may be told who sees less than names. */
    private Caller zyx;

    @BeforeEach
    void twoUsers() {
        QuarkusMock.installMockForType(access, Access.class);
        onlooker = Caller.with("ana", provider, EditorResource.TAKE_OVER);
        zyx = Caller.with("zyxwvut", provider, EditorResource.TAKE_OVER);
    }

    // --- A7: the sentinel

    @ParameterizedTest
    @EnumSource(value = Level.class, mode = EnumSource.Mode.EXCLUDE, names = "NAMES")
    void nothingThatIsSentToSomebodyBelowNamesHoldsAnIdOrAName(Level level) throws Exception { // A7
        var sent = new ArrayList<String>();
        var logs = new Logs();
        access.decide(page, true, level, true);
        try (logs;
                var stream = SseClient.open(onlooker, page)) {
            sent.add(stream.nextSnapshot().toString());
            // They are there, edit, type, and are somewhere.
            zyx.beat(page, tab, true, Map.of("isTyping", true)).statusCode(200);
            zyx.beat(page, newTab(), true, Map.of("section", "intro")).statusCode(200);
            note(sent, onlooker.join(page, onlookersTab), 200);
            note(sent, onlooker.beat(page, onlookersTab, true), 200);
            note(sent, onlooker.list(page), 200);
            note(sent, onlooker.post("batch", Map.of("heartbeats", List.of(beat(Map.of())))), 200);
            note(sent, onlooker.post("editor/verify", Map.of("pagePath", page, "fence", 1)), 409);
            note(sent, command("handover"), 409);
            note(sent, command("keep"), 409);
            note(sent, command("request"), 200);
            note(sent, onlooker.beat(page, onlookersTab, true), 200);
            zyx.post("editor/keep", Map.of("pagePath", page, "tabId", tab)).statusCode(200);
            note(sent, command("request"), 409);
            note(sent, command("takeover"), 200);
            zyx.beat(page, tab, false).statusCode(200);
            zyx.beat(page, tab, true).statusCode(200);
            zyx.post("editor/request", Map.of("pagePath", page, "tabId", tab)).statusCode(200);
            note(sent, onlooker.beat(page, onlookersTab, true), 200);
            note(sent, command("handover"), 200);
            note(sent, onlooker.beat(page, onlookersTab, true), 200);
            note(sent, onlooker.leave(page, onlookersTab), 200);
            note(sent, onlooker.post("heartbeat", Map.of("pagePath", page)), 400);
            note(sent, RestAssured.get("/q/metrics").then(), 200);
            if (level != Level.NONE) {
                sent.add(stream.nextSnapshot().toString());
            }
        }
        // The one line that names people is for who answers for take-overs, and goes to nobody who calls.
        sent.addAll(logs.but("dev.copresence.audit"));

        for (var bytes : sent) {
            assertFalse(bytes.toLowerCase(Locale.ROOT).contains("zyxwvut"), bytes);
        }
    }

    private Map<String, Object> beat(Map<String, Object> more) {
        var beat = new HashMap<>(more);
        beat.putAll(Map.of("pagePath", page, "tabId", onlookersTab, "isEditing", true));
        return beat;
    }

    private ValidatableResponse command(String command) {
        return onlooker.post("editor/" + command, Map.of("pagePath", page, "tabId", onlookersTab));
    }

    private static void note(List<String> sent, ValidatableResponse response, int status) {
        var answer = Answer.of(response.statusCode(status));
        sent.add(answer.toString());
    }

    // --- A7: each call has the form of its caller

    @Test
    void whoSeesInitialsKnowsPeopleByTheIdsOfThePage() { // A7
        access.decide(page, true, Level.INITIALS, true);
        zyx.beat(page, tab, true).statusCode(200);

        var beat = onlooker.beat(page, onlookersTab, true).statusCode(200);

        String id = beat.extract().path("snapshot.viewers[0].id");
        assertEquals(true, id.matches(ID), id);
        beat.body("snapshot.level", is("initials"))
                .body("snapshot.viewers[0].initials", is("Z"))
                .body("snapshot.viewers[1].initials", is("A"))
                .body("snapshot.editorUserId", is(id))
                .body("editing.editorUserId", is(id))
                .body("self.id", is(onlooker.id))
                .body("self.name", is(onlooker.name()))
                .body("self.viewerId", is(beat.extract().<String>path("snapshot.viewers[1].id")));
        command("keep").statusCode(409).body("editor", equalTo(Map.of("id", id, "initials", "Z")));
        command("request").statusCode(200).body("editing.requestedBy.initials", is("A"));
        onlooker.post("editor/takeover", Map.of("pagePath", page, "tabId", onlookersTab, "now", true))
                .statusCode(200);
        zyx.beat(page, tab, true).body("editing.lostTo.initials", is("A")).body("editing.lostTo", not(hasKey("name")));
    }

    @Test
    void whoSeesTheCountSeesNobodyInALease() { // A7
        access.decide(page, true, Level.COUNT, true);
        zyx.beat(page, tab, true).statusCode(200);

        onlooker.beat(page, onlookersTab, true)
                .body(
                        "snapshot",
                        equalTo(Map.of("pagePath", page, "level", "count", "viewerCount", 2, "isEdited", true)))
                .body("editing", equalTo(Map.of("granted", false, "position", 1)))
                .body("self.id", is(onlooker.id))
                .body("self", not(hasKey("viewerId")));
        command("keep").statusCode(409).body("reason", is("not-editor")).body("", not(hasKey("editor")));
    }

    @Test
    void theEtagIsThatOfTheForm() { // A7, S1
        zyx.join(page, tab).statusCode(200);
        var ofNames = onlooker.list(page).extract().header("ETag");
        access.decide(page, true, Level.COUNT, true);
        var etag = onlooker.list(page).extract().header("ETag");

        zyx.beat(page, tab, false, Map.of("section", "intro", "isTyping", true)).statusCode(200);

        assertFalse(etag.equals(ofNames));
        assertEquals(etag, onlooker.list(page).extract().header("ETag"));
        onlooker.request()
                .queryParam("pagePath", page)
                .header("If-None-Match", etag)
                .get("/api/presence/list")
                .then()
                .statusCode(304);
    }

    @Test
    void whatAFormDoesNotShowIsNoNewsOfItsStream() throws Exception { // A7, S2
        access.decide(page, true, Level.COUNT, true);
        zyx.join(page, tab).statusCode(200);
        try (var stream = SseClient.open(onlooker, page)) {
            assertEquals(1, stream.nextSnapshot().json().getInt("viewerCount"));

            zyx.beat(page, tab, false, Map.of("section", "intro", "isTyping", true))
                    .statusCode(200);
            zyx.join(page, newTab()).statusCode(200);
            zyx.leave(page, tab).statusCode(200);
            onlooker.join(page, onlookersTab).statusCode(200);
            time.advance(Duration.ofSeconds(1));

            assertEquals(2, stream.nextSnapshot().json().getInt("viewerCount"));
        }
    }

    // --- A8

    @Test
    void whoMayNotHideIsToldWhichFieldItWas() { // A8
        Answer.of(onlooker.join(page, onlookersTab, Map.of("isListed", false)))
                .isProblem(400, "invalid-input")
                .names("isListed");
        Answer.of(onlooker.beat(page, onlookersTab, false, Map.of("isListed", false)))
                .isProblem(400, "invalid-input")
                .names("isListed");
        onlooker.post("batch", Map.of("heartbeats", List.of(beat(Map.of("isListed", false)), beat(Map.of()))))
                .statusCode(200)
                .body("results[0].problem.violations[0].field", is("isListed"))
                .body("results[1].status", is(200));
        onlooker.join(page, onlookersTab, Map.of("isListed", true)).statusCode(200);
    }

    @Test
    void whoHidesIsInNoListAndSeesTheCountAlone() throws Exception { // A8
        access.allowHiding(Level.COUNT);
        zyx.join(page, tab).statusCode(200);
        var before = zyx.listed(page);

        onlooker.join(page, onlookersTab, Map.of("isListed", false))
                .statusCode(200)
                .body("snapshot", equalTo(Map.of("pagePath", page, "level", "count", "viewerCount", 1)))
                .body("self.id", is(onlooker.id));

        assertEquals(before, zyx.listed(page));
        onlooker.request()
                .queryParam("pagePath", page)
                .queryParam("isListed", false)
                .get("/api/presence/list")
                .then()
                .statusCode(200)
                .body("level", is("count"));
        try (var stream = OpenStream.of(Browser.address("/"), page + "&isListed=false", onlooker.token())) {
            assertFalse(stream.next("snapshot").data().contains("zyxwvut"));
        }
    }

    @Test
    void whoHidesAndEditsHasAFaceAndSeesOthers() { // A8
        access.allowHiding(Level.COUNT);
        zyx.join(page, tab).statusCode(200);

        onlooker.beat(page, onlookersTab, true, Map.of("isListed", false))
                .statusCode(200)
                .body("editing.granted", is(true))
                .body("snapshot.viewers[0].id", is(zyx.id));

        zyx.list(page).body("viewerCount", is(2)).body("editorUserId", is(onlooker.id));
        onlooker.beat(page, onlookersTab, false, Map.of("isListed", false)).body("snapshot.level", is("count"));
        zyx.list(page).body("viewerCount", is(1)).body("", not(hasKey("editorUserId")));
    }

    @Test
    void whoModeratesMayHideAndSeeNames() { // A8
        access.allowHiding(Level.NAMES);
        zyx.join(page, tab).statusCode(200);

        onlooker.join(page, onlookersTab, Map.of("isListed", false)).body("snapshot.viewers[0].id", is(zyx.id));
    }

    @Test
    void aQueryThatSaysNeitherIsRefused() { // A8
        for (var call : List.of("list", "stream")) {
            Answer.of(onlooker.request()
                            .queryParam("pagePath", page)
                            .queryParam("isListed", "no")
                            .get("/api/presence/" + call)
                            .then())
                    .isProblem(400, "invalid-input")
                    .names("isListed");
        }
    }

    /** What the service logs, as it would write it. */
    private static final class Logs extends Handler implements AutoCloseable {

        private final Formatter formatter = new SimpleFormatter();
        private final ConcurrentLinkedQueue<LogRecord> records = new ConcurrentLinkedQueue<>();

        Logs() {
            Logger.getLogger("").addHandler(this);
        }

        List<String> but(String logger) {
            return records.stream()
                    .filter(one -> !logger.equals(one.getLoggerName()))
                    .map(formatter::format)
                    .toList();
        }

        @Override
        public void publish(LogRecord logged) {
            records.add(logged);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            Logger.getLogger("").removeHandler(this);
        }
    }
}
