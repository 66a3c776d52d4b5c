package dev.copresence.http;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom a bearer token lets in, and as whom, with the keys and the audience checked as in production. */
@QuarkusTest
@TestProfile(TokensTest.Profile.class)
class TokensTest {

    private static final String NOBODY_PAGE = "/tokens/nobody";

    /** Set by the test resource. */
    TokenProvider provider;

    @Test
    @DisplayName("I3: a token that the provider signed for this service lets its user in")
    void aGoodTokenLetsItsUserIn() {
        me(provider.good("alice").compact()).statusCode(200).body("id", equalTo("alice"));
        me(provider.goodWithCurve("bob").compact()).statusCode(200).body("id", equalTo("bob"));
    }

    @Test
    @DisplayName("I3: what says that it is an access token is one, whatever else it says")
    void whatSaysThatItIsAnAccessTokenIsOne() {
        // given
        var good = provider.good("alice").with("nonce", "n");

        // then
        me(good.with("typ", "Bearer").compact()).statusCode(200);
        me(good.withHeader("typ", "at+jwt").compact()).statusCode(200);
    }

    @Test
    @DisplayName("I3: clocks may differ by some seconds")
    void clocksMayDiffer() {
        // given
        var good = provider.good("alice");
        var now = Instant.now().getEpochSecond();

        // then
        me(good.with("iat", now - 60).with("exp", now - 3).compact()).statusCode(200);
        me(good.with("nbf", now + 5).compact()).statusCode(200);
        me(good.with("iat", now + 5).compact()).statusCode(200);
    }

    @Test
    @DisplayName(
            "I3: a stranger's key does not keep the provider's next one away, nor do two changes one after the other")
    void aNewKeyIsKnownSoon() {
        try {
            for (var change = 0; change < 2; change++) {
                me(unknownKey(change)).statusCode(401);
                provider.rollKeys();

                await().atMost(Duration.ofSeconds(30))
                        .until(() ->
                                me(provider.good("alice").compact()).extract().statusCode() == 200);
            }
        } finally {
            provider.publishKeys();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> me(provider.good("alice").compact()).extract().statusCode() == 200);
        }
    }

    @Test
    @DisplayName("I3: why somebody is not let in is counted, by causes of a fixed set")
    void theCauseIsCounted() {
        // when
        var good = provider.good("alice");
        me(good.with("iat", 1).with("exp", 2).compact());
        me(good.with("aud", "another-service").compact());
        me(good.with("typ", "ID").compact());
        me("bogus");
        given().get("/api/presence/me");

        // then
        var metrics = given().get("/q/metrics").asString();
        for (var cause : List.of("expired", "audience", "no-access-token", "no-credential", "malformed")) {
            assertTrue(metrics.contains("copresence_identity_refusals_total{cause=\"" + cause + "\"}"), cause);
        }
    }

    @Test
    @DisplayName("I3: a token for several services is good for each of them")
    void aTokenForSeveralServicesIsGoodForThisOne() {
        // given
        var token = provider.good("alice").with("aud", new JsonArray(List.of("another-service", "copresence")));

        // then
        me(token.compact()).statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "bearer", "BEARER"})
    @DisplayName("I3: the scheme is not case sensitive (RFC 9110, 11.1)")
    void theSchemeIsNotCaseSensitive(String scheme) {
        // given
        var authorization = scheme + " " + provider.good("alice").compact();

        // then
        given().header("Authorization", authorization)
                .when()
                .get("/api/presence/me")
                .then()
                .statusCode(200)
                .body("id", equalTo("alice"));
    }

    @Test
    @DisplayName("I3: an expiry is a number of seconds (RFC 7519, 2), with a fraction or beyond all calendars")
    void anExpiryIsAnyNumberOfSeconds() {
        // given
        var good = provider.good("alice");

        // then
        me(good.with("exp", good.seconds("exp") + 0.5).compact()).statusCode(200);
        me(good.with("exp", Long.MAX_VALUE).compact()).statusCode(200);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("I1, I3: a bad token is nobody's")
    void aBadTokenIsRefused(BadToken bad) {
        // given
        var token = bad.like(provider.good("alice"), provider);

        // then
        assertRefused(token);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("I1, I3: a bad token is nobody's while the good one that it takes after is remembered")
    void aBadTokenIsRefusedWhileItsGoodTwinIsRemembered(BadToken bad) {
        // given
        var good = provider.good("alice");
        me(good.compact()).statusCode(200);
        me(good.compact()).statusCode(200);

        // then
        assertRefused(bad.like(good, provider));
        me(good.compact()).statusCode(200).body("id", equalTo("alice"));
    }

    @Test
    @DisplayName("I1, I3: a good token is remembered for itself alone")
    void rememberedTokensAreNotMistakenForOneAnother() {
        // given
        var alice = provider.good("alice");
        var bob = alice.with("sub", "bob");

        // when
        me(alice.compact()).statusCode(200);
        me(bob.compact()).statusCode(200);

        // then
        me(alice.compact()).body("id", equalTo("alice"));
        me(bob.compact()).body("id", equalTo("bob"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "Basic %s", "Token %s", "DPoP %s", "Bearer%s", "q_session=%s", "Bearer Bearer %s"})
    @DisplayName("I3: a token that is not sent as a bearer is nobody's")
    void aTokenThatIsNoBearerIsRefused(String form) {
        // given
        var token = provider.good("alice").compact();
        me(token).statusCode(200);

        // then
        assertUnauthenticated(given().header("Authorization", form.formatted(token))
                .when()
                .get("/api/presence/me")
                .then());
    }

    @ParameterizedTest
    @ValueSource(strings = {"q_session", "q_session_chunk_1", "q_session_tenant", "q_auth", "access_token"})
    @DisplayName("I3: a token that is sent as a cookie is nobody's")
    void aTokenInACookieIsRefused(String cookie) {
        // given
        var token = provider.good("alice").compact();
        me(token).statusCode(200);

        // then
        assertUnauthenticated(given().redirects()
                .follow(false)
                .cookie(cookie, token)
                .when()
                .get("/api/presence/me")
                .then());
    }

    @Test
    @DisplayName("I3: a token in the address is nobody's")
    void aTokenInTheAddressIsRefused() {
        // given
        var token = provider.good("alice").compact();

        // then
        assertUnauthenticated(given().queryParam("access_token", token)
                .when()
                .get("/api/presence/me")
                .then());
    }

    @Test
    @DisplayName("I3: no token makes the service ask the provider about it or about its user")
    void theProviderIsNeverAskedAboutAToken() {
        // when
        for (var bad : BadToken.values()) {
            me(bad.like(provider.good("alice"), provider));
        }
        me(provider.good("alice").compact());

        // then
        var asked = Set.copyOf(provider.requests());
        assertTrue(
                Set.of("/.well-known/openid-configuration", TokenProvider.KEYS).containsAll(asked), asked::toString);
    }

    @Test
    @DisplayName("I3: tokens of unknown keys do not make the service fetch the provider's keys each time")
    void unknownKeysDoNotMakeTheServiceFetchKeysEachTime() {
        // given
        var before = provider.keyRequests();

        // when: each waits for keys that may be on their way, so they come at once
        var callers = Executors.newFixedThreadPool(25);
        var calls = IntStream.range(0, 100)
                .mapToObj(
                        i -> CompletableFuture.runAsync(() -> me(unknownKey(i)).statusCode(401), callers))
                .toList();
        calls.forEach(CompletableFuture::join);
        callers.shutdown();

        // then: once in three seconds, and two cores are not that slow
        var asked = provider.keyRequests() - before;
        assertTrue(asked < 50, () -> "asked " + asked + " times");
    }

    @Test
    @DisplayName("I1: a name is the claim name")
    void theNameIsTheClaimName() {
        // given
        var token = provider.good("4711").with("name", "Ana Pérez").with("preferred_username", "ana");

        // then
        me(token.compact()).body("id", equalTo("4711")).body("name", equalTo("Ana Pérez"));
    }

    @Test
    @DisplayName("I7: without a name to see it is the preferred user name, then the nickname, and without these none")
    void theNameFallsBack() {
        // given
        var token = provider.good("4711").with("preferred_username", "ana");

        // then
        me(token.compact()).body("name", equalTo("ana"));
        me(token.with("name", "").compact()).body("name", equalTo("ana"));
        me(token.with("name", " \t").compact()).body("name", equalTo("ana"));
        me(token.with("name", 5).compact()).body("name", equalTo("ana"));
        me(token.with("name", new JsonArray(List.of("Ana"))).compact()).body("name", equalTo("ana"));
        me(token.with("name", "\u200B\u3164").compact()).body("name", equalTo("ana"));
        me(token.with("preferred_username", " ").compact()).body("name", equalTo(""));
        me(token.with("preferred_username", " ").with("nickname", "annie").compact())
                .body("name", equalTo("annie"));
        me(token.without("preferred_username").compact()).body("name", equalTo(""));
    }

    @Test
    @DisplayName("I7: a name is made harmless")
    void aNameIsMadeHarmless() {
        // given
        var token = provider.good("4711");

        // then
        me(token.with("name", "Ann \u202Enimda\n").compact()).body("name", equalTo("Ann nimda"));
    }

    @Test
    @DisplayName("I7, S2: two tokens of a user that differ in name and picture flip nothing")
    void tokensThatDifferFlipNothing() {
        // given
        var page = Caller.newPage();
        var id = Tokens.stranger("ann");
        var now = provider.good(id).seconds("iat");
        var newest = provider.good(id)
                .with("name", "Ann Miller")
                .with("picture", "https://my_bucket.s3.example.com/a.png")
                .compact();
        var bare = provider.good(id).with("iat", now + 1).compact();
        var old =
                provider.good(id).with("name", "Ann Lee").with("iat", now - 600).compact();
        var tokens = List.of(old, newest, bare);
        var tabs = List.of(Caller.newTab(), Caller.newTab(), Caller.newTab());
        for (var i = 0; i < 3; i++) {
            beat(tokens.get(i), page, tabs.get(i));
        }
        var etag = beat(tokens.get(0), page, tabs.get(0)).extract().path("etag");

        // then
        for (var round = 0; round < 3; round++) {
            for (var i = 0; i < 3; i++) {
                beat(tokens.get(i), page, tabs.get(i))
                        .body("etag", equalTo(etag))
                        .body("snapshot.viewers[0].name", equalTo("Ann Miller"))
                        .body("snapshot.viewers[0].avatar", equalTo("https://my_bucket.s3.example.com/a.png"));
            }
        }
    }

    private static ValidatableResponse beat(String token, String page, String tab) {
        return given().auth()
                .oauth2(token)
                .contentType(ContentType.JSON)
                .body(Map.of("pagePath", page, "tabId", tab, "isEditing", false))
                .post("/api/presence/heartbeat")
                .then()
                .statusCode(200);
    }

    @Test
    @DisplayName("I1: a name is cut to 256 characters, and not within one of them")
    void aNameIsCut() {
        // given
        var token = provider.good("4711");

        // then
        me(token.with("name", "n".repeat(256)).compact()).body("name", equalTo("n".repeat(256)));
        me(token.with("name", "n".repeat(257)).compact()).body("name", equalTo("n".repeat(256)));
        me(token.with("name", "n".repeat(255) + "😀").compact()).body("name", equalTo("n".repeat(255)));
        me(token.with("preferred_username", "u".repeat(300)).compact()).body("name", equalTo("u".repeat(256)));
    }

    @Test
    @DisplayName("I1: an avatar is an absolute https URL")
    void anAvatarIsAnHttpsUrl() {
        // given
        var token = provider.good("4711").with("picture", "https://img.example/a.png?s=64");

        // then
        me(token.compact()).body("avatar", equalTo("https://img.example/a.png?s=64"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://img.example/a.png",
                "//img.example/a.png",
                "/a.png",
                "a.png",
                "javascript:alert(1)",
                "data:image/png;base64,AAAA",
                "https://",
                "https:a.png",
                " ",
                ""
            })
    @DisplayName("I1: any other picture is absent, not null, and the user still comes in")
    void anyOtherPictureIsAbsent(String picture) {
        // given
        var token = provider.good("4711").with("picture", picture);

        // then
        me(token.compact()).statusCode(200).body("", aMapWithSize(2)).body("avatar", nullValue());
    }

    @Test
    @DisplayName("I1: who somebody is comes from the token and never from a body")
    void theBodyDoesNotSayWhoSomebodyIs() {
        // given
        var token = provider.good("4711").with("name", "Ana").compact();
        var body = join("/tokens/body")
                .put("userId", "mallory")
                .put("id", "mallory")
                .put("sub", "mallory")
                .put("name", "Mallory")
                .put("avatar", "https://img.example/m.png");

        // then
        given().auth()
                .oauth2(token)
                .contentType(ContentType.JSON)
                .body(body.encode())
                .when()
                .post("/api/presence/join")
                .then()
                .statusCode(200)
                .body("self", equalTo(Map.of("id", "4711", "name", "Ana")))
                .body("snapshot.viewers.id", equalTo(List.of("4711")))
                .body("snapshot.viewers.name", equalTo(List.of("Ana")));
    }

    @Test
    @DisplayName("I1: a newer token's name is the one that others see")
    void aNewNameIsSeen() {
        // given
        var token = provider.good("4712").with("name", "Ana");
        var body = join("/tokens/rename").encode();
        send(token.compact(), "join", body).statusCode(200);

        // when
        send(token.with("name", "Ana Maria").compact(), "heartbeat", body).statusCode(200);

        // then
        given().auth()
                .oauth2(provider.good("bob").compact())
                .queryParam("pagePath", "/tokens/rename")
                .when()
                .get("/api/presence/list")
                .then()
                .body("viewers.name", equalTo(List.of("Ana Maria")));
    }

    /** On reading and on writing, with a problem document; and nothing has changed. */
    private void assertRefused(String token) {
        assertUnauthenticated(me(token));
        assertUnauthenticated(send(token, "join", join(NOBODY_PAGE).encode()));
        given().auth()
                .oauth2(provider.good("bob").compact())
                .queryParam("pagePath", NOBODY_PAGE)
                .when()
                .get("/api/presence/list")
                .then()
                .statusCode(200)
                .body("tabCount", is(0));
    }

    private static void assertUnauthenticated(ValidatableResponse response) {
        response.statusCode(401)
                .contentType("application/problem+json")
                .header("WWW-Authenticate", equalTo("Bearer"))
                .header("Set-Cookie", nullValue())
                .body("type", equalTo("urn:copresence:problem:unauthenticated"))
                .body("title", equalTo("Unauthorized"))
                .body("status", is(401))
                .body("detail", not(containsString("alice")));
    }

    private static ValidatableResponse me(String token) {
        return given().header("Authorization", "Bearer " + token)
                .when()
                .get("/api/presence/me")
                .then();
    }

    private static ValidatableResponse send(String token, String call, String body) {
        return given().header("Authorization", "Bearer " + token)
                .contentType(ContentType.JSON)
                .body(body)
                .when()
                .post("/api/presence/" + call)
                .then();
    }

    private static JsonObject join(String page) {
        return new JsonObject()
                .put("pagePath", page)
                .put("tabId", UUID.randomUUID().toString())
                .put("isEditing", false);
    }

    private String unknownKey(int number) {
        return provider.good("alice").withHeader("kid", "unknown-" + number).compact();
    }

    /** With a provider of the test's own. */
    public static class Profile implements QuarkusTestProfile {

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
