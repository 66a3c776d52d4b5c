package dev.copresence.http;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The service as it is shipped, in its production profile, with a real Keycloak for its provider. */
@QuarkusIntegrationTest
@WithTestResource(Keycloak.class)
@WithTestResource(ManagementPort.class)
class KeycloakIT {

    /** More than the realm's tokens live. */
    private static final Duration TOKEN_LIFE = Duration.ofSeconds(60);

    /** Set by the test resource. */
    Keycloak keycloak;

    @TestHTTPResource
    URI service;

    private final KeycloakBrowser browser = new KeycloakBrowser();

    @Test
    @DisplayName("I1, I3: with bearer tokens two users see one another, by the names of their tokens")
    void usersWithBearerTokensSeeOneAnother() {
        // given
        var page = "/keycloak/bearer";
        post(bearer("alice"), "join", page).statusCode(200).body("self.name", equalTo("Alice Liddell"));
        post(bearer("bob"), "heartbeat", page).statusCode(200).body("self.name", equalTo("Bob Builder"));

        // then
        bearer("alice")
                .queryParam("pagePath", page)
                .get("/api/presence/list")
                .then()
                .statusCode(200)
                .body("viewers.name", equalTo(List.of("Alice Liddell", "Bob Builder")));
    }

    @Test
    @DisplayName("I1: the user is the subject")
    void theUserIsTheSubject() {
        // given
        var tokens = keycloak.tokens("alice");
        var subject = claims(tokens.getString("access_token")).getString("sub");

        // then
        me(given().auth().oauth2(tokens.getString("access_token")))
                .statusCode(200)
                .body("id", equalTo(subject))
                .body("name", equalTo("Alice Liddell"));
    }

    @Test
    @DisplayName("I3: a token of the same realm for another service is nobody's")
    void aTokenForAnotherServiceIsRefused() {
        // given
        var token = keycloak.tokensForAnotherService("alice").getString("access_token");

        // then
        assertUnauthenticated(me(given().auth().oauth2(token)));
        assertUnauthenticated(post(given().auth().oauth2(token), "join", "/keycloak/other"));
    }

    @Test
    @DisplayName("I3: a refresh token is no bearer token")
    void aRefreshTokenIsRefused() {
        // given
        var token = keycloak.tokens("alice").getString("refresh_token");

        // then
        assertUnauthenticated(me(given().auth().oauth2(token)));
    }

    @Test
    @DisplayName("I3: without a session the API answers 401, and the login page leads to Keycloak")
    void withoutASessionTheApiAnswers401() {
        // when
        var page = browser.open(service.resolve("/login"));

        // then
        assertTrue(keycloak.isAt(page.address()), page::toString);
        assertUnauthenticated(me(withCookies()));
        assertUnauthenticated(me(withCookies().header("X-Requested-With", "XMLHttpRequest")));
        assertUnauthenticated(me(withCookies().accept("text/html,application/xhtml+xml,*/*;q=0.8")));
    }

    @Test
    @DisplayName("I3: a wrong password opens no session")
    void aWrongPasswordOpensNoSession() {
        // when
        var form = browser.open(service.resolve("/login"));
        var page = browser.submit(form, Map.of("username", "alice", "password", "wrong"));

        // then
        assertTrue(keycloak.isAt(page.address()), page::toString);
        assertUnauthenticated(me(withCookies()));
    }

    @Test
    @DisplayName(
            "I1, I3: a browser that has logged in comes back to its page, as the same user that a bearer token names")
    void aBrowserLogsIn() {
        // when
        var page = logIn("alice", "/api/presence/me");

        // then
        var bearer = me(bearer("alice")).statusCode(200).extract().jsonPath();
        assertEquals(service.resolve("/api/presence/me"), page.address(), page::toString);
        assertEquals(200, page.status(), page::toString);
        me(withCookies())
                .statusCode(200)
                .body("id", equalTo(bearer.getString("id")))
                .body("name", equalTo("Alice Liddell"));
    }

    @Test
    @DisplayName("I5: a session cookie changes something for a page of our own origin")
    void aSessionBeatsFromItsOwnOrigin() {
        // given
        logIn("bob", "/api/presence/me");
        var page = "/keycloak/own-origin";

        // then
        post(withCookies().header("Origin", origin()), "join", page).statusCode(200);
        post(withCookies().header("Origin", origin()), "heartbeat", page)
                .statusCode(200)
                .body("self.name", equalTo("Bob Builder"))
                .body("snapshot.viewerCount", equalTo(1));
        post(withCookies().header("Sec-Fetch-Site", "same-origin"), "heartbeat", page)
                .statusCode(200);
    }

    @Test
    @DisplayName("I5: a session cookie changes nothing for anybody else")
    void aSessionDoesNotBeatFromElsewhere() {
        // given
        logIn("bob", "/api/presence/me");
        var page = "/keycloak/foreign-origin";

        // then
        assertForeign(post(withCookies(), "heartbeat", page));
        assertForeign(post(withCookies().header("Origin", "https://evil.example"), "heartbeat", page));
        assertForeign(post(withCookies().header("Origin", "null"), "heartbeat", page));
        assertForeign(post(withCookies().header("Sec-Fetch-Site", "cross-site"), "heartbeat", page));
        assertForeign(post(
                withCookies().header("Sec-Fetch-Site", "same-site").header("Origin", origin()), "heartbeat", page));
        withCookies()
                .queryParam("pagePath", page)
                .get("/api/presence/list")
                .then()
                .statusCode(200)
                .body("viewerCount", equalTo(0));
    }

    @Test
    @DisplayName("I3: a logout ends the session, here and at Keycloak")
    void aLogoutEndsTheSession() {
        // given
        logIn("alice", "/api/presence/me");
        me(withCookies()).statusCode(200);

        // when
        var after = browser.open(service.resolve("/logout"));

        // then
        assertEquals("/", after.address().getPath());
        assertUnauthenticated(me(withCookies()));
        var form = browser.open(service.resolve("/login"));
        assertTrue(keycloak.isAt(form.address()), form::toString);
    }

    @Test
    @DisplayName("I4: an expired session is renewed while Keycloak's own session lives, and not longer")
    void aSessionIsRenewedWhileKeycloaksOwnLives() {
        // given
        logIn("bob", "/api/presence/me");
        var other = new KeycloakBrowser();
        logIn(other, "alice", "/api/presence/me");
        var alices = other.cookies(service);

        // when
        other.submit(other.open(keycloak.signOut()), Map.of());

        // then
        await().atMost(TOKEN_LIFE).until(() -> {
            var response = me(withCookies()).statusCode(200).extract();
            return response.cookies().keySet().stream().anyMatch(name -> name.startsWith("q_session"));
        });
        await().atMost(TOKEN_LIFE)
                .until(() -> me(given().cookies(alices)).extract().statusCode() == 401);
        assertUnauthenticated(me(given().cookies(alices)));
    }

    private KeycloakBrowser.Page logIn(String user, String to) {
        return logIn(browser, user, to);
    }

    private KeycloakBrowser.Page logIn(KeycloakBrowser browser, String user, String to) {
        var form = browser.open(service.resolve("/login?to=" + to));
        assertTrue(keycloak.isAt(form.address()), form::toString);
        var page = browser.submit(form, Map.of("username", user, "password", Keycloak.password(user)));
        assertFalse(keycloak.isAt(page.address()), page::toString);
        return page;
    }

    private RequestSpecification bearer(String user) {
        return given().auth().oauth2(keycloak.tokens(user).getString("access_token"));
    }

    private RequestSpecification withCookies() {
        return given().redirects().follow(false).cookies(browser.cookies(service));
    }

    private String origin() {
        return service.getScheme() + "://" + service.getAuthority();
    }

    private static ValidatableResponse me(RequestSpecification request) {
        return request.get("/api/presence/me").then();
    }

    private static ValidatableResponse post(RequestSpecification request, String call, String page) {
        var body = new JsonObject()
                .put("pagePath", page)
                .put("tabId", UUID.randomUUID().toString())
                .put("isEditing", false);
        return request.contentType(ContentType.JSON)
                .body(body.encode())
                .post("/api/presence/" + call)
                .then();
    }

    private static void assertUnauthenticated(ValidatableResponse response) {
        response.statusCode(401)
                .contentType("application/problem+json")
                .header("Location", nullValue())
                .body("type", equalTo("urn:copresence:problem:unauthenticated"));
    }

    private static void assertForeign(ValidatableResponse response) {
        response.statusCode(403)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:copresence:problem:foreign-origin"));
    }

    private static JsonObject claims(String token) {
        var payload = Base64.getUrlDecoder().decode(token.split("\\.")[1]);
        return new JsonObject(new String(payload, StandardCharsets.UTF_8));
    }
}
