package dev.copresence.http;

import static dev.copresence.http.Caller.newTab;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The demo's backend over HTTP: what it makes of a fence and a revision, in sections of their own. */
@QuarkusTest
class DemoSavesTest {

    private static final String PAGE = "/docs/editing/";

    private final String section = "s-" + UUID.randomUUID();
    private Caller ana;
    private Caller ben;
    private long fence;

    @BeforeEach
    void anaEditsASection() {
        ana = Caller.stranger("ana");
        ben = Caller.stranger("ben");
        fence = ana.beat(PAGE, newTab(), true, Map.of("section", section))
                .extract()
                .path("editing.fence");
    }

    @Test
    void whatIsOpenedCanBeSavedOverItsRevision() {
        open(ana, fence).statusCode(200).header("ETag", "\"0\"").body("revision", equalTo(0));

        var saved = save(ana, fence, "\"0\"", "Ana's");

        long version = saved.statusCode(200).extract().<Integer>path("page.version");
        saved.header("ETag", "\"" + version + "\"");
        save(ana, fence, "\"" + version + "\"", "Ana's second").statusCode(200);
    }

    @Test
    void aFenceIsBelievedByNobodyWhoOpens() { // not even if it is a higher one
        open(ben, fence).statusCode(409).body("reason", equalTo("lost")).body("editor.id", equalTo(ana.id));
        open(ana, 9_007_199_254_740_991L).statusCode(409);
        open(ana, fence).statusCode(200);
    }

    @Test
    void whatWasNotOpenedIsNotSaved() {
        save(ana, fence, "\"0\"", "Ana's").statusCode(409).body("reason", equalTo("lost"));
    }

    @Test
    void anInventedFenceIsRefusedAndTheHoldersSavePasses() {
        open(ana, fence).statusCode(200);

        save(ben, 9_007_199_254_740_991L, "\"0\"", "Ben's").statusCode(409).body("editor.id", equalTo(ana.id));

        save(ana, fence, "\"0\"", "Ana's").statusCode(200);
    }

    @Test
    void aTextThatIsAnotherSinceIsRefusedWithItsWriter() {
        open(ana, fence).statusCode(200);
        save(ana, fence, "\"0\"", "Ana's").statusCode(200);

        save(ana, fence, "\"0\"", "Ana's other")
                .statusCode(412)
                .body("reason", equalTo("changed"))
                .body("editor.id", equalTo(ana.id));
    }

    @Test
    void withoutAFenceOrARevisionNothingIsDone() {
        post(ana.request()).statusCode(428).body("title", equalTo("Precondition Required"));
        put(ana.request().header("If-Match", "\"0\""), "Ana's").statusCode(428);
        put(ana.request().header("Presence-Fence", fence), "Ana's").statusCode(428);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "x", "1e3", "99999999999999999999"})
    void aFenceIsANumber(String bad) {
        post(ana.request().header("Presence-Fence", bad))
                .statusCode(400)
                .body("violations[0].field", equalTo("Presence-Fence"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "W/\"0\"", "*", "\"a\"", "\"0\", \"1\""})
    void aRevisionIsOneNumberInQuotes(String bad) {
        open(ana, fence).statusCode(200);

        save(ana, fence, bad, "Ana's").statusCode(400).body("violations[0].field", equalTo("If-Match"));
    }

    @Test
    void aSaveWithoutTheCheckGoesThroughAndSaysWhatItHid() {
        open(ana, fence).statusCode(200);
        save(ana, fence, "\"0\"", "Ana's").statusCode(200).body("", not(hasKey("overwrote")));

        put(ben.request().header("If-Match", "\"0\""), "Ben's", Map.of("verify", false))
                .statusCode(200)
                .body("overwrote.text", equalTo("Ana's"));
    }

    private ValidatableResponse open(Caller caller, long fence) {
        return post(caller.request().header("Presence-Fence", fence));
    }

    private ValidatableResponse post(RequestSpecification request) {
        return request.contentType(ContentType.JSON)
                .body(Map.of("section", section))
                .post("/api/demo/pages/open?path=" + PAGE)
                .then();
    }

    private ValidatableResponse save(Caller caller, long fence, String revision, String text) {
        return put(caller.request().header("Presence-Fence", fence).header("If-Match", revision), text);
    }

    private ValidatableResponse put(RequestSpecification request, String text) {
        return put(request, text, Map.of());
    }

    private ValidatableResponse put(RequestSpecification request, String text, Map<String, ?> more) {
        var body = new HashMap<String, Object>(more);
        body.put("section", section);
        body.put("text", text);
        return request.contentType(ContentType.JSON)
                .body(body)
                .put("/api/demo/pages?path=" + PAGE)
                .then();
    }
}
