package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the HTTP layer promises of every answer, and what heads it does not take, whatever they ask for. */
@QuarkusTest
class EdgesTest {

    private Caller ana;

    @BeforeEach
    void aUser() {
        ana = Caller.stranger("ana");
    }

    // --- Every answer

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /",
                "GET /index.html",
                "HEAD /index.html",
                "GET /copresence/element.js",
                "GET /copresence/nothing.js",
                "GET /demo/demo.js",
                "GET /docs/welcome/",
                "GET /docs/welcome/index.html",
                "GET /docs",
                "GET /nothing",
                "GET /nothing.html",
                "GET /%zz",
                "GET /a|",
                "GET /login",
                "GET /logout",
                "BREW /",
                "GET /api/presence/me",
                "GET /api/presence/list?pagePath=/a",
                "GET /api/presence/list",
                "GET /api/presence/stream",
                "GET /api/presence/join",
                "OPTIONS /api/presence/join",
                "POST /api/presence/join",
                "POST /api/presence/batch",
                "GET /api/presence/nothing",
                "GET /api/demo/pages?path=/docs/welcome/"
            })
    void anAnswerIsWhatItSaysItIsAndIsFramedByNobody(String request) throws IOException {
        for (var head : List.of(head(request), head(request, "Authorization: Bearer " + ana.token()))) {
            var answer = RawConnection.exchange(head);

            assertEquals(List.of("nosniff"), answer.headers().get("X-Content-Type-Options"), answer::toString);
            var policy = String.valueOf(answer.header("Content-Security-Policy"));
            assertTrue(policy.contains("frame-ancestors 'none'"), answer::toString);
            assertTrue(policy.startsWith("default-src 'self'") || policy.startsWith("default-src 'none'"), policy);
            assertEquals(1, answer.headers().get("Cache-Control").size(), answer::toString);
            assertFalse(answer.header("Cache-Control").contains("immutable"), answer::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/index.html", "/docs/welcome/", "/docs/welcome/index.html"})
    void aPageIsAskedAboutEachTimeHoweverItIsSpelled(String page) throws Exception {
        var answer = Answer.of(given().header("Cookie", Browser.of(ana.id).cookieHeader())
                .get(page)
                .then()
                .statusCode(200));

        assertEquals("private, no-cache", answer.header("Cache-Control"));
        assertTrue(answer.header("Content-Security-Policy").startsWith("default-src 'self'"), answer::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"me", "join", "heartbeat", "leave", "batch"})
    void whatIsOneUsersIsKeptByNobody(String call) {
        var body = Map.of("pagePath", newPage(), "tabId", newTab(), "isEditing", false);

        var answer = call.equals("me") ? ana.request().get("/api/presence/me").then() : ana.post(call, body);

        answer.statusCode(200);
        assertEquals("no-store", Answer.of(answer).header("Cache-Control"));
    }

    @Test
    void whatIsNotThereIsNotKeptWhereScriptsAre() throws IOException {
        var answer = RawConnection.exchange(head("GET /copresence/nothing.js"));

        answer.isProblem(404, "not-found");
        assertEquals("no-store", answer.header("Cache-Control"));
    }

    // --- Addresses

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/docs%2fwelcome/index.html",
                "/docs%2Fwelcome%2Findex.html",
                "/%2fdocs/welcome/index.html",
                "//docs/welcome/index.html",
                "/docs//welcome/index.html",
                "/./docs/welcome/index.html",
                "/x/../docs/welcome/index.html",
                "/copresence/../docs/welcome/index.html",
                "/copresence/..%2fdocs/welcome/index.html",
                "/copresence/%2e%2e/docs/welcome/index.html",
                "/copresence/.%2e/docs/welcome/index.html",
                "/copresence/%2e%2e%2fdocs%2fwelcome%2findex.html",
                "/docs;x/welcome/index.html",
                "/docs%3bx/welcome/index.html",
                "/;/docs/welcome/index.html",
                "/%64ocs/welcome/index.html",
                "/d%6fcs/welcome/index.html",
                "/docs%5cwelcome%5cindex.html",
                "/docs%252fwelcome/index.html",
                "/DOCS/welcome/index.html",
                "/Docs/welcome/index.html",
                "/docs./welcome/index.html",
                "/docs%00/welcome/index.html",
                "/docs%20/welcome/index.html",
                "/docs/welcome/index.html/.",
                "/api/presence/me;x=1",
                "/api;/presence/me",
                "/api/presence%2fme",
                "/api%2fdemo/pages?path=/docs/welcome/",
                "/index%2ehtml",
                "/%69ndex.html"
            })
    void anAddressHasOneSpelling(String address) throws IOException { // I3
        var anonymous = RawConnection.exchange(head("GET " + address));
        var known = RawConnection.exchange(head("GET " + address, "Authorization: Bearer " + ana.token()));

        assertTrue(List.of(400, 404).contains(anonymous.status()), anonymous::toString);
        anonymous.isProblem();
        known.isProblem();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/docs", "/docs/", "/docs/welcome", "/docs/welcome/", "/docs/welcome/index.html"})
    void theDemosPagesAskForAnIdentity(String address) throws IOException { // I3
        var answer = RawConnection.exchange(head("GET " + address));

        assertNotEquals(200, answer.status());
    }

    @Test
    void aStreamMayNameTwentyPagesOfEightHundredCharacters() throws Exception {
        var pages = new ArrayList<String>();
        for (var i = 0; i < 20; i++) {
            pages.add(newPage() + "/" + "x".repeat(750));
        }

        try (var stream = SseClient.open(ana, pages.toArray(String[]::new))) {
            for (var i = 0; i < 20; i++) {
                stream.nextSnapshot();
            }
        }
    }

    @Test
    void aLongerAddressOfAStreamIsRefused() throws IOException {
        var query = "pagePath=/" + "x".repeat(1000);
        var address = "/api/presence/stream?"
                + String.join(
                                "&",
                                List.of(
                                        query, query, query, query, query, query, query, query, query, query, query,
                                        query, query, query, query, query, query))
                        .substring(0, 16_400);

        RawConnection.exchange(head("GET " + address)).isProblem(414, "uri-too-long");
    }

    // --- Heads

    @ParameterizedTest
    @ValueSource(strings = {"BREW", "PROPFIND", "get", "Post", "A", "!#$%&'*+-.^_`|~", "M-SEARCH"})
    void aMethodThatNobodyKnowsIsRefusedBeforeAnythingElse(String method) throws IOException {
        for (var address :
                List.of("/", "/api/presence/join", "/copresence/element.js", "/nothing", "/login", "/q/metrics")) {
            RawConnection.exchange(head(method + " " + address)).isProblem(501, "not-implemented");
        }
    }

    @Test
    void aRequestHasOneHost() throws IOException {
        var twice = RawConnection.exchange(head("GET /", "Host: other.example"));
        var same = RawConnection.exchange(head("GET /", "Host: " + RawConnection.host()));
        var none = RawConnection.exchange(List.of("GET / HTTP/1.1", "Connection: close"));

        twice.isProblem(400, "invalid-input");
        same.isProblem(400, "invalid-input");
        none.isProblem(400, "invalid-input");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a b",
                "user@localhost",
                "localhost/x",
                "localhost:x",
                "localhost:99999",
                "[",
                "[::1",
                "a:b:c",
                "a?b",
                "a#b",
                "a\\b",
                "\u00e9",
                "a,b@c",
                "<a>",
                "http://localhost"
            })
    void aHostIsAHostAndAPort(String host) throws IOException {
        var answer = RawConnection.exchange(List.of("GET / HTTP/1.1", "Host: " + host, "Connection: close"));

        answer.isProblem(400, "invalid-input");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "localhost:80", "localhost:", "127.0.0.1:8080", "[::1]:8080", "a_b.example", "a-b"})
    void aHostMayBeAnything(String host) throws IOException {
        var answer = RawConnection.exchange(List.of("GET / HTTP/1.1", "Host: " + host, "Connection: close"));

        assertEquals(200, answer.status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip",
                "identity",
                "x",
                "chunkedx",
                "xchunked",
                "gzip, chunked",
                "chunked, chunked",
                "deflate",
                "chunked;x=y",
                "\"chunked\""
            })
    void anUnknownTransferCodingIsNotImplementedAndEndsTheConnection(String coding) throws IOException {
        try (var connection = new RawConnection()) {
            connection.sendHead(List.of(
                    "POST /api/presence/join HTTP/1.1",
                    "Host: " + RawConnection.host(),
                    "Authorization: Bearer " + ana.token(),
                    "Content-Type: application/json",
                    "Transfer-Encoding: " + coding));

            connection.answer().isProblem(501, "not-implemented");
            assertTrue(connection.isAtEnd());
        }
    }

    @Test
    void twoTransferCodingsAreNotImplemented() throws IOException {
        var answer = RawConnection.exchange(
                head("POST /api/presence/join", "Transfer-Encoding: chunked", "Transfer-Encoding: gzip"));

        answer.isProblem(501, "not-implemented");
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2c", "H2C", "h2c, websocket", "websocket, h2c", "h2", "TLS/1.0", "websocket"})
    void noUpgradeIsOffered(String protocol) throws IOException {
        var answer = RawConnection.exchange(head(
                "GET /",
                "Connection: Upgrade, HTTP2-Settings",
                "Upgrade: " + protocol,
                "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"));

        assertNotEquals(101, answer.status());
    }

    // --- Media types

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json-patch+json",
                "application/jsonp",
                "application/json+x",
                "application/json; charset=utf-16",
                "application/json; charset=UTF-16LE",
                "application/json;charset=iso-8859-1",
                "application/json; charset=us-ascii",
                "application/json; charset=\"utf-16\"",
                "application/json; charset=",
                "application/json; charset",
                "application/json; x=y; charset=utf-7",
                "application/json; charset=utf-8; charset=utf-16",
                "application/json, text/plain",
                "application/json text/plain",
                "application/ json",
                "application/*",
                "text/json",
                "application/vnd.api+json",
                "x-application/json"
            })
    void whatOnlyBeginsLikeJsonIsRefused(String type) throws IOException {
        var tab = newTab();
        var page = newPage();

        var answer = post(page, tab, "Content-Type: " + type);

        answer.isProblem(415, "unsupported-media-type");
        ana.list(page).body("viewers.size()", org.hamcrest.Matchers.is(0));
    }

    @Test
    void twoContentTypesAreRefused() throws IOException {
        post(newPage(), newTab(), "Content-Type: application/json", "Content-Type: text/plain")
                .isProblem(415, "unsupported-media-type");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "APPLICATION/JSON",
                "application/json;charset=utf-8",
                "application/json; charset=\"utf-8\"",
                "application/json; Charset=Utf-8",
                "application/json; profile=x; charset=utf-8",
                "application/json;"
            })
    void jsonInUtf8IsTaken(String type) throws IOException {
        assertEquals(200, post(newPage(), newTab(), "Content-Type: " + type).status());
    }

    // --- Origins

    @ParameterizedTest
    @CsvSource({"HTTP://LOCALHOST", "Http://LocalHost", "http://LOCALHOST"})
    void ourOwnOriginInCapitalsIsOurOwn(String origin) throws IOException {
        var port = RawConnection.host().substring("localhost".length());
        for (var method : List.of("GET", "OPTIONS")) {
            var answer = RawConnection.exchange(head(
                    method + " /api/presence/me", "Authorization: Bearer " + ana.token(), "Origin: " + origin + port));

            assertEquals(200, answer.status(), answer::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://foreign.example",
                "HTTPS://FOREIGN.EXAMPLE",
                "null",
                "",
                "http://",
                "http://localhost:1",
                "https://localhost",
                "http://localhost@foreign.example",
                "http://localhost.foreign.example",
                "http://localhost/",
                "file://",
                "\u00e9"
            })
    void noOriginIsRefusedWithNothing(String origin) throws IOException {
        for (var request : List.of(
                "GET /api/presence/me",
                "POST /api/presence/join",
                "OPTIONS /api/presence/join",
                "GET /",
                "DELETE /nothing")) {
            for (var preflight : List.of("X: y", "Access-Control-Request-Method: POST")) {
                var answer = RawConnection.exchange(head(request, "Origin: " + origin, preflight));

                assertNull(answer.header("Access-Control-Allow-Origin"), answer::toString);
                if (answer.status() >= 400) {
                    answer.isProblem();
                }
            }
        }
    }

    private Answer post(String page, String tab, String... types) throws IOException {
        var body = ("{\"pagePath\":\"" + page + "\",\"tabId\":\"" + tab + "\"}").getBytes(UTF_8);
        var head = head("POST /api/presence/join", "Authorization: Bearer " + ana.token());
        head.addAll(List.of(types));
        head.add("Content-Length: " + body.length);
        return RawConnection.exchange(head, body);
    }

    private static List<String> head(String methodAndAddress, String... more) {
        var head = new ArrayList<>(
                List.of(methodAndAddress + " HTTP/1.1", "Host: " + RawConnection.host(), "Connection: close"));
        if (List.of(more).stream().anyMatch(line -> line.startsWith("Connection:"))) {
            head.remove(2);
        }
        head.addAll(List.of(more));
        return head;
    }
}
