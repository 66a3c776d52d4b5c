package dev.copresence.http;

import static dev.copresence.http.Caller.newTab;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.containsStringIgnoringCase;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules, answers of an application and grants, as they are configured and as a client meets them. */
@QuarkusTest
@TestProfile(AccessRulesTest.Profile.class)
class AccessRulesTest {

    private static final String CALLS = "/api/presence/";

    /** Set by the test resource. */
    TokenProvider provider;

    /** The provider as an application too: it answers what it is asked, and its keys sign grants. */
    public static class Application extends TokenProvider {

        static final List<JsonObject> QUESTIONS = new CopyOnWriteArrayList<>();

        @Override
        public Map<String, String> start() {
            Map<String, String> settings = new HashMap<>(super.start());
            var rules = new String[][] {
                {"/hr/**", "view", "group:hr", "edit", "role:author"},
                {"/u/{user}/**", "view", "self"},
                {"/tickets/**", "view", "ask"},
                {"/board/**", "view", "grant"},
                {"/docs/**", "view", "users"}
            };
            for (var number = 0; number < rules.length; number++) {
                var property = "copresence.access.rules[" + number + "].";
                settings.put(property + "paths", rules[number][0]);
                for (var at = 1; at < rules[number].length; at += 2) {
                    settings.put(property + rules[number][at], rules[number][at + 1]);
                }
            }
            settings.put("copresence.access.groups-claim", "teams");
            settings.put("copresence.access.pdp.url", issuer());
            settings.put("copresence.access.pdp.token", "s3cret");
            settings.put("copresence.access.grants.jwks", issuer() + KEYS);
            settings.put("copresence.access.grants.issuers", "https://wiki.example");
            settings.put("quarkus.http.cors.origins", "https://wiki.example");
            return settings;
        }

        @Override
        JsonObject otherwise(String path, HttpExchange exchange) throws IOException {
            if (!path.equals("/access/v1/evaluations")) {
                return super.otherwise(path, exchange);
            }
            var question = new JsonObject(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            QUESTIONS.add(question);
            var decisions = new JsonArray();
            for (var item : question.getJsonArray("evaluations")) {
                var page = ((JsonObject) item).getJsonObject("resource").getString("id");
                if (page.endsWith("/down")) {
                    exchange.close();
                    return null;
                }
                decisions.add(new JsonObject().put("decision", page.contains("/open")));
            }
            return new JsonObject().put("evaluations", decisions);
        }
    }

    public static class Profile implements QuarkusTestProfile {
        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(Application.class));
        }
    }

    private TestToken token(String user) {
        return provider.good(user).with("name", user);
    }

    private static ValidatableResponse list(TestToken token, String page) {
        return given().auth()
                .oauth2(token.compact())
                .queryParam("pagePath", page)
                .get(CALLS + "list")
                .then();
    }

    private static ValidatableResponse list(TestToken token, TestToken grant, String page) {
        return given().auth()
                .oauth2(token.compact())
                .header("Presence-Grant", grant.compact())
                .queryParam("pagePath", page)
                .get(CALLS + "list")
                .then();
    }

    private static String forbidden(ValidatableResponse answer) {
        return answer.statusCode(403)
                .body("type", equalTo("urn:copresence:problem:forbidden"))
                .extract()
                .asString();
    }

    @Test
    void groupsComeFromTheClaimThatIsConfigured() {
        list(token("ana").with("teams", new JsonArray().add("hr")), "/hr/pay").statusCode(200);
        list(token("ana").with("teams", "hr"), "/hr/pay").statusCode(200);

        forbidden(list(token("bob"), "/hr/pay"));
        forbidden(list(token("bob").with("groups", new JsonArray().add("hr")), "/hr/pay"));
        forbidden(list(token("bob").with("teams", new JsonArray().add("HR")), "/hr/pay"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/hr",
                "/hr/",
                "/hr/pay",
                "/h%72/pay",
                "/%68r/pay/",
                "/hr/p%61y",
                "/elsewhere",
                "/u/bob/x",
                "/tickets/closed"
            })
    void whateverIsClosedIsRefusedWithTheSameBytes(String page) {
        var refusals = forbidden(list(token("ana"), "/elsewhere/" + newTab()));

        assertEquals(refusals, forbidden(list(token("ana"), page)));
        assertTrue(refusals.contains("This page is not open to you here."));
    }

    @Test
    void whoMayLookMayNotEditWithoutTheRole() {
        var ana = token("ana").with("teams", new JsonArray().add("hr"));

        var answer = given().auth()
                .oauth2(ana.compact())
                .contentType(ContentType.JSON)
                .body(Map.of("pagePath", "/hr/pay", "tabId", newTab(), "isEditing", true))
                .post(CALLS + "heartbeat")
                .then();

        answer.statusCode(200).body("editing.granted", equalTo(false)).body("editing.forbidden", equalTo(true));
    }

    @Test
    void theUsersOwnPagesAreTheirs() {
        list(token("ana"), "/u/ana/notes").statusCode(200);
        list(token("m@x.example"), "/u/m%40x.example/notes").statusCode(200);
        forbidden(list(token("ben"), "/u/ana/notes"));
    }

    @Test
    void theApplicationIsAskedOnceForAUserAndAPage() {
        // given
        var ana = token("asked").with("teams", new JsonArray().add("docs"));
        var page = "/tickets/open/" + newTab();

        // when
        list(ana, page).statusCode(200);
        list(ana, page).statusCode(200);

        // then
        var asked = Application.QUESTIONS.stream()
                .filter(question -> question.encode().contains(page))
                .toList();
        assertEquals(1, asked.size());
        assertEquals(
                new JsonObject()
                        .put("type", "user")
                        .put("id", "asked")
                        .put(
                                "properties",
                                new JsonObject()
                                        .put("roles", new JsonArray())
                                        .put("groups", new JsonArray().add("docs"))),
                asked.get(0).getJsonObject("subject"));
    }

    @Test
    void manyPagesOfAStreamAreOneQuestion() {
        // given
        var ana = token("stream");
        var pages = List.of("/tickets/a", "/tickets/b", "/tickets/c");

        // when
        given().auth()
                .oauth2(ana.compact())
                .queryParam("pagePath", pages)
                .accept("text/event-stream")
                .get(CALLS + "stream")
                .then()
                .statusCode(403);

        // then
        assertEquals(
                1,
                Application.QUESTIONS.stream()
                        .filter(question -> question.encode().contains("\"stream\""))
                        .count());
    }

    @Test
    void whileTheApplicationDoesNotAnswerNobodyIsLetIn() {
        list(token("ana"), "/tickets/down")
                .statusCode(503)
                .header("Retry-After", equalTo("2"))
                .body("type", equalTo("urn:copresence:problem:unavailable"));
        list(token("ana"), "/docs/a").statusCode(200);
    }

    private TestToken grant(String user, String pages) {
        var good = provider.good(user);
        return good.with("iss", "https://wiki.example")
                .with("exp", good.seconds("iat") + 300)
                .with(
                        "presence",
                        new JsonArray()
                                .add(new JsonObject()
                                        .put("pages", pages)
                                        .put(
                                                "do",
                                                new JsonArray()
                                                        .add("view")
                                                        .add("names")
                                                        .add("edit"))));
    }

    @Test
    void aGrantOpensWhatItIsFor() {
        forbidden(list(token("ana"), "/board/9"));

        var grant = grant("ana", "/board/**");
        list(token("ana"), grant, "/board/9").statusCode(200);
        list(token("ana"), grant, "/board/9").statusCode(200);
        forbidden(list(token("ana"), grant, "/hr/pay"));
        forbidden(list(token("ana"), grant("ana", "/board/8"), "/board/9"));
    }

    @Test
    void aBadGrantIsRefusedWhateverThePage() {
        for (var bad : List.of(
                grant("ben", "/board/**"),
                grant("ana", "/board/**").with("exp", 1),
                grant("ana", "board"),
                grant("ana", "/board/**").with("iss", provider.issuer()))) {
            list(token("ana"), bad, "/docs/a")
                    .statusCode(401)
                    .header("WWW-Authenticate", "Presence-Grant error=\"invalid_grant\"")
                    .body("type", equalTo("urn:copresence:problem:invalid-grant"))
                    .body("detail", not(containsString("ana")));
        }
        list(token("ana"), grant("ana", "/board/**"), "/docs/a").statusCode(200);
    }

    @Test
    void aTokenMayGrantItself() {
        var presence =
                new JsonArray().add(new JsonObject().put("pages", "/board/**").put("do", new JsonArray().add("view")));

        list(token("ana").with("presence", presence), "/board/9").statusCode(200);
        list(token("ana").with("presence", "all"), "/docs/a").statusCode(401);
    }

    @Test
    void aPageOfAConfiguredOriginMaySendAGrantAndReadWhyItIsNotTaken() {
        given().header("Origin", "https://wiki.example")
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization,content-type,presence-grant")
                .options(CALLS + "heartbeat")
                .then()
                .statusCode(200)
                .header("Access-Control-Allow-Headers", containsStringIgnoringCase("presence-grant"));
        given().header("Origin", "https://wiki.example")
                .auth()
                .oauth2(token("ana").compact())
                .get(CALLS + "me")
                .then()
                .statusCode(200)
                .header("Access-Control-Expose-Headers", containsStringIgnoringCase("WWW-Authenticate"));
    }
}
