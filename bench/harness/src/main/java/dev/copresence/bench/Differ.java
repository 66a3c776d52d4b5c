package dev.copresence.bench;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The same random requests, good, bad and odd, for this build and for others: the one whose folder BENCH_OTHER names, and the native
 * executable if there is one. All have to answer alike, but for what is a time or comes of one.
 */
final class Differ {

    private static final int ACCOUNTS = 12;
    private static final int PAGES = 8;
    private static final int SHOWN = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** What differs between two processes that do the same. */
    private static final Pattern TIMES =
            Pattern.compile("\"(fence|deadlineMs|retryAfterMs|yieldMs|keptMs|ttlMs|nextHeartbeatMs)\":\\d+");

    private static final List<String> SECTIONS = List.of("install", "a", "", "ä b", "x".repeat(200));
    private static final List<String> PAGES_ODD = List.of(
            "",
            "docs",
            "/docs/../a",
            "/a?b",
            "/%zz",
            "/" + "x".repeat(900),
            "/a//b",
            "/%C3%A4",
            "/ä",
            "/docs/a/",
            "null");
    private static final List<String> QUERIES_ODD = List.of(
            "",
            "?",
            "?pagepath=/a",
            "?pagePath=/a&pagePath=/b",
            "?pagePath",
            "?pagePath=%zz",
            "?pagePath=/a&isListed=no");
    private static final List<String> TYPES = List.of(
            "application/json",
            "application/json;charset=utf-8",
            "application/json; charset=latin1",
            "text/plain",
            "application/jsonx",
            "");
    private static final List<String> HEADERS = List.of(
            "Origin: http://127.0.0.1",
            "Origin: https://evil.example",
            "Origin: null",
            "Sec-Fetch-Site: same-origin",
            "Sec-Fetch-Site: cross-site",
            "Accept: application/json",
            "Accept: text/html",
            "Accept: */*",
            "Accept: text/event-stream;q=0.5, application/json",
            "Accept-Encoding: gzip",
            "Expect: cake",
            "If-None-Match: *",
            "If-None-Match: \"x\", W/\"y\"",
            "Presence-Grant: a.b.c",
            "Connection: keep-alive",
            "Cookie: q_session_copresence=junk",
            "X-Forwarded-Host: evil.example",
            "Content-Encoding: gzip",
            "Prefer: nothing");
    private static final List<String> CALLS = List.of(
            "join",
            "heartbeat",
            "heartbeat",
            "heartbeat",
            "leave",
            "batch",
            "list",
            "list",
            "me",
            "editor/verify",
            "editor/request",
            "editor/handover",
            "editor/keep",
            "editor/takeover",
            "keys",
            "nothing",
            "heartbeat/",
            "Heartbeat",
            "list;a=b");

    private final Random random;
    private final List<Account> accounts;

    private Differ(long seed, List<Account> accounts) {
        this.random = new Random(seed);
        this.accounts = accounts;
    }

    /** A server, and the connection to it that is open now. */
    private static final class Side implements AutoCloseable {

        private final Server server;
        private Connection connection;

        Side(Server server) throws IOException {
            this.server = server;
            this.connection = new Connection(server.port, PATIENCE);
        }

        /** What it answers, with everything left out that may differ; the reason if it does not answer. */
        String answer(Request request) throws IOException {
            try {
                var answer = connection.exchange(request);
                if (answer.toLowerCase(Locale.ROOT).contains("\r\nconnection: close")) {
                    connect();
                }
                return told(answer);
            } catch (SocketTimeoutException e) {
                connect();
                return "silence";
            } catch (IOException e) {
                connect();
                return "the end of the connection";
            }
        }

        private void connect() throws IOException {
            connection.close();
            connection = new Connection(server.port, PATIENCE);
        }

        @Override
        public void close() throws IOException {
            connection.close();
            server.close();
        }
    }

    static void differ(Provider provider) throws IOException {
        var requests = Integer.parseInt(System.getenv().getOrDefault("BENCH_REQUESTS", "100000"));
        var seed = Long.parseLong(System.getenv().getOrDefault("BENCH_SEED", "1"));
        var sides = new ArrayList<Side>();
        var limits = new String[] {
            "-Dcopresence.editing.takeover-after=0s", "-Dcopresence.ttl=2h", "-Dcopresence.away-ttl=2h"
        };
        sides.add(new Side(Server.copresence(limits)));
        var other = Server.otherBuild(limits);
        if (other != null) {
            sides.add(new Side(other));
        }
        if (Files.exists(Server.nativeExecutable())) {
            sides.add(new Side(Server.copresenceNative("native", 18086, List.of("-Xmx512m"), limits)));
        }
        if (sides.size() < 2) {
            throw new IOException("nothing to compare with: set BENCH_OTHER, or build the native executable");
        }
        var differ = new Differ(seed, provider.accounts(ACCOUNTS));
        var statuses = new TreeMap<String, Integer>();
        var different = 0;
        for (var n = 0; n < requests; n++) {
            var request = differ.request();
            var expected = sides.get(0).answer(request);
            statuses.merge(expected.length() > 12 ? expected.substring(0, 12) : expected, 1, Integer::sum);
            for (var side : sides.subList(1, sides.size())) {
                var actual = side.answer(request);
                if (!actual.equals(expected) && different++ < SHOWN) {
                    System.out.println("--- request " + n + "\n" + shortened(request.text()) + "\n--- "
                            + sides.get(0).server.name + "\n" + expected + "\n--- " + side.server.name + "\n" + actual);
                }
            }
        }
        for (var side : sides) {
            side.close();
        }
        System.out.println(requests + " requests of seed " + seed + " to "
                + sides.stream().map(side -> side.server.name).collect(Collectors.joining(", ")) + ": " + different
                + " answers differ. " + statuses);
        if (different > 0) {
            System.exit(1);
        }
    }

    private static String shortened(String text) {
        return text.replaceAll("(Bearer .{10})[^\r]*", "$1…");
    }

    private static String told(String answer) {
        var end = answer.indexOf("\r\n\r\n");
        var lines = answer.substring(0, end).split("\r\n");
        var headers = new ArrayList<>(List.of(lines).subList(1, lines.length));
        headers.removeIf(line -> line.matches("(?i)(date|retry-after|content-length):.*"));
        headers.replaceAll(line ->
                line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT) + line.substring(line.indexOf(':')));
        headers.sort(null);
        var body = TIMES.matcher(answer.substring(end + 4)).replaceAll("\"$1\":0");
        return lines[0] + "\n" + String.join("\n", headers) + "\n\n"
                + body.replaceAll("(?<=editor-keeps|in )\\d+", "0");
    }

    private Request request() {
        var call = any(CALLS);
        var reads = call.startsWith("list") || call.equals("me") || call.equals("keys");
        var head = new StringBuilder(
                rare(40)
                        ? any(List.of("PUT", "DELETE", "OPTIONS", "PATCH", "GET", "POST", "FISH"))
                        : reads ? "GET" : "POST");
        head.append(" /api/presence/").append(call);
        if (call.startsWith("list")) {
            head.append(rare(10) ? any(QUERIES_ODD) : "?pagePath=" + page());
        } else if (rare(30)) {
            head.append(any(QUERIES_ODD));
        }
        head.append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        if (!rare(25)) {
            head.append("Authorization: Bearer ")
                    .append(rare(40) ? "junk" : any(accounts).token())
                    .append("\r\n");
        }
        for (var more = random.nextInt(4); more > 0 && rare(3); more--) {
            head.append(any(HEADERS)).append("\r\n");
        }
        if (reads && !rare(30)) {
            return new Request(head + "\r\n");
        }
        var body = rare(8) ? mutated(body(call)) : body(call);
        var type = rare(15) ? any(TYPES) : TYPES.get(0);
        if (!type.isEmpty()) {
            head.append("Content-Type: ").append(type).append("\r\n");
        }
        var bytes = body.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
        if (rare(20)) {
            return new Request(head + "Transfer-Encoding: chunked\r\n\r\n"
                    + (bytes == 0 ? "" : Integer.toHexString(bytes) + "\r\n" + body + "\r\n") + "0\r\n\r\n");
        }
        return new Request(head + "Content-Length: " + bytes + "\r\n\r\n" + body);
    }

    private String body(String call) {
        if (call.equals("batch")) {
            var items = new ArrayList<String>();
            for (var n = random.nextInt(4); n > 0; n--) {
                items.add(body("heartbeat"));
            }
            return "{\"heartbeats\":[" + String.join(",", items) + "],\"leaves\":[" + (rare(3) ? body("leave") : "")
                    + "]}";
        }
        var fields = new TreeMap<String, String>(Map.of("pagePath", '"' + page() + '"', "tabId", '"' + tab() + '"'));
        if (call.equals("heartbeat") && !rare(30)) {
            fields.put("isEditing", "" + rare(3));
        }
        for (var optional : List.of("isTyping", "isVisible", "isListed", "receiptKnown", "now", "isClosing")) {
            if (rare(12)) {
                fields.put(optional, any(List.of("true", "false", "null", "1", "\"yes\"")));
            }
        }
        if (rare(10)) {
            fields.put("section", '"' + any(SECTIONS) + '"');
        }
        if (rare(12)) {
            fields.put("incarnation", any(List.of("1795563071255.5", "1", "-1", "1e400", "\"1\"", "null")));
        }
        if (rare(8)) {
            fields.put("known", any(List.of("\"x\"", "\"\\\"y\\\"\"", "7", '"' + "k".repeat(130) + '"', "null")));
        }
        if (call.equals("editor/verify")) {
            fields.put("fence", any(List.of("1", "0", "9007199254740991", "\"1\"")));
            if (rare(5)) {
                fields.put("userId", '"' + any(accounts).id() + '"');
            }
        }
        if (rare(30)) {
            fields.remove(any(List.copyOf(fields.keySet())));
        }
        return fields.entrySet().stream()
                .map(field -> '"' + field.getKey() + "\":" + field.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    /** The text with a mistake in it. */
    private String mutated(String body) {
        var at = body.isEmpty() ? 0 : random.nextInt(body.length());
        return switch (random.nextInt(6)) {
            case 0 -> body.substring(0, at);
            case 1 -> body.substring(0, at) + (char) (' ' + random.nextInt(200)) + body.substring(at);
            case 2 -> body + body;
            case 3 -> "";
            case 4 -> any(List.of("null", "[]", "7", "\"a\"", "{}", "{\"pagePath\":{}}", "{\"a\":\"\\ud800\"}"));
            default -> body.replaceFirst("\"[a-zA-Z]+\"", "\"tabId\"");
        };
    }

    private String page() {
        return rare(20) ? any(PAGES_ODD) : "/docs/" + random.nextInt(PAGES);
    }

    private String tab() {
        return rare(40)
                ? any(List.of("", "7", "not-a-uuid", "3F1C7C1E-8F0A-4C53-9A53-2B7D6F6F6A01"))
                : "3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a0" + random.nextInt(10);
    }

    private boolean rare(int once) {
        return random.nextInt(once) == 0;
    }

    private <T> T any(List<T> items) {
        return items.get(random.nextInt(items.size()));
    }
}
