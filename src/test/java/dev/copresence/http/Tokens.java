package dev.copresence.http;

import static io.restassured.RestAssured.given;

import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.config.ConfigProvider;

/** Access tokens of the provider that Quarkus starts beside the tests: real ones, for whatever user is named. */
final class Tokens {

    private static final AtomicInteger STRANGERS = new AtomicInteger();

    private Tokens() {}

    /** Where that provider is. */
    static String provider() {
        return ConfigProvider.getConfig().getValue("quarkus.oidc.auth-server-url", String.class);
    }

    static String alice() {
        return of("alice");
    }

    static String bob() {
        return of("bob");
    }

    static String of(String user) {
        return given().formParam("grant_type", "password")
                .formParam("client_id", "copresence")
                .formParam("client_secret", "secret")
                .formParam("username", user)
                .formParam("password", "any")
                .post(provider() + "/token")
                .then()
                .statusCode(200)
                .extract()
                .path("access_token");
    }

    /** The name of a user whom no other test knows, so that no test disturbs another. */
    static String stranger(String firstName) {
        return firstName + "-" + STRANGERS.incrementAndGet();
    }
}
