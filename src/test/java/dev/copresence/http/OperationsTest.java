package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators and tools ask: health, metrics and the API's description. */
@QuarkusTest
@TestProfile(ManualTime.Profile.class)
class OperationsTest {

    @Inject
    ManualTime time;

    // --- Health

    @ParameterizedTest
    @ValueSource(strings = {"live", "ready", "started"})
    void theServiceSaysThatItIsWellToWhoeverAsks(String probe) { // I3
        var health = given().get("/q/health/" + probe).then();

        health.statusCode(200).body("status", equalTo("UP"));
    }

    @Test
    void readinessReportsTheStoreAsData() { // F1
        var health = given().get("/q/health/ready").then();

        health.body("checks.find { it.name == 'presence store' }.status", equalTo("UP"))
                .body("checks.find { it.name == 'presence store' }.data.store", equalTo("memory"))
                .body("checks.find { it.name == 'presence store' }.data.tabs", greaterThanOrEqualTo(0))
                .body("checks.find { it.name == 'presence store' }.data.pages", greaterThanOrEqualTo(0));
    }

    // --- Metrics

    @Test
    void aHeartbeatIsCounted() {
        var ana = Caller.stranger("ana");
        var before = metric("copresence_heartbeats_total");

        ana.beat(newPage(), newTab(), false);

        assertEquals(before + 1, metric("copresence_heartbeats_total"));
    }

    @Test
    void aRefusalIsCountedByItsReason() {
        var ana = Caller.stranger("ana");
        var before = metric("copresence_refusals_total{reason=\"invalid-input\"}");

        ana.post("join", "{").statusCode(400);

        assertEquals(before + 1, metric("copresence_refusals_total{reason=\"invalid-input\"}"));
    }

    @Test
    void aRefusalOfTheHttpLayerIsCountedOnce() {
        var before = metric("copresence_refusals_total{reason=\"not-found\"}");

        given().get("/nothing").then().statusCode(404);

        assertEquals(before + 1, metric("copresence_refusals_total{reason=\"not-found\"}"));
    }

    @Test
    void aCallWithoutSessionIsCountedOnce() {
        var before = metric("copresence_refusals_total{reason=\"unauthenticated\"}");

        given().get("/api/presence/me").then().statusCode(401);

        assertEquals(before + 1, metric("copresence_refusals_total{reason=\"unauthenticated\"}"));
    }

    @Test
    void tabsAndPagesAreMeasuredAndExpiriesCounted() {
        var ana = Caller.stranger("ana");
        ana.join(newPage(), newTab());
        await().until(() -> metric("copresence_tabs"), greaterThanOrEqualTo(1.0));
        time.advance(Duration.ofSeconds(151));
        await().until(() -> metric("copresence_tabs"), is(0.0));
        var expired = metric("copresence_expiries_total");

        ana.join(newPage(), newTab());
        ana.join(newPage(), newTab());
        await().until(() -> metric("copresence_tabs"), is(2.0));
        assertEquals(2.0, metric("copresence_pages"));
        time.advance(Duration.ofSeconds(46));

        await().until(() -> metric("copresence_tabs"), is(0.0));
        assertEquals(0.0, metric("copresence_pages"));
        assertEquals(expired + 2, metric("copresence_expiries_total"));
    }

    @Test
    void metricsNameNoUserAndNoPage() {
        var ana = Caller.stranger("ana");
        var page = newPage();
        ana.join(page, newTab());
        ana.list(page);
        ana.list("docs");

        var metrics = metrics();

        assertFalse(metrics.contains(ana.id), metrics);
        assertFalse(metrics.contains(page.substring("/docs/".length())), metrics);
    }

    // --- The API's description

    @ParameterizedTest
    @CsvSource({
        "/api/presence/join, post, Join",
        "/api/presence/heartbeat, post, Heartbeat",
        "/api/presence/leave, post, Leave",
        "/api/presence/batch, post, Batch",
        "/api/presence/lookup, post, Lookup",
        "/api/presence/editor/verify, post, Verify",
        "/api/presence/editor/request, post, LeaseCommand",
        "/api/presence/editor/handover, post, LeaseCommand",
        "/api/presence/editor/keep, post, LeaseCommand",
        "/api/presence/editor/takeover, post, TakeOver"
    })
    void theDescriptionHasEachChangeAndItsBody(String path, String method, String body) {
        var operation = openapi().getMap("paths.'" + path + "'." + method);

        assertEquals(
                "#/components/schemas/" + body,
                JsonPath.from(json(operation)).getString("requestBody.content.'application/json'.schema.$ref"));
    }

    @Test
    void theDescriptionSaysOfEachCallButThatForPublicKeysThatItNeedsAnIdentity() { // I3
        Map<String, Map<String, Map<String, ?>>> paths = openapi().getMap("paths");

        var calls = paths.entrySet().stream()
                .filter(path ->
                        path.getKey().startsWith("/api/") && !path.getKey().endsWith("/keys"))
                .flatMap(path -> path.getValue().values().stream())
                .toList();

        assertEquals(13, calls.size(), calls::toString);
        for (var call : calls) {
            assertEquals(true, call.containsKey("security"), call::toString);
        }
    }

    @Test
    void eachSchemaSaysWhatItAlwaysHas() {
        Map<String, Map<String, ?>> schemas = openapi().getMap("components.schemas");

        var open = schemas.entrySet().stream()
                .filter(schema -> schema.getValue().containsKey("properties"))
                .filter(schema -> !schema.getValue().containsKey("required"))
                .map(Map.Entry::getKey)
                .collect(java.util.stream.Collectors.toSet());

        // A batch may have either list, and of a person who is not shown nothing is known.
        assertEquals(java.util.Set.of("Batch", "Person"), open);
    }

    @Test
    void eachCallHasANameAndATagAndItsRefusalsAreProblems() {
        var described = openapi();
        Map<String, Map<String, Map<String, Object>>> paths = described.getMap("paths");

        paths.forEach((path, item) -> item.values().forEach(call -> {
            assertEquals(
                    java.util.Set.of(),
                    java.util.stream.Stream.of("operationId", "summary", "tags", "responses")
                            .filter(field -> !call.containsKey(field))
                            .collect(java.util.stream.Collectors.toSet()),
                    path);
            if (path.startsWith("/api/") && !path.endsWith("/keys")) {
                var statuses = ((Map<?, ?>) call.get("responses")).keySet();
                assertEquals(
                        List.of(),
                        List.of("401", "403", "429", "503").stream()
                                .filter(status -> !statuses.contains(status))
                                .toList(),
                        path);
            }
        }));
        Map<String, Map<String, Object>> refusals = described.getMap("components.responses");
        refusals.forEach((name, refusal) -> assertEquals(
                "{application/problem+json={schema={$ref=#/components/schemas/Problem}}}",
                String.valueOf(refusal.get("content")),
                name));
    }

    @ParameterizedTest
    @CsvSource({"/api/presence/list, get", "/api/presence/stream, get"})
    void theDescriptionSaysThatAReaderNamesThePage(String path, String method) {
        var parameters = openapi().getList("paths.'" + path + "'." + method + ".parameters.name");

        org.hamcrest.MatcherAssert.assertThat(parameters, hasItem("pagePath"));
    }

    @ParameterizedTest
    @CsvSource({
        "/api/presence/join, post, HeartbeatAnswer",
        "/api/presence/heartbeat, post, HeartbeatAnswer",
        "/api/presence/list, get, PageForm",
        "/api/presence/me, get, User",
        "/api/presence/batch, post, BatchAnswer",
        "/api/presence/lookup, post, LookupAnswer",
        "/api/presence/editor/verify, post, Lease",
        "/api/presence/editor/request, post, LeaseAnswer",
        "/api/presence/editor/handover, post, LeaseAnswer",
        "/api/presence/editor/keep, post, LeaseAnswer",
        "/api/presence/editor/takeover, post, LeaseAnswer"
    })
    void theDescriptionHasEachAnswer(String path, String method, String answer) {
        var schema = openapi()
                .getString(
                        "paths.'" + path + "'." + method + ".responses.'200'.content.'application/json'.schema.$ref");

        assertEquals("#/components/schemas/" + answer, schema);
    }

    @ParameterizedTest
    @CsvSource({
        "Join, pagePath isEditing section isTyping isVisible isListed incarnation tabId, pagePath tabId",
        "Heartbeat, pagePath tabId isEditing section isTyping isVisible isListed incarnation known receiptKnown,"
                + " pagePath tabId isEditing",
        "Leave, pagePath tabId unloading incarnation, pagePath tabId",
        "HeartbeatAnswer, pagePath etag ttlMs nextHeartbeatMs self snapshot editing, pagePath etag ttlMs nextHeartbeatMs self",
        "Lookup, pages known isListed, pages",
        "LookupAnswer, etag pages spellings nextLookupMs, etag nextLookupMs",
        "RowOfNames, pagePath viewerCount editorUserId isEdited viewers, pagePath viewerCount viewers",
        "Verify, pagePath fence section userId, pagePath fence",
        "Lease, pagePath section fence editor, pagePath fence editor",
        "LeaseCommand, pagePath tabId section, pagePath tabId",
        "TakeOver, pagePath tabId section now, pagePath tabId",
        "LeaseAnswer, pagePath etag snapshot editing, pagePath etag snapshot",
        "Editing, granted fence receipt lost forbidden editorUserId position requestedBy deadlineMs yieldMs keptMs lostTo, granted",
        "PresenceSnapshot, pagePath viewers editorUserId requestedByUserId sections viewerCount tabCount, pagePath viewers viewerCount tabCount",
        "Viewer, id name avatar tabCount away section typing, id name tabCount",
        "EditedSection, section editorUserId requestedByUserId, section editorUserId",
        "Problem, type title status detail violations reason editor retryAfterMs, type title status detail"
    })
    void theDescriptionHasTheWiresFields(String schema, String fields, String required) {
        var described = openapi();

        var properties = described.getMap("components.schemas." + schema + ".properties");
        assertEquals(java.util.Set.of(fields.split(" ")), properties.keySet());
        assertEquals(
                java.util.Set.of(required.split(" ")),
                new java.util.HashSet<>(described.getList("components.schemas." + schema + ".required")));
    }

    private static JsonPath openapi() {
        return given().queryParam("format", "json")
                .get("/q/openapi")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private static String json(Map<?, ?> map) {
        return io.vertx.core.json.Json.encode(map);
    }

    private static String metrics() {
        return given().get("/q/metrics").then().statusCode(200).extract().asString();
    }

    /** A metric's value; 0 for one that has not been seen yet. */
    private static double metric(String name) {
        return metrics()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElse(0);
    }
}
