package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Heartbeats and leaves of many tabs in one request. */
@QuarkusTest
@TestProfile(ManualTime.Profile.class)
class BatchTest {

    private final Caller ana = Caller.stranger("ana");
    private final String page = newPage();
    private final String other = newPage();

    @Test
    void heartbeatsAndThenLeavesAreAnsweredInTheirOrder() {
        var leaving = newTab();
        ana.join(page, leaving);

        var batch = ana.post(
                "batch",
                Map.of(
                        "leaves", List.of(leave(page, leaving)),
                        "heartbeats", List.of(beat(page, newTab(), true), beat(other, newTab(), false))));

        batch.statusCode(200)
                .body("results.status", contains(200, 200, 200))
                .body("results[0].beat.pagePath", equalTo(page))
                .body("results[0].beat.editing.granted", is(true))
                .body("results[1].beat.pagePath", equalTo(other))
                .body("results[2]", not(hasKey("beat")));
        ana.list(page).body("tabCount", is(1));
        ana.list(other).body("tabCount", is(1));
    }

    @Test
    void aBadItemIsAProblemInItsPlaceAndHarmsNoOther() {
        var batch = ana.post(
                "batch",
                Map.of(
                        "heartbeats",
                        List.of(
                                beat(page, newTab(), false),
                                beat("docs", newTab(), false),
                                7,
                                Map.of("pagePath", page, "tabId", newTab()),
                                beat(other, newTab(), false)),
                        "leaves",
                        List.of(leave(page, "no tab"))));

        batch.statusCode(200)
                .body("results.status", contains(200, 400, 400, 400, 200, 400))
                .body("results[1].problem.type", equalTo("urn:copresence:problem:invalid-input"))
                .body("results[1].problem.violations.field", contains("pagePath"))
                .body("results[3].problem.violations.field", contains("isEditing"))
                .body("results[5].problem.violations.field", contains("tabId"));
        ana.list(page).body("tabCount", is(1));
        ana.list(other).body("tabCount", is(1));
    }

    @Test
    void aTabThatMovesTwiceInABatchIsWhereItWentLast() { // I6
        var tab = newTab();

        ana.post("batch", Map.of("heartbeats", List.of(beat(page, tab, false), beat(other, tab, false))));

        ana.list(page).body("viewers", empty());
        ana.list(other).body("tabCount", is(1));
    }

    @Test
    void fiftyItemsAreTaken() {
        var beats = Stream.generate(() -> beat(page, newTab(), false)).limit(30).toList();
        var leaves = Collections.nCopies(20, leave(page, newTab()));

        var batch = ana.post("batch", Map.of("heartbeats", beats, "leaves", leaves));

        batch.statusCode(200).body("results", hasSize(50));
        ana.list(page).body("tabCount", is(30));
    }

    @Test
    void fiftyOneItemsAreRefusedAndChangeNothing() { // F3
        var beats = Stream.generate(() -> beat(page, newTab(), false)).limit(31).toList();
        var leaves = Collections.nCopies(20, leave(page, newTab()));

        var refused = ana.post("batch", Map.of("heartbeats", beats, "leaves", leaves));

        Answer.of(refused).isProblem(400, "invalid-input").names("heartbeats");
        ana.list(page).body("viewers", empty());
    }

    @Test
    void aBatchOfNothingIsAnsweredWithNothing() {
        ana.post("batch", Map.of()).statusCode(200).body("results", empty());
    }

    @Test
    void theSnapshotThatATabKnowsIsNotSentAgain() {
        var tab = newTab();
        ana.join(page, tab);
        var known = ana.list(page).extract().header("ETag").replace("\"", "");

        var batch = ana.post(
                "batch",
                Map.of(
                        "heartbeats",
                        List.of(Map.of("pagePath", page, "tabId", tab, "isEditing", false, "known", known))));

        batch.body("results[0].beat.etag", equalTo(known)).body("results[0].beat", not(hasKey("snapshot")));
    }

    private static Map<String, Object> beat(String page, String tab, boolean editing) {
        return Map.of("pagePath", page, "tabId", tab, "isEditing", editing);
    }

    private static Map<String, Object> leave(String page, String tab) {
        return Map.of("pagePath", page, "tabId", tab);
    }
}
