package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;
import io.restassured.config.DecoderConfig;
import io.restassured.config.RestAssuredConfig;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The service as it is shipped, in its production profile: the jar, or the native executable, where what a library finds by
 * reflection or at class loading may be missing. So there is something of everything, and the details are elsewhere.
 */
@QuarkusIntegrationTest
@WithTestResource(TokenProvider.class)
@WithTestResource(ManagementPort.class)
class PackagedServiceIT {

    /** More than the requests of a burst and those that one second adds, several times over. */
    private static final int MANY_REQUESTS = 3000;

    /** How many of them are under way. */
    private static final int AT_ONCE = 50;

    /** Set by the test resource. */
    TokenProvider provider;

    /** Set by the test resource. */
    ManagementPort management;

    @TestHTTPResource
    URI service;

    private final String page = newPage();
    private Caller ana;
    private Caller bob;

    @BeforeEach
    void twoUsers() {
        ana = Caller.stranger("ana", provider);
        bob = Caller.stranger("bob", provider);
    }

    // --- The contract

    @Test
    @DisplayName("I1: two users on a page see one another, by the names of their tokens")
    void twoUsersSeeOneAnother() {
        // when
        var join = ana.join(page, newTab());
        var beat = bob.beat(page, newTab(), false);

        // then
        join.statusCode(200)
                .body("self.id", equalTo(ana.id))
                .body("ttlMs", is(45_000))
                .body("nextHeartbeatMs", is(15_000))
                .body("snapshot.viewers.name", equalTo(List.of(ana.name())));
        beat.statusCode(200).body("snapshot.viewers.name", equalTo(List.of(ana.name(), bob.name())));
    }

    @Test
    @DisplayName("E1, E2, E3: the first claim holds the lease, and its end hands it on with a higher fence")
    void theLeaseIsHandedOn() {
        // given
        var anas = newTab();
        var bobs = newTab();
        var first = ana.beat(page, anas, true).extract().jsonPath().getLong("editing.fence");

        // then
        bob.beat(page, bobs, true)
                .body("editing.granted", is(false))
                .body("editing.editorUserId", equalTo(ana.id))
                .body("editing.position", is(1));

        // when
        ana.leave(page, anas).statusCode(200).body("", anEmptyMap());

        // then
        var after = bob.beat(page, bobs, true).body("editing.granted", is(true));
        assertTrue(after.extract().jsonPath().getLong("editing.fence") > first);
    }

    @Test
    @DisplayName("S1: a list has the etag of the beat, and a reader who has it gets nothing again")
    void aReaderWhoHasTheSnapshotGetsNothingAgain() {
        // given
        var etag = ana.join(page, newTab()).extract().jsonPath().getString("etag");

        // then
        ana.list(page).statusCode(200).header("ETag", '"' + etag + '"').body("viewerCount", is(1));
        ana.request()
                .header("If-None-Match", '"' + etag + '"')
                .queryParam("pagePath", page)
                .get("/api/presence/list")
                .then()
                .statusCode(304);
    }

    @Test
    void aBatchAnswersEachItem() {
        // given
        var good = Map.of("pagePath", page, "tabId", newTab(), "isEditing", false);
        var bad = Map.of("pagePath", "docs", "tabId", newTab(), "isEditing", false);

        // when
        var batch = ana.post("batch", Map.of("heartbeats", List.of(good, bad), "leaves", List.of()));

        // then
        batch.statusCode(200)
                .body("results.status", equalTo(List.of(200, 400)))
                .body("results[0].beat.snapshot.viewerCount", is(1))
                .body("results[1].problem.violations.field", equalTo(List.of("pagePath")));
    }

    @Test
    @DisplayName("P1: the spellings of a path are one page")
    void theSpellingsOfAPathAreOnePage() {
        // when
        ana.join(page + "/e\u0301", newTab());

        // then
        bob.list(page + "/\u00e9/").body("pagePath", equalTo(page + "/%C3%A9")).body("viewerCount", is(1));
    }

    // --- The stream

    @Test
    @DisplayName(
            "S3: a reader gets the present snapshot, then each change; a reload's leave is announced when it has waited")
    void aReaderGetsThePresentAndThenTheChanges() throws Exception {
        // given
        var tab = newTab();
        try (var stream = OpenStream.of(service, page, ana.token())) {
            assertEquals(200, stream.status());
            assertEquals(List.of("text/event-stream"), stream.header("Content-Type"));
            assertEquals(List.of("no"), stream.header("X-Accel-Buffering"));
            assertTrue(stream.next("snapshot").data().contains("\"viewers\":[]"));

            // when
            bob.join(page, tab);

            // then
            var joined = stream.next("snapshot");
            assertEquals(ana.listed(page), joined.data());
            assertEquals('"' + joined.id() + '"', ana.list(page).extract().header("ETag"));

            // when
            bob.leave(page, tab, Map.of("unloading", true));

            // then
            assertTrue(stream.next("snapshot").data().contains("\"viewerCount\":0"));
        }
    }

    // --- What is refused

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{}",
                "{\"pagePath\":\"/a\",\"tabId\":\"TAB\"} {}",
                "{\"pagePath\":\"/a\",\"tabId\":\"TAB\",\"tabId\":\"TAB\"}",
                "{\"pagePath\":7,\"tabId\":\"TAB\"}",
                "{\"pagePath\":\"/a\",\"tabId\":\"TAB\",\"isEditing\":1}",
                "{\"pagePath\":\"/a\",\"tabId\":\"7\"}",
                "{\"pagePath\":\"a\",\"tabId\":\"TAB\"}",
                "{\"pagePath\":\"/a/../b\",\"tabId\":\"TAB\"}",
                "{\"pagePath\":\"/\\ud800\",\"tabId\":\"TAB\"}",
                "{\"pagePath\":\"/\u00ff\",\"tabId\":\"TAB\"}"
            })
    @DisplayName("P2: a bad body is refused with a problem")
    void aBadBodyIsRefused(String body) {
        // when, in an encoding that has bytes which are no UTF-8
        var answer = Answer.of(ana.request()
                .config(RestAssuredConfig.config()
                        .encoderConfig(io.restassured.config.EncoderConfig.encoderConfig()
                                .appendDefaultContentCharsetToContentTypeIfUndefined(false)))
                .contentType("application/json")
                .body(body.replace("TAB", newTab()).getBytes(ISO_8859_1))
                .post("/api/presence/join")
                .then());

        // then
        answer.isProblem(400, "invalid-input");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "?pagePath=",
                "?pagepath=/a",
                "?pagePath=/a&pagePath=/b",
                "?pagePath=/%zz",
                "?pagePath=/%FF",
                "?pagePath=/a|b",
                "?pagePath=/a\\b"
            })
    @DisplayName("P2: a bad query is refused with a problem, which the server itself would answer with nothing")
    void aBadQueryIsRefused(String query) throws IOException {
        // when
        var answer = get("/api/presence/list" + query);

        // then
        answer.isProblem(400, "invalid-input");
    }

    @Test
    @DisplayName("F3: a body over 64 KiB is refused")
    void aLargeBodyIsRefused() {
        // given
        var body = "{\"x\":\"" + "x".repeat(64 << 10) + "\"}";

        // then
        Answer.of(ana.post("join", body)).isProblem(413, "body-too-large");
    }

    @Test
    @DisplayName("F3: an address over 8 KiB is refused")
    void aLongAddressIsRefused() throws IOException {
        get("/api/presence/list?pagePath=/" + "x".repeat(8 << 10)).isProblem(414, "uri-too-long");
    }

    @Test
    void whatIsNotOfferedIsRefusedAsHttpSays() {
        Answer.of(ana.request().get("/api/presence/join").then()).isProblem(405, "method-not-allowed");
        Answer.of(ana.request().get("/api/presence/nothing").then()).isProblem(404, "not-found");
        Answer.of(ana.request()
                        .contentType("text/plain")
                        .body("{}")
                        .post("/api/presence/join")
                        .then())
                .isProblem(415, "unsupported-media-type");
    }

    @Test
    @DisplayName("F3: who asks too often is told when to come back")
    void whoAsksTooOftenIsRefused() throws IOException {
        // given
        var request = List.of(
                "GET /api/presence/me HTTP/1.1",
                "Host: " + RawConnection.host(),
                "Authorization: Bearer " + ana.token());

        // when, without waiting for each answer: it takes many requests in little time
        try (var connection = new RawConnection()) {
            for (var sent = 0; sent < MANY_REQUESTS; sent++) {
                connection.sendHead(request);
                if (sent % AT_ONCE == AT_ONCE - 1) {
                    for (var read = 0; read < AT_ONCE; read++) {
                        var answer = connection.answer();

                        // then
                        if (answer.status() != 200) {
                            answer.isProblem(429, "too-many-requests");
                            assertEquals("1", answer.header("Retry-After"));
                            return;
                        }
                    }
                }
            }
        }
        throw new AssertionError("nobody was refused");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/presence/me", "/api/presence/list?pagePath=/a", "/api/presence/stream?pagePath=/a"})
    @DisplayName("I3: without an identity, or with one for another service, the API answers 401")
    void aStrangerIsRefused(String call) {
        // given
        var another = provider.good("mallory").with("aud", "another-service").compact();

        // then
        Answer.of(given().get(call).then()).isProblem(401, "unauthenticated");
        Answer.of(given().auth().oauth2(another).get(call).then()).isProblem(401, "unauthenticated");
        Answer.of(given().auth().oauth2(ana.token() + "x").get(call).then()).isProblem(401, "unauthenticated");
    }

    // --- What operators and browsers fetch

    @Test
    @DisplayName("F1: the probes answer on the port for operators, and the store is reported as data")
    void theProbesAnswer() {
        given().get(management.at("/q/health/live")).then().statusCode(200);
        given().get(management.at("/q/health/started")).then().statusCode(200);
        given().get(management.at("/q/health/ready"))
                .then()
                .statusCode(200)
                .body("checks.find { it.name == 'presence store' }.data", hasKey("tabs"));
        Answer.of(given().get("/q/health/ready").then()).isProblem(404, "not-found");
    }

    @Test
    @DisplayName("T2: the sweep runs, and its findings are measured")
    void theSweepMeasuresWhatIsThere() {
        // when
        ana.join(page, newTab());

        // then
        await().until(() ->
                metrics().lines().anyMatch(line -> line.startsWith("copresence_tabs ") && !line.endsWith(" 0.0")));
        assertFalse(metrics().contains(ana.id), "a user's id is in the metrics");
    }

    @Test
    void operatorsSeeWhatAnInstanceKnowsAndNamesWithARoleAlone() throws Exception { // I9
        ana.join(page, newTab());
        ana.beat(page, newTab(), true);

        try (var stream = OpenStream.of(service, page, bob.token())) {
            stream.next("snapshot");
            var operator = provider.good("otto")
                    .with("groups", List.of("copresence-operator"))
                    .compact();
            await().untilAsserted(() -> given().auth()
                    .oauth2(operator)
                    .get(management.at("/q/presence"))
                    .then()
                    .statusCode(200)
                    .body("presence.store", equalTo("memory"))
                    .body("streams.open", greaterThanOrEqualTo(1))
                    .body("busiest.find { it.pagePath == '" + page + "' }.leases[0].editorUserId", equalTo(ana.id))
                    .body("busiest.find { it.pagePath == '" + page + "' }.leases[0].heldSeconds", lessThan(600)));
            var numbers = given().get(management.at("/q/presence"))
                    .then()
                    .statusCode(200)
                    .extract()
                    .asString();
            assertTrue(numbers.contains("heldSeconds"), numbers);
            assertFalse(numbers.contains(page) || numbers.contains(ana.id), numbers);
        }

        given().auth()
                .oauth2(ana.token())
                .get(management.at("/q/presence"))
                .then()
                .statusCode(403);
        given().auth().oauth2("bogus").get(management.at("/q/presence")).then().statusCode(401);
        given().auth().oauth2(ana.token()).get("/q/presence").then().statusCode(404);
    }

    @Test
    void theApiIsDescribed() {
        given().get(management.at("/q/openapi")).then().statusCode(200).body(containsString("/api/presence/heartbeat"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/index.html",
                "/docs/welcome/",
                "/docs",
                "/demo/demo.js",
                "/demo/demo.css",
                "/api/demo/pages"
            })
    void theDemoIsNotThereUnlessItIsWanted(String path) {
        given().redirects().follow(false).get(path).then().statusCode(404).contentType("application/problem+json");
    }

    @ParameterizedTest
    @CsvSource({
        "/copresence/element.js, page-presence",
        "/copresence/presence.js, heartbeat",
        "/copresence/lease.js, page-lease",
        "/copresence/list.js, page-presence-list",
        "/copresence/texts-de.js, bearbeitet"
    })
    void theBrowserClientIsServedCompressed(String path, String text) {
        given().config(RestAssuredConfig.config()
                        .decoderConfig(
                                DecoderConfig.decoderConfig().contentDecoders(DecoderConfig.ContentDecoder.GZIP)))
                .get(path)
                .then()
                .statusCode(200)
                .header("Content-Encoding", "gzip")
                .body(containsString(text));
    }

    @Test
    @DisplayName("I3: a login leads to the provider")
    void aLoginLeadsToTheProvider() {
        given().redirects()
                .follow(false)
                .get("/login?to=/docs/a")
                .then()
                .statusCode(302)
                .header("Location", containsString(provider.issuer() + "/authorize"));
    }

    private String metrics() {
        return given().get(management.at("/q/metrics"))
                .then()
                .statusCode(200)
                .extract()
                .asString();
    }

    /** What the service answers to an address that no HTTP client would send. */
    private Answer get(String address) throws IOException {
        return RawConnection.exchange(List.of(
                "GET " + new String(address.getBytes(UTF_8), ISO_8859_1) + " HTTP/1.1",
                "Host: " + RawConnection.host(),
                "Authorization: Bearer " + ana.token(),
                "Connection: close"));
    }
}
