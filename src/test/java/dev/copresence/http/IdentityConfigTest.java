package dev.copresence.http;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import io.vertx.core.json.JsonArray;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What an operator can set of identities: the claim that tells users apart, and that nothing is remembered. */
@QuarkusTest
@TestProfile(IdentityConfigTest.Profile.class)
class IdentityConfigTest {

    /** Set by the test resource. */
    TokenProvider provider;

    @BeforeEach
    void publishKeys() {
        provider.publishKeys();
    }

    @Test
    @DisplayName("I1: with copresence.identity.user-claim another claim says who the user is")
    void anotherClaimSaysWhoTheUserIs() {
        // given
        var token = provider.good("alice").with("employee", "4711");

        // then
        me(token).statusCode(200).body("id", equalTo("4711")).body("name", equalTo(""));
    }

    @Test
    @DisplayName("I1: a token whose claim is missing, blank or no text is nobody's, whatever its sub")
    void aTokenWithoutTheClaimIsRefused() {
        // given
        var token = provider.good("alice");

        // then
        me(token).statusCode(401);
        me(token.with("employee", "")).statusCode(401);
        me(token.with("employee", " ")).statusCode(401);
        me(token.with("employee", 4711)).statusCode(401);
        me(token.with("employee", new JsonArray(List.of("4711")))).statusCode(401);
        me(token.with("employee", "4".repeat(513))).statusCode(401);
    }

    @Test
    @DisplayName("I3: with copresence.identity.verified-cache=0s each request is verified")
    void eachRequestIsVerified() {
        // given
        var token = provider.good("alice").with("employee", "4711");
        var before = provider.keyRequests();

        // when
        me(token).statusCode(200);
        me(token).statusCode(200);
        me(token).statusCode(200);

        // then
        assertEquals(before + 3, provider.keyRequests());
        provider.withdrawKeys();
        me(token).statusCode(401);
    }

    private static ValidatableResponse me(TestToken token) {
        return given().header("Authorization", "Bearer " + token.compact())
                .when()
                .get("/api/presence/me")
                .then();
    }

    /** With a claim of its own for the user, and no memory. */
    public static class Profile extends RememberedTokensTest.Profile {

        @Override
        public Map<String, String> getConfigOverrides() {
            var overrides = new HashMap<>(super.getConfigOverrides());
            overrides.put("copresence.identity.user-claim", "employee");
            overrides.put("copresence.identity.verified-cache", "0s");
            return overrides;
        }
    }
}
