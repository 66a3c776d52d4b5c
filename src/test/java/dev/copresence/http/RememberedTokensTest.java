package dev.copresence.http;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.test.junit.QuarkusMock;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * For how long a token that was verified is not verified again. The service is made to fetch the provider's keys for each
 * verification, so that the provider sees each, and refuses whatever is verified while it publishes none.
 */
@QuarkusTest
@TestProfile(RememberedTokensTest.Profile.class)
class RememberedTokensTest {

    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Duration REFUSED_FOR = Duration.ofSeconds(10);
    private static final Duration INSTANT = Duration.ofMillis(1);

    private final ManualClock clock = new ManualClock();

    /** Set by the test resource. */
    TokenProvider provider;

    @BeforeEach
    void useOurClock() {
        QuarkusMock.installMockForType(clock, Clock.class);
        provider.publishKeys();
    }

    @Test
    @DisplayName("I3: a token is verified once and then remembered")
    void aTokenIsVerifiedOnce() {
        // given
        var token = provider.good("alice");
        me(token).statusCode(200);
        var before = provider.keyRequests();

        // when
        for (var i = 0; i < 5; i++) {
            me(token).statusCode(200).body("id", equalTo("alice"));
        }

        // then
        assertEquals(before, provider.keyRequests());
    }

    @Test
    @DisplayName("I3: for a minute a remembered token outlives its key, and from then on it does not")
    void aRememberedTokenOutlivesItsKeyByAMinute() {
        // given
        var token = provider.good("alice");
        me(token).statusCode(200);
        provider.withdrawKeys();

        // then
        clock.advance(LONGEST.minus(INSTANT));
        me(token).statusCode(200);
        clock.advance(INSTANT);
        me(token).statusCode(401);
    }

    @Test
    @DisplayName("I3: the minute counts from the verification and not from the last call")
    void callsDoNotProlongTheMinute() {
        // given
        var token = provider.good("alice");
        me(token).statusCode(200);
        provider.withdrawKeys();

        // when
        for (var i = 0; i < 3; i++) {
            clock.advance(LONGEST.dividedBy(4));
            me(token).statusCode(200);
        }

        // then
        clock.advance(LONGEST.dividedBy(4));
        me(token).statusCode(401);
    }

    @Test
    @DisplayName("I3: after the minute a token is verified again, and remembered for another")
    void aTokenIsVerifiedAgainAfterAMinute() {
        // given
        var token = provider.good("alice");
        me(token).statusCode(200);
        var before = provider.keyRequests();

        // when
        clock.advance(LONGEST);
        me(token).statusCode(200);
        me(token).statusCode(200);

        // then
        assertEquals(before + 1, provider.keyRequests());
    }

    @Test
    @DisplayName("I3: a token is not remembered at its expiry and the grace for clocks, or after it")
    void aTokenIsNotRememberedAtItsExpiry() {
        // given
        var expiry = clock.instant().plusSeconds(30);
        var token = provider.good("alice").with("exp", expiry.minus(GRACE).getEpochSecond());
        me(token).statusCode(200);
        provider.withdrawKeys();

        // then
        clock.set(expiry.minus(INSTANT));
        me(token).statusCode(200);
        clock.set(expiry);
        me(token).statusCode(401);
        clock.set(expiry.plusSeconds(1));
        me(token).statusCode(401);
    }

    @Test
    @DisplayName("I3: whose key is not known is not remembered as refused")
    void aRefusalIsNotRemembered() {
        // given
        var token = provider.good("alice");
        provider.withdrawKeys();
        me(token).statusCode(401);

        // when
        provider.publishKeys();

        // then
        me(token).statusCode(200);
    }

    @Test
    @DisplayName("F1: while the provider cannot be reached, nobody is told that their token is bad")
    void anOutageOfTheProviderIsNoBadToken() {
        // given
        var remembered = provider.good("alice");
        var token = provider.good("bob");
        me(remembered).statusCode(200);
        provider.goDown();

        // when
        var answer = Answer.of(me(token));

        // then
        answer.isProblem(503, "unavailable");
        assertEquals("5", answer.header("Retry-After"));
        me(remembered).statusCode(200);
        provider.publishKeys();
        me(token).statusCode(200);
    }

    @Test
    @DisplayName("I3: a bad token is refused for a while without another look at it, and then looked at again")
    void aBadTokenIsNotVerifiedEachTime() {
        // given
        var token = provider.good("alice").with("aud", "another-service");
        me(token).statusCode(401);
        var before = provider.keyRequests();

        // when
        for (var i = 0; i < 5; i++) {
            me(token).statusCode(401);
        }

        // then
        assertEquals(before, provider.keyRequests());
        clock.advance(REFUSED_FOR);
        me(token).statusCode(401);
        assertEquals(before + 1, provider.keyRequests());
    }

    private static ValidatableResponse me(TestToken token) {
        return given().header("Authorization", "Bearer " + token.compact())
                .when()
                .get("/api/presence/me")
                .then();
    }

    /** Stands still until it is moved by hand; starts now, for tokens are made and verified by the real time. */
    private static final class ManualClock extends Clock {

        private volatile Instant now = Instant.ofEpochSecond(Instant.now().getEpochSecond());

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }

        void set(Instant instant) {
            now = instant;
        }

        void advance(Duration duration) {
            now = now.plus(duration);
        }
    }

    /** With keys that are fetched whenever one is needed. */
    public static class Profile extends TokensTest.Profile {

        @Override
        public Map<String, String> getConfigOverrides() {
            var overrides = new HashMap<>(super.getConfigOverrides());
            overrides.put("quarkus.oidc.jwks.resolve-early", "false");
            overrides.put("quarkus.oidc.jwks.cache-size", "0");
            return overrides;
        }
    }
}
