package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the edge refuses, and how: always with a problem document, and without changing anything. */
@QuarkusTest
class RefusalsTest {

    private static final int MAX_BODY_BYTES = 64 << 10;

    /** A body that each call takes, and that would change the page. */
    private static final String VALID = "{\"pagePath\":\"PAGE\",\"tabId\":\"TAB\",\"isEditing\":false}";

    private static final List<String> CALLS = List.of("join", "heartbeat", "leave");

    private final String page = newPage();
    private final String editorsTab = newTab();
    private Caller ana;
    private String before;

    @BeforeEach
    void anEditorIsOnThePage() {
        ana = Caller.stranger("ana");
        ana.beat(page, editorsTab, true).statusCode(200);
        before = ana.listed(page);
    }

    // --- Bodies

    /** Not one JSON object in UTF-8: the body as a whole is bad, and no field is named. */
    static Stream<String> bodiesThatAreNoObject() {
        var bodies = List.of(
                "",
                "  \r\n ",
                "null",
                "[]",
                "[" + VALID + "]",
                "\"" + "text\"",
                "\"\"",
                "5",
                "true",
                "x",
                VALID.substring(0, VALID.length() - 1),
                VALID.replace('"', '\''),
                VALID.replace("\"pagePath\"", "pagePath"),
                VALID.replace("}", ",}"),
                VALID.replace("}", ",\"x\":01}"),
                VALID.replace("}", ",\"x\":NaN}"),
                VALID.replace("}", "/* */}"),
                VALID.replace("PAGE", "PAGE\t"),
                VALID + "x",
                VALID + "]",
                VALID + VALID,
                VALID + " null",
                VALID.replace("}", ",\"pagePath\":\"PAGE\"}"),
                VALID.replace("}", ",\"x\":1,\"x\":1}"),
                VALID.replace("}", ",\"x\":{\"y\":1,\"y\":2}}"),
                VALID.replace("PAGE", "PAGE\\ud800"),
                VALID.replace("}", ",\"x\":\"\\udc00\\ud800\"}"),
                VALID.replace("}", ",\"x\":[\"\\uD83D\"]}"),
                VALID.replace("}", ",\"\\udfff\":1}"),
                VALID.replace("}", ",\"x\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}"),
                VALID.replace("}", ",\"x\":" + "9".repeat(50_000) + "}"));
        return bodies.stream();
    }

    @ParameterizedTest
    @MethodSource("bodiesThatAreNoObject")
    void aBodyThatIsNotOneJsonObjectIsRefused(String body) throws IOException {
        var answer = post("leave", filled("leave", body).getBytes(UTF_8));

        answer.isProblem(400, "invalid-input").names();
        assertNothingChanged();
    }

    @ParameterizedTest
    @ValueSource(strings = {"join", "heartbeat", "leave"})
    void eachCallRefusesABrokenBody(String call) throws IOException {
        var answer = post(call, filled(call, VALID + "x").getBytes(UTF_8));

        answer.isProblem(400, "invalid-input").names();
        assertNothingChanged();
    }

    static Stream<String> bodiesThatAreNoUtf8() {
        var text = VALID.replace("}", ",\"x\":\"?\"}");
        var octets = List.of(
                "\u00ff", "\u00c3(", "\u00c3", "\u00c0\u00af", "\u00ed\u00a0\u0080", "\u00f4\u0090\u0080\u0080");
        return octets.stream().map(bad -> text.replace("?", bad));
    }

    @ParameterizedTest
    @MethodSource("bodiesThatAreNoUtf8")
    void aBodyThatIsNotUtf8IsRefused(String body) throws IOException {
        var answer = post("leave", filled("leave", body).getBytes(ISO_8859_1));

        answer.isProblem(400, "invalid-input").names();
        assertNothingChanged();
    }

    @Test
    void aBodyInUtf16IsRefused() throws IOException {
        var answer = post("leave", filled("leave", VALID).getBytes(UTF_16));

        answer.isProblem(400, "invalid-input").names();
        assertNothingChanged();
    }

    static Stream<Arguments> badFields() {
        var all = new ArrayList<Arguments>();
        for (var call : CALLS) {
            for (var value :
                    List.of("5", "true", "null", "[\"PAGE\"]", "{}", "\"\"", "\"docs/a\"", "\"https://x/docs\"")) {
                all.add(bad(call, "pagePath", value));
            }
            for (var value :
                    List.of("5", "false", "null", "[\"TAB\"]", "{}", "\"\"", "\"x\"", "\"{TAB}\"", "\"TAB0\"")) {
                all.add(bad(call, "tabId", value));
            }
            for (var value : List.of("\"1\"", "\"\"", "true", "[]", "[1]", "{}", "1e999", "1e300", "4102444800000")) {
                all.add(bad(call, "incarnation", value));
            }
            all.add(arguments(call, VALID.replace("\"pagePath\":\"PAGE\",", ""), "pagePath"));
            all.add(arguments(call, VALID.replace("\"tabId\":\"TAB\",", ""), "tabId"));
        }
        for (var call : List.of("join", "heartbeat")) {
            for (var value : List.of(
                    "5",
                    "true",
                    "[]",
                    "{}",
                    "\"\"",
                    "\"a b\"",
                    "\"\\n\"",
                    "\"\\u3164\"",
                    "\"" + "x".repeat(129) + "\"")) {
                all.add(bad(call, "section", value));
            }
            for (var field : List.of("isEditing", "isTyping", "isVisible", "isListed")) {
                for (var value : List.of("\"true\"", "\"\"", "1", "0", "1.0", "[]", "[true]", "{}")) {
                    all.add(bad(call, field, value));
                }
            }
        }
        for (var value : List.of("\"true\"", "1", "[]", "{}")) {
            all.add(bad("leave", "unloading", value));
        }
        for (var value : List.of("5", "true", "[]", "{}", "\"" + "x".repeat(129) + "\"")) {
            all.add(bad("heartbeat", "known", value));
        }
        all.add(bad("heartbeat", "isEditing", "null"));
        all.add(arguments("heartbeat", VALID.replace(",\"isEditing\":false", ""), "isEditing"));
        return all.stream();
    }

    private static Arguments bad(String call, String field, String value) {
        var without = VALID.replaceAll("\"" + field + "\":[^,}]*,?", "").replace(",}", "}");
        return arguments(
                call,
                without.replace("}", ",\"" + field + "\":" + value.replace("}", "~") + "}")
                        .replace("~", "}"),
                field);
    }

    @ParameterizedTest
    @MethodSource("badFields")
    void aBadFieldIsRefusedByItsName(String call, String body, String field) throws IOException {
        var answer = post(call, filled(call, body).getBytes(UTF_8));

        answer.isProblem(400, "invalid-input").names(field);
        assertNothingChanged();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a?b",
                "/a#b",
                "/a//b",
                "//a",
                "/./a",
                "/a/..",
                "/%2e%2e/a",
                "/a b",
                "/a\\\\b",
                "/a%2Fb",
                "/a%5Cb",
                "/%00",
                "/%0a",
                "/%C3%28",
                "/%2541",
                "/%%41%42",
                "/\u202ea",
                "/a\u200b",
                "/a\u200db",
                "/a\u3164",
                "/%C2%A0",
                "/%E2%80%AE",
                "/<",
                "/a{b"
            })
    void aPathThatNoPageHasIsRefused(String path) throws IOException { // P2
        var answer = post("leave", filled("leave", VALID.replace("PAGE", path)).getBytes(UTF_8));

        answer.isProblem(400, "invalid-input").names("pagePath");
        assertNothingChanged();
    }

    @Test
    void aPathThatIsTooLongIsRefusedAndNotCut() throws IOException { // P2
        var answer = post(
                "join",
                filled("join", VALID.replace("PAGE", "/" + "a".repeat(1024))).getBytes(UTF_8));

        answer.isProblem(400, "invalid-input").names("pagePath");
    }

    @Test
    void allBadFieldsAreToldTogether() throws IOException {
        var answer = post("heartbeat", "{\"pagePath\":\"x\",\"tabId\":\"y\",\"isEditing\":true}".getBytes(UTF_8));

        answer.isProblem(400, "invalid-input").names("pagePath", "tabId");
    }

    @Test
    void allMissingFieldsAreToldTogether() throws IOException {
        var answer = post("heartbeat", "{}".getBytes(UTF_8));

        answer.isProblem(400, "invalid-input").names("isEditing", "pagePath", "tabId");
    }

    @Test
    void unknownFieldsAreIgnored() throws IOException {
        var more = ",\"userId\":5,\"x\":{\"y\":[null,\"\\ud83d\\ude00\"]}}";

        var answer = post("leave", filled("leave", VALID.replace("}", more)).getBytes(UTF_8));

        assertEquals(200, answer.status());
        ana.list(page).body("viewers.size()", org.hamcrest.Matchers.is(0));
    }

    // --- Size

    @Test
    void aBodyOf64KiBIsTaken() throws IOException {
        var answer = post("leave", padded(filled("leave", VALID), MAX_BODY_BYTES));

        assertEquals(200, answer.status());
    }

    @ParameterizedTest
    @ValueSource(ints = {MAX_BODY_BYTES + 1, 200_000})
    void aLargerBodyIsRefused(int length) throws IOException {
        var answer = post("leave", padded(filled("leave", VALID), length));

        answer.isProblem(413, "body-too-large");
        assertNothingChanged();
    }

    @ParameterizedTest
    @ValueSource(ints = {MAX_BODY_BYTES + 1, 200_000})
    void aLargerBodyInChunksIsRefused(int length) throws IOException {
        var chunks = chunked(padded(filled("leave", VALID), length));

        var answer = RawConnection.exchange(head("POST /api/presence/leave", "Transfer-Encoding: chunked"), chunks);

        answer.isProblem(413, "body-too-large");
        assertNothingChanged();
    }

    @Test
    void aBodyOf64KiBInChunksIsTaken() throws IOException {
        var chunks = chunked(padded(filled("leave", VALID), MAX_BODY_BYTES));

        var answer = RawConnection.exchange(head("POST /api/presence/leave", "Transfer-Encoding: chunked"), chunks);

        assertEquals(200, answer.status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"65537", "20000000", "99999999999"})
    void aLengthThatIsTooLargeIsRefusedBeforeTheBodyIsHere(String length) throws IOException {
        var answer = RawConnection.exchange(head("POST /api/presence/join", "Content-Length: " + length));

        answer.isProblem(413, "body-too-large");
    }

    // --- Media types

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain", "text/html", "application/xml", "application/x-www-form-urlencoded",
                        "multipart/form-data",
                "application/octet-stream", "application/problem+json", "application/json-seq", "application/jsonx",
                        "*/*"
            })
    void anotherContentTypeIsRefused(String type) throws IOException {
        var body = filled("leave", VALID).getBytes(UTF_8);

        var answer = RawConnection.exchange(
                head("POST /api/presence/leave", "Content-Type: " + type, "Content-Length: " + body.length), body);

        answer.isProblem(415, "unsupported-media-type");
        assertNothingChanged();
    }

    @Test
    void aBodyWithoutContentTypeIsRefused() throws IOException { // I5
        var body = filled("leave", VALID).getBytes(UTF_8);
        var head = new ArrayList<>(head("POST /api/presence/leave", "Content-Length: " + body.length));
        head.removeIf(line -> line.startsWith("Content-Type"));

        var answer = RawConnection.exchange(head, body);

        answer.isProblem(415, "unsupported-media-type");
        assertNothingChanged();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "Application/JSON",
                "application/json;charset=utf-8",
                "application/json; charset=UTF-8"
            })
    void jsonIsTakenHoweverItIsSpelled(String type) throws IOException {
        var body = filled("leave", VALID).getBytes(UTF_8);

        var answer = RawConnection.exchange(
                head("POST /api/presence/leave", "Content-Type: " + type, "Content-Length: " + body.length), body);

        assertEquals(200, answer.status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/xml", "image/*", "text/event-stream"})
    void aClientThatDoesNotTakeJsonIsRefused(String accept) {
        var body = Map.of("pagePath", page, "tabId", newTab());

        var join = ana.request()
                .accept(accept)
                .contentType("application/json")
                .body(body)
                .post("/api/presence/join");
        var list = ana.request().accept(accept).queryParam("pagePath", page).get("/api/presence/list");

        Answer.of(join.then()).isProblem(406, "not-acceptable");
        Answer.of(list.then()).isProblem(406, "not-acceptable");
        assertNothingChanged();
    }

    // --- Addresses and methods

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api",
                "/api/presence",
                "/api/presence/",
                "/api/presence/nothing",
                "/api/presence/list/x",
                "/nothing",
                "/q/nothing",
                "/API/presence/list",
                "/favicon.ico"
            })
    void whereThereIsNothingIsAProblemToo(String address) {
        var answer = ana.request().accept("text/html").get(address);

        Answer.of(answer.then()).isProblem(404, "not-found");
    }

    @Test
    void aBrowserThatAsksForAPageThatIsNotThereGetsAPage() {
        var navigation = "text/html,application/xhtml+xml,*/*;q=0.8";

        var page = given().accept(navigation).get("/nothing");
        var image = given().accept("image/*,*/*;q=0.8").get("/nothing");

        page.then()
                .statusCode(404)
                .contentType("text/html")
                .header("Cache-Control", "no-store")
                .body(containsString("Page not found"));
        Answer.of(image.then()).isProblem(404, "not-found");
    }

    @ParameterizedTest
    @MethodSource
    void anotherMethodIsRefusedWithTheOneToUse(String method, String call, String allowed) {
        var answer = ana.request().request(method, "/api/presence/" + call);

        var problem = Answer.of(answer.then()).isProblem(405, "method-not-allowed");
        assertTrue(String.valueOf(problem.header("Allow")).contains(allowed), problem::toString);
        assertNothingChanged();
    }

    static Stream<Arguments> anotherMethodIsRefusedWithTheOneToUse() {
        var reading = Stream.of("POST", "PUT", "DELETE", "PATCH")
                .flatMap(method -> Stream.of("list", "me").map(call -> arguments(method, call, "GET")));
        var writing = Stream.of("GET", "PUT", "DELETE", "PATCH")
                .flatMap(method -> CALLS.stream().map(call -> arguments(method, call, "POST")));
        return Stream.concat(reading, writing);
    }

    @Test
    void anAddressThatIsTooLongIsRefused() throws IOException {
        var list = RawConnection.exchange(head("GET /api/presence/list?pagePath=/" + "a".repeat(9_000)));
        var nothing = RawConnection.exchange(head("GET /" + "a".repeat(9_000)));

        list.isProblem(414, "uri-too-long");
        nothing.isProblem(414, "uri-too-long");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/presence/list?pagePath=%zz",
                "/api/presence/list?pagePath=%",
                "/api/presence/list?pagePath=/%4",
                "/api/presence/list?%zz=1&pagePath=/a",
                "/api/presence/list?pagePath=/a&x=%zz",
                "/api/presence/list?pagePath=/a|b",
                "/api/presence/list?pagePath=/a\"b",
                "/api/presence/list?pagePath=/\u00e9",
                "/api/presence/%zz",
                "/%zz",
                "/%",
                "/api/presence/join?%zz"
            })
    void anAddressThatIsNoUriIsRefused(String address) throws IOException {
        var answer = RawConnection.exchange(head("GET " + address));

        answer.isProblem(400, "invalid-input");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%ff", "/%C3%28", "/%c0%af", "/%ED%A0%80"})
    void aQueryThatDoesNotDecodeToUtf8IsRefused(String undecodable) throws IOException {
        var answer = RawConnection.exchange(head("GET /api/presence/list?pagePath=" + undecodable));

        answer.isProblem(400, "invalid-input");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x=1",
                "pagePath",
                "pagePath=",
                "pagePath=docs",
                "pagePath=/a&pagePath=/b",
                "pagePath=/a&pagePath=/a",
                "pagepath=/a",
                "PAGEPATH=/a",
                "pagePath=/a&pagepath=/b",
                "pagePath=/a&p%61gepath=/b",
                "pagePath=/a&p%61gePath=/b",
                "pagePath=/a%20b",
                "pagePath=/a+b",
                "pagePath=%2F%2Fa",
                "pagePath=/%252e%252e",
                "pagePath=/a%3Fb",
                "pagePath=/a%00"
            })
    void aListNeedsOnePage(String query) throws IOException {
        var answer = RawConnection.exchange(head("GET /api/presence/list?" + query));

        answer.isProblem(400, "invalid-input").names("pagePath");
    }

    @Test
    void unknownParametersAreIgnored() {
        var answer =
                ana.request().queryParam("pagePath", page).queryParam("_", "1").get("/api/presence/list");

        answer.then().statusCode(200).body("viewers.id", contains(ana.id));
    }

    // --- Whatever else a client may send

    static Stream<String> strangeHeaders() {
        return Stream.of(
                "Accept: x",
                "Accept: ,",
                "Accept: */",
                "Accept: application/json;q=x",
                "Accept: application/json;q=5",
                "Accept: application/json;",
                "Accept-Language: !!",
                "Accept-Encoding: ,;q=",
                "Accept-Charset: x;q=x",
                "Content-Type: application/json;",
                "Content-Type: application/json;charset",
                "Content-Type: application/json;charset=",
                "Content-Type: application/json;charset=no-such",
                "Content-Type: application/json/x",
                "Content-Type: application/json, text/plain",
                "If-None-Match: ",
                "If-None-Match: ,",
                "If-None-Match: \"",
                "If-None-Match: W/",
                "If-None-Match: abc",
                "If-Match: \"x\"",
                "If-Match: \"",
                "If-Modified-Since: yesterday",
                "Cookie: ",
                "Cookie: =;;=",
                "Cookie: q_session",
                "Origin: ",
                "Origin: null",
                "Origin: http://",
                "Origin: http://a b",
                "Origin: https://foreign.example",
                "Sec-Fetch-Site: nowhere",
                "Range: bytes=9-1",
                "Expect: 200-ok",
                "Upgrade: websocket\r\nConnection: Upgrade",
                "X-HTTP-Method-Override: DELETE",
                "X-Forwarded-For: x\r\nX-Forwarded-Proto: x\r\nX-Forwarded-Host: [",
                "Forwarded: for=;;proto=",
                "Last-Event-ID: \u00ff",
                "X: " + "x".repeat(8_000));
    }

    @ParameterizedTest
    @MethodSource("strangeHeaders")
    void strangeHeadersOfAReaderAreNoFailureOfOurs(String header) throws IOException {
        var answer = RawConnection.exchange(head("GET /api/presence/list?pagePath=" + page, header));

        assertServedOrProblem(answer);
    }

    @ParameterizedTest
    @MethodSource("strangeHeaders")
    void strangeHeadersOfAWriterAreNoFailureOfOurs(String header) throws IOException {
        var body = filled("heartbeat", VALID).getBytes(UTF_8);

        var answer = RawConnection.exchange(
                head("POST /api/presence/heartbeat", header, "Content-Length: " + body.length), body);

        assertServedOrProblem(answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HEAD /api/presence/list?pagePath=/a HTTP/1.1",
                "OPTIONS /api/presence/join HTTP/1.1",
                "OPTIONS * HTTP/1.1",
                "TRACE /api/presence/list HTTP/1.1",
                "GET //api//presence//me HTTP/1.1",
                "GET /api/presence/../presence/me HTTP/1.1",
                "GET /api/presence/%2e%2e/%2e%2e/etc/passwd HTTP/1.1",
                "GET /api/presence/list;x=y?pagePath=/a HTTP/1.1",
                "GET http://other.example/api/presence/me HTTP/1.1",
                "GET /api/presence/me HTTP/1.0",
                "POST /api/presence/join HTTP/1.0",
                "POST /api/presence/join HTTP/1.1",
                "GET nothing HTTP/1.1",
                "GET ?pagePath=/a HTTP/1.1",
                "GET # HTTP/1.1"
            })
    void strangeRequestLinesAreNoFailureOfOurs(String requestLine) throws IOException {
        var head = new ArrayList<>(head("GET /", "Connection: close"));
        head.set(0, requestLine);

        var answer = RawConnection.exchange(head);

        assertServedOrProblem(answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a_b",
                "[",
                "a b",
                "localhost:99999",
                "localhost:x",
                "\u00e9",
                "user@localhost",
                "localhost/x"
            })
    void strangeHostsAreNoFailureOfOurs(String host) throws IOException {
        var head = new ArrayList<>(head("GET /api/presence/list?pagePath=" + page, "Origin: http://foreign.example"));
        head.set(1, "Host: " + host);

        var answer = RawConnection.exchange(head);

        assertServedOrProblem(answer);
    }

    @Test
    void aRequestWithoutHostIsNoFailureOfOurs() throws IOException {
        var head = new ArrayList<>(head("GET /api/presence/list?pagePath=" + page, "Origin: http://foreign.example"));
        head.remove(1);

        var answer = RawConnection.exchange(head);

        assertServedOrProblem(answer);
    }

    private static void assertServedOrProblem(Answer answer) {
        assertTrue(answer.status() < 500, answer::toString);
        assertTrue(answer.isSilentAboutUs(), answer::toString);
        if (answer.status() >= 400) {
            answer.isProblem();
        }
    }

    private void assertNothingChanged() {
        assertEquals(before, ana.listed(page));
    }

    /** The body for the call: what joins or beats is a new tab, what leaves is the editor's. */
    private String filled(String call, String body) {
        return body.replace("PAGE", page).replace("TAB", call.equals("leave") ? editorsTab : newTab());
    }

    private Answer post(String call, byte[] body) throws IOException {
        return RawConnection.exchange(head("POST /api/presence/" + call, "Content-Length: " + body.length), body);
    }

    /** A request's head with the caller's token and, unless {@code more} has another, the content type of JSON. */
    private List<String> head(String methodAndAddress, String... more) {
        var head = new ArrayList<>(List.of(
                methodAndAddress + " HTTP/1.1",
                "Host: " + RawConnection.host(),
                "Authorization: Bearer " + ana.token()));
        head.addAll(List.of(more));
        if (head.stream().noneMatch(line -> line.startsWith("Content-Type"))) {
            head.add("Content-Type: application/json");
        }
        return head;
    }

    private static byte[] padded(String json, int length) {
        return (json + " ".repeat(length - json.length())).getBytes(UTF_8);
    }

    private static byte[] chunked(byte[] body) {
        var chunks = new ByteArrayOutputStream();
        for (var at = 0; at < body.length; at += 10_000) {
            var length = Math.min(10_000, body.length - at);
            chunks.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(UTF_8));
            chunks.write(body, at, length);
            chunks.writeBytes("\r\n".getBytes(UTF_8));
        }
        chunks.writeBytes("0\r\n\r\n".getBytes(UTF_8));
        return chunks.toByteArray();
    }
}
