package dev.copresence.http;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.copresence.http.identity.LogoutResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A provider that cannot be asked to end a session, such as Google: the service starts, and a logout ends the session here. */
@QuarkusTest
@TestProfile(LocalLogoutTest.Profile.class)
class LocalLogoutTest {

    /** Set by the test resource. */
    WithoutEndSession provider;

    @Test
    @DisplayName(
            "I3: a logout ends the session here, takes the way of renewing it from a copy, and is told to the operator once")
    void aLogoutEndsTheSessionHere() {
        // given
        var said = new ArrayList<String>();
        var handler = handler(said);
        Logger.getLogger(LogoutResource.class.getName()).addHandler(handler);
        var sids = List.of(UUID.randomUUID().toString(), UUID.randomUUID().toString());
        for (var sid : sids) {
            var cookie = provider.cookie("alice", sid, 600);
            given().header("Cookie", cookie).get("/api/presence/me").then().statusCode(200);

            // when
            var answer =
                    given().header("Cookie", cookie).redirects().follow(false).get("/logout");

            // then
            answer.then()
                    .statusCode(303)
                    .header("Location", endsWith("/"))
                    .header("Set-Cookie", containsString("Max-Age=0"));
            given().header("Cookie", cookie).get("/api/presence/me").then().statusCode(401);
            await().atMost(Duration.ofSeconds(10)).until(() -> provider.hasEnded(sid));
        }
        Logger.getLogger(LogoutResource.class.getName()).removeHandler(handler);
        assertEquals(
                1,
                said.stream()
                        .filter(line -> line.contains("end_session_endpoint"))
                        .count(),
                said::toString);
    }

    private static Handler handler(List<String> said) {
        return new Handler() {
            @Override
            public void publish(LogRecord line) {
                said.add(line.getMessage());
            }

            @Override
            public void flush() {
                // Nothing is kept back.
            }

            @Override
            public void close() {
                // There is nothing to close.
            }
        };
    }

    /** What Google says of itself, in as far as it matters. */
    public static class WithoutEndSession extends LoginProvider {

        @Override
        public void inject(TestInjector tests) {
            tests.injectIntoFields(this, new TestInjector.MatchesType(WithoutEndSession.class));
        }

        @Override
        JsonObject discovery() {
            var all = super.discovery();
            all.remove("end_session_endpoint");
            return all;
        }
    }

    /** With such a provider. */
    public static class Profile implements QuarkusTestProfile {

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(WithoutEndSession.class));
        }
    }
}
