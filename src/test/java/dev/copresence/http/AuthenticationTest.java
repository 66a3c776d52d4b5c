package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in, by bearer and by session cookie, and whose pages may use the cookie. */
@QuarkusTest
@TestProfile(AuthenticationTest.OneForeignOrigin.class)
class AuthenticationTest {

    private static final String CONFIGURED_ORIGIN = "https://wiki.example";

    /** A service that pages of one other origin may call. */
    public static class OneForeignOrigin implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.http.cors.origins", CONFIGURED_ORIGIN);
        }
    }

    // --- Without a session

    static Stream<Arguments> callsWithoutASession() {
        var headers = Stream.<Map<String, String>>of(
                Map.of(),
                Map.of("X-Requested-With", "XMLHttpRequest"),
                Map.of("X-Requested-With", "JavaScript"),
                Map.of("Accept", "text/html,application/xhtml+xml,*/*;q=0.8", "Sec-Fetch-Mode", "navigate"),
                Map.of("Accept", "text/html"),
                Map.of("Cookie", "q_session=bogus"),
                Map.of("Cookie", "q_session=a.b.c|d.e.f|g"),
                Map.of("Cookie", "q_session_chunk_1=bogus"),
                Map.of("Cookie", "q_auth_5d3c=bogus; other=1"),
                Map.of("Cookie", "q_session=bogus; q_auth_5d3c=bogus", "Accept", "text/html"),
                Map.of("Authorization", "Basic YWxpY2U6YWxpY2U="),
                Map.of("Authorization", "Bearer"),
                Map.of("Authorization", "Bearer bogus"),
                Map.of("Authorization", "Negotiate bogus"),
                Map.of("Authorization", ""));
        return headers.flatMap(
                some -> Stream.of("join", "heartbeat", "leave", "list", "me").map(call -> arguments(call, some)));
    }

    @ParameterizedTest
    @MethodSource("callsWithoutASession")
    void aCallWithoutASessionIsToldSoAndNotSentAway(String call, Map<String, String> headers) { // I3
        var page = newPage();

        var answer = Answer.of(call(given().headers(headers).redirects().follow(false), call, page));

        answer.isProblem(401, "unauthenticated");
        assertEquals("Bearer", answer.header("WWW-Authenticate"), answer::toString);
        assertNull(answer.header("Location"), answer::toString);
        assertNull(answer.header("Set-Cookie"), answer::toString);
        Caller.stranger("ana").list(page).body("viewers", empty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api;x/presence/list",
                "/api;x=1/presence/list",
                "/;x/api/presence/list",
                "/api/presence;x=1/list",
                "//api/presence/list",
                "/api//presence/list",
                "/%61pi/presence/list",
                "/%2Fapi/presence/list",
                "/api%3Bx/presence/list",
                "/API/presence/list",
                "/./api/presence/list",
                "/login/../api/presence/list",
                "/login;/../api/presence/list"
            })
    void noSpellingOfAnAddressIsAWayAroundTheSession(String address) { // I3
        var page = newPage();
        Caller.stranger("ana").join(page, newTab());

        var answer = Answer.of(given().urlEncodingEnabled(false)
                .redirects()
                .follow(false)
                .queryParam("pagePath", page)
                .get(address)
                .then());

        assertTrue(List.of(400, 401, 404).contains(answer.status()), answer::toString);
        assertFalse(answer.toString().contains("viewers"), answer::toString);
    }

    @Test
    void aBrokenBodyDoesNotHideThatTheSessionIsMissing() {
        var answer = given().contentType(ContentType.JSON).body("{").post("/api/presence/join");

        Answer.of(answer.then()).isProblem(401, "unauthenticated");
    }

    @Test
    void anotherSchemeBesideAGoodCookieIsNoIdentity() throws Exception { // I5: no way around the check of origins
        var cookie = Browser.of(Tokens.stranger("ana")).cookieHeader();

        var answer = given().header("Cookie", cookie)
                .header("Authorization", "Basic YWxpY2U6YWxpY2U=")
                .contentType(ContentType.JSON)
                .body(Map.of("pagePath", newPage(), "tabId", newTab()))
                .post("/api/presence/join");

        Answer.of(answer.then()).isProblem(401, "unauthenticated");
    }

    // --- The browser's login

    @Test
    void aLoginComesBackToThePageThatAskedForIt() throws Exception {
        var page = new Browser().logIn(Tokens.stranger("ana"), "/login?to=/q/health/live%3Fa=1");

        assertEquals(200, page.statusCode());
        assertEquals(Browser.address("/q/health/live?a=1"), page.uri());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//evil.example",
                "https://evil.example",
                "https://wiki.example.evil.example/",
                "https://wiki.example@evil.example/",
                "https://wiki.example:444/",
                "http://wiki.example/",
                "HTTPS:wiki.example",
                "https:evil.example",
                "/\\evil.example",
                "\\\\evil.example",
                "evil",
                "",
                "javascript:alert(1)",
                "/%09/evil.example\t",
                "/a\r\nSet-Cookie: a=b",
                "/a b",
                "/%zz",
                "/a#b#c",
                "/a[b"
            })
    void aLoginNeverLeadsElsewhere(String to) {
        var ana = Caller.stranger("ana");

        var answer =
                ana.request().redirects().follow(false).queryParam("to", to).get("/login");

        answer.then()
                .statusCode(303)
                .header("Location", equalTo(Browser.address("/").toString()));
    }

    @ParameterizedTest
    @CsvSource({
        "https://wiki.example/a?b=c#d, https://wiki.example/a?b=c#d",
        "https://wiki.example, https://wiki.example",
        "http://HOST/a?b=c#d, http://HOST/a?b=c#d",
        "https://HOST/a, http://HOST/a",
        "http://HOST, http://HOST/",
        "http://HOST//evil.example, http://HOST/",
        "ftp://HOST/a, http://HOST/"
    })
    void aLoginLeadsBackToAWholeAddressOfThisOrAConfiguredOrigin(String to, String back) { // I10
        var ana = Caller.stranger("ana");
        var host = RawConnection.host();

        var answer = ana.request()
                .redirects()
                .follow(false)
                .queryParam("to", to.replace("HOST", host))
                .get("/login");

        answer.then().statusCode(303).header("Location", equalTo(back.replace("HOST", host)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/login/?to=/docs/a", "/login?to=/docs/a"})
    void aSlashAtTheEndOfTheLoginChangesNothing(String address) {
        var known = Caller.stranger("ana").request().redirects().follow(false).get(address);
        var stranger = given().redirects().follow(false).get(address);

        known.then()
                .statusCode(303)
                .header("Location", equalTo(Browser.address("/docs/a").toString()));
        var way = stranger.then().statusCode(302).extract().header("Location");
        assertTrue(way.contains("%2Flogin&"), way);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/logout", "/logout/"})
    void aSlashAtTheEndOfTheLogoutChangesNothing(String address) {
        var answer = given().header("Sec-Fetch-Site", "none")
                .redirects()
                .follow(false)
                .get(address);

        assertTrue(answer.statusCode() == 302 || answer.statusCode() == 303, () -> answer.statusCode() + "");
    }

    @Test
    void aPageThatNeedsALoginSendsTheBrowserToTheProvider() {
        var answer = given().redirects().follow(false).queryParam("to", "/").get("/login");

        answer.then().statusCode(302).header("Location", startsWith(Tokens.provider() + "/authorize?"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"?code=bogus", "?code=bogus&state=bogus", "?state=bogus", "?error=access_denied&state=bogus"})
    void aForgedReturnFromTheProviderIsNoFailureOfOurs(String query) {
        var answer = Answer.of(
                given().redirects().follow(false).get("/login" + query).then());

        assertTrue(answer.status() < 500 && answer.isSilentAboutUs(), answer::toString);
    }

    @Test
    void aSessionCookieIsAnIdentityLikeABearer() throws Exception { // I3
        var user = Tokens.stranger("ana");
        var cookie = Browser.of(user).cookieHeader();
        var page = newPage();

        ownPage(cookie)
                .body(Map.of("pagePath", page, "tabId", newTab()))
                .post("/api/presence/join")
                .then()
                .statusCode(200);

        given().header("Cookie", cookie)
                .queryParam("pagePath", page)
                .get("/api/presence/list")
                .then()
                .statusCode(200)
                .body("viewers.id", contains(user));
    }

    @Test
    void theCookieAndABearerOfTheSameUserAreOneUser() throws Exception { // I1, I3
        var ana = Caller.stranger("ana");
        var cookie = Browser.of(ana.id).cookieHeader();
        var page = newPage();
        ana.join(page, newTab());

        ownPage(cookie).body(Map.of("pagePath", page, "tabId", newTab())).post("/api/presence/join");

        ana.list(page).body("viewers.id", contains(ana.id)).body("viewers.tabCount", contains(2));
    }

    @Test
    void theCookieBringsTheRolesOfItsUser() throws Exception { // R3
        var call = Map.of("pagePath", newPage(), "tabId", newTab());
        var may = Browser.of(Tokens.stranger("ana"), "copresence-takeover").cookieHeader();
        var mayNot = Browser.of(Tokens.stranger("ben")).cookieHeader();
        ownPage(may).body(call).post("/api/presence/join").then().statusCode(200);
        ownPage(mayNot).body(call).post("/api/presence/join").then().statusCode(200);

        var taken = ownPage(may).body(call).post("/api/presence/editor/takeover");
        var refused = ownPage(mayNot).body(call).post("/api/presence/editor/takeover");

        assertEquals(200, taken.statusCode(), taken::asString);
        Answer.of(refused.then()).isProblem(403, "forbidden");
    }

    @Test
    void aTamperedCookieIsNoIdentity() throws Exception {
        var cookie = Browser.of(Tokens.stranger("ana")).cookieHeader();
        given().header("Cookie", cookie).get("/api/presence/me").then().statusCode(200);
        var middle = cookie.length() / 2;
        var other = cookie.charAt(middle) == 'A' ? 'B' : 'A';

        var answer = given().header("Cookie", cookie.substring(0, middle) + other + cookie.substring(middle + 1))
                .get("/api/presence/me");

        var problem = Answer.of(answer.then()).isProblem(401, "unauthenticated");
        assertNull(problem.header("Set-Cookie"), problem::toString);
    }

    // --- Whose pages may use the cookie

    static Stream<Arguments> headersOfAllowedPages() {
        return Stream.of(
                arguments(Map.of("Sec-Fetch-Site", "same-origin")),
                arguments(Map.of("Sec-Fetch-Site", "same-origin", "Origin", "OWN")),
                arguments(
                        Map.of("Sec-Fetch-Site", "same-origin", "Origin", "https://what.the.proxy.does.not.say:8443")),
                arguments(Map.of("Sec-Fetch-Site", "same-origin", "Origin", "null")),
                arguments(Map.of("Origin", "OWN")),
                arguments(Map.of("Origin", CONFIGURED_ORIGIN)),
                arguments(Map.of("Sec-Fetch-Site", "cross-site", "Origin", CONFIGURED_ORIGIN)));
    }

    @ParameterizedTest
    @MethodSource("headersOfAllowedPages")
    void aPageOfAnAllowedOriginMayUseTheCookie(Map<String, String> headers) throws Exception { // I5
        var browser = Browser.of(Tokens.stranger("ana"));

        var answer = joinWithCookie(browser, newPage(), headers);

        assertEquals(200, answer.status(), answer::toString);
    }

    static Stream<Arguments> headersOfForeignPages() {
        return Stream.of(
                arguments(Map.of()),
                arguments(Map.of("Sec-Fetch-Site", "cross-site")),
                arguments(Map.of("Sec-Fetch-Site", "same-site")),
                arguments(Map.of("Sec-Fetch-Site", "none")),
                arguments(Map.of("Sec-Fetch-Site", "same-site", "Origin", "OWN")),
                arguments(Map.of("Origin", "null")),
                arguments(Map.of("Origin", "https://evil.example")),
                arguments(Map.of("Origin", CONFIGURED_ORIGIN + ".evil.example")),
                arguments(Map.of("Origin", "http://wiki.example")),
                arguments(Map.of("Origin", "http://localhost")),
                arguments(Map.of("Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")),
                arguments(Map.of("Sec-Fetch-Site", "none", "Origin", "https://evil.example")),
                arguments(Map.of("Sec-Fetch-Site", "Same-Origin", "Origin", "https://evil.example")),
                arguments(Map.of("Referer", "OWN/")));
    }

    @ParameterizedTest
    @MethodSource("headersOfForeignPages")
    void aPageOfAForeignOriginMayNotUseTheCookie(Map<String, String> headers) throws Exception { // I5
        var browser = Browser.of(Tokens.stranger("ana"));
        var page = newPage();

        var answer = joinWithCookie(browser, page, headers);

        answer.isProblem(403, "foreign-origin");
        if (headers.containsKey("Origin")) {
            var came = withOwnOrigin(headers).get("Origin");
            assertTrue(answer.toString().contains(came), answer::toString);
            assertTrue(answer.toString().contains("quarkus.http.cors.origins"), answer::toString);
            assertTrue(answer.toString().contains(CONFIGURED_ORIGIN + ")"), answer::toString);
            assertTrue(answer.toString().contains("http://" + RawConnection.host()), answer::toString);
        }
        Caller.stranger("bob").list(page).body("viewers", empty());
    }

    @ParameterizedTest
    @MethodSource({"headersOfAllowedPages", "headersOfForeignPages"})
    void withABearerTheOriginDoesNotMatter(Map<String, String> headers) { // I5
        var ana = Caller.stranger("ana");

        var answer = call(ana.request().headers(withOwnOrigin(headers)), "join", newPage());

        answer.statusCode(200);
    }

    @Test
    void aPageOfAConfiguredOriginMayReadAnswers() { // I5
        var ana = Caller.stranger("ana");

        var answer = ana.request().header("Origin", CONFIGURED_ORIGIN).get("/api/presence/me");

        answer.then().statusCode(200).header("Access-Control-Allow-Origin", equalTo(CONFIGURED_ORIGIN));
    }

    @Test
    void aPageOfAForeignOriginGetsNoLeaveToReadAnswers() { // I5
        var ana = Caller.stranger("ana");

        var answer = ana.request().header("Origin", "https://evil.example").get("/api/presence/me");

        answer.then().header("Access-Control-Allow-Origin", nullValue());
    }

    @Test
    void aPageOfAForeignOriginGetsNoLeaveToSendABearer() { // I5
        var preflight = given().header("Origin", "https://evil.example")
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization,content-type")
                .options("/api/presence/join");

        preflight.then().header("Access-Control-Allow-Origin", nullValue());
    }

    private static Answer joinWithCookie(Browser browser, String page, Map<String, String> headers) {
        return Answer.of(
                call(given().header("Cookie", browser.cookieHeader()).headers(withOwnOrigin(headers)), "join", page));
    }

    private static Map<String, String> withOwnOrigin(Map<String, String> headers) {
        return headers.entrySet().stream()
                .collect(java.util.stream.Collectors.toMap(
                        Map.Entry::getKey,
                        header -> header.getValue().replace("OWN", "http://" + RawConnection.host())));
    }

    private static RequestSpecification ownPage(String cookie) {
        return given().header("Cookie", cookie)
                .header("Sec-Fetch-Site", "same-origin")
                .contentType(ContentType.JSON);
    }

    private static io.restassured.response.ValidatableResponse call(
            RequestSpecification request, String call, String page) {
        if (call.equals("list") || call.equals("me")) {
            return request.queryParam("pagePath", page)
                    .get("/api/presence/" + call)
                    .then();
        }
        return request.contentType(ContentType.JSON)
                .body(Map.of("pagePath", page, "tabId", newTab(), "isEditing", true))
                .post("/api/presence/" + call)
                .then();
    }
}
