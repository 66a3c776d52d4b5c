package dev.copresence.http;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The two ways to the resources: the short one of callers who are remembered, and the server's own. */
@QuarkusTest
class DirectEntryTest {

    private static final String JSON = "Content-Type: application/json";

    /** An {@code Accept} that means the same as any other here, and is unusual enough for the server's own way. */
    private static final String UNUSUAL = "Accept: application/json, */*;q=0.9";

    @Inject
    UsualWay usual;

    /** A request but for its credential. */
    record Call(String what, List<String> head, String body) {

        static Call get(String what, String address, String... headers) {
            return new Call(what, head("GET " + address + " HTTP/1.1", headers), "");
        }

        static Call post(String what, String call, String body, String... headers) {
            return new Call(what, head("POST /api/presence/" + call + " HTTP/1.1", headers), body);
        }

        private static List<String> head(String line, String... headers) {
            var head = new ArrayList<>(List.of(line, "Host: {host}"));
            head.addAll(List.of(headers));
            return head;
        }

        Answer send(String token, String accept) throws IOException {
            var lines = new ArrayList<>(head);
            lines.replaceAll(line -> line.replace("{host}", RawConnection.host()));
            lines.add("Authorization: Bearer " + token);
            lines.add(accept);
            lines.add("Connection: close");
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            if (!body.isEmpty()) {
                lines.add("Content-Length: " + bytes.length);
            }
            return RawConnection.exchange(lines, bytes);
        }

        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Call> calls() {
        var tab = "\"tabId\":\"3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01\"";
        var beat = "{\"pagePath\":\"/ways\"," + tab + ",\"isEditing\":false}";
        return Stream.of(
                Call.post("a heartbeat", "heartbeat", beat, JSON),
                Call.post("a join", "join", "{\"pagePath\":\"/ways\"," + tab + "}", JSON),
                Call.post("a leave", "leave", "{\"pagePath\":\"/elsewhere\"," + tab + "}", JSON),
                Call.post("a batch", "batch", "{\"heartbeats\":[" + beat + "],\"leaves\":[]}", JSON),
                Call.post("bad fields", "heartbeat", "{\"pagePath\":\"ways\",\"tabId\":7}", JSON),
                Call.post("half a body", "heartbeat", beat.substring(0, 20), JSON),
                Call.post("no type", "heartbeat", beat),
                Call.post("another type", "heartbeat", beat, "Content-Type: text/plain"),
                Call.post("an origin that may do nothing", "heartbeat", beat, JSON, "Origin: https://evil.example"),
                Call.post("our own origin", "heartbeat", beat, JSON, "Origin: http://{host}"),
                Call.post("a role that is missing", "editor/takeover", "{\"pagePath\":\"/ways\"," + tab + "}", JSON),
                Call.post("a lease that nobody holds", "editor/keep", "{\"pagePath\":\"/ways\"," + tab + "}", JSON),
                Call.post("a call that there is not", "beat", beat, JSON),
                Call.post("a method that a call does not take", "list?pagePath=/ways", beat, JSON),
                Call.get("a list", "/api/presence/list?pagePath=/ways"),
                Call.get("a list for who unpacks", "/api/presence/list?pagePath=/ways", "Accept-Encoding: gzip"),
                Call.get("a list that is known", "/api/presence/list?pagePath=/nobody", "If-None-Match: *"),
                Call.get("no page", "/api/presence/list"),
                Call.get("two pages", "/api/presence/list?pagePath=/a&pagePath=/b"),
                Call.get("a query that is no UTF-8", "/api/presence/list?pagePath=%ff"),
                Call.get("me", "/api/presence/me"),
                Call.get("a change by GET", "/api/presence/heartbeat"));
    }

    @ParameterizedTest
    @MethodSource("calls")
    void bothWaysLeadToTheSameAnswer(Call call) throws IOException {
        var token = Tokens.of(Tokens.stranger("ana"));
        Call.get("me", "/api/presence/me").send(token, UNUSUAL);
        var before = usual.calls();

        var direct = call.send(token, "Accept: application/json");
        var between = usual.calls();
        var asUsual = call.send(token, UNUSUAL);

        assertAll(
                () -> assertEquals(before, between, "the first did not go the usual way"),
                () -> assertNotEquals(between, usual.calls(), "the second did"),
                () -> assertEquals(asUsual.status(), direct.status()),
                () -> assertEquals(told(asUsual), told(direct)));
    }

    @Test
    void whoIsNotRememberedGoesTheUsualWay() throws IOException {
        var before = usual.calls();

        Call.get("me", "/api/presence/me").send(Tokens.of(Tokens.stranger("ana")), "Accept: */*");

        assertNotEquals(before, usual.calls());
    }

    private static Map<String, List<String>> told(Answer answer) {
        var told = new TreeMap<>(answer.headers());
        told.remove("Date");
        told.put("", List.of(answer.body()));
        return told;
    }
}
