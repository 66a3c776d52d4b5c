package dev.copresence.http;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import java.net.URI;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a login leads: to the provider for a stranger, and for a known user back to a page of this origin. */
@QuarkusTest
@TestProfile(TokensTest.Profile.class)
class LoginTest {

    /** Set by the test resource. */
    TokenProvider provider;

    @TestHTTPResource
    URI service;

    @Test
    @DisplayName("I3: a stranger is sent to the provider")
    void aStrangerIsSentToTheProvider() {
        given().redirects()
                .follow(false)
                .get("/login?to=/docs/a")
                .then()
                .statusCode(302)
                .header(
                        "Location",
                        startsWith(provider.issuer() + "/authorize?response_type=code&client_id=copresence"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/docs/a",
                "/docs/a?tab=2&x=%C3%A9",
                "/docs/a#part-1",
                "/docs/a:b@c+d,e;f=(g)!$'*",
                "/docs//a",
                "/.hidden/~x_y-z"
            })
    @DisplayName("I3: a known user comes back to the page that they came from")
    void aKnownUserComesBackToTheirPage(String page) {
        login(page)
                .statusCode(303)
                .header("Location", equalTo(service.resolve("/").resolve(page).toString()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example/",
                "//evil.example/",
                "///evil.example/",
                "/\\evil.example/",
                "\\\\evil.example/",
                "/\t/evil.example/",
                " //evil.example/",
                "javascript:alert(1)",
                "evil.example",
                "docs/a",
                "?x",
                "",
                "/%zz",
                "/%",
                "/a#b#c",
                "/a\r\nSet-Cookie: x=y",
                "/a b"
            })
    @DisplayName("I3: whatever is no path of this origin leads to the start page")
    void anythingElseLeadsToTheStartPage(String elsewhere) {
        login(elsewhere)
                .statusCode(303)
                .header("Location", equalTo(service.resolve("/").toString()));
    }

    private ValidatableResponse login(String to) {
        return given().redirects()
                .follow(false)
                .auth()
                .oauth2(provider.good("alice").compact())
                .queryParam("to", to)
                .get("/login")
                .then();
    }
}
