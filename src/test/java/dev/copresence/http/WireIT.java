package dev.copresence.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes over the wire and is no request, at the packaged service: it has an answer too, or ends without a word. */
class WireIT {

    private static final TokenProvider PROVIDER = new TokenProvider();
    private static ServiceProcess service;

    @BeforeAll
    static void start() {
        var settings = new HashMap<String, String>(PROVIDER.start());
        settings.putAll(Map.of(
                "quarkus.oidc.credentials.secret", "a-secret-of-32-characters-or-more",
                "copresence.limits.body-timeout", "1s"));
        service = new ServiceProcess(settings);
        service.start();
    }

    @AfterAll
    static void stop() {
        service.close();
        PROVIDER.stop();
    }

    // --- What cannot be read

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n",
                "GET\r\n\r\n",
                "GET /\r\n\r\n",
                "GET / HTTP/9\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nX : y\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nX: a\u0000b\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n"
            })
    void whatIsNoRequestIsRefusedWithAProblem(String bytes) throws IOException {
        try (var connection = new RawConnection(service.port())) {
            connection.send(
                    (bytes + "GET / HTTP/1.1\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));

            var answer = connection.answer();

            assertTrue(answer.status() >= 400 && answer.status() < 500 || answer.status() == 501, answer::toString);
            answer.isProblem();
            assertEquals("nosniff", answer.header("X-Content-Type-Options"));
        }
    }

    /** A native executable leaves that to the server, whose answer is empty. */
    @Test
    void theBeginningOfHttp2OverClearTextIsRefused() throws IOException {
        try (var connection = new RawConnection(service.port())) {
            connection.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));

            var answer = connection.answer();

            assertTrue(answer.status() >= 400 && answer.status() < 500 || answer.status() == 501, answer::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {" folded", "\tfolded", " ", "\t"})
    void aHeaderThatGoesOnInTheNextLineIsRefused(String next) throws IOException {
        exchange(service.port(), "GET / HTTP/1.1", "Host: x", "X: y", next).isProblem(400, "invalid-input");
        exchange(service.port(), "GET / HTTP/1.1", "Host: x", next).isProblem(400, "invalid-input");
    }

    @Test
    void aFoldedHeaderIsFoundHoweverItsBytesCome() throws IOException {
        try (var connection = new RawConnection(service.port())) {
            for (var letter : "GET / HTTP/1.1\r\nHost: x\r\nX: y\r\n z\r\n\r\n".split("")) {
                connection.send(letter.getBytes(StandardCharsets.ISO_8859_1));
                if (letter.equals("z")) {
                    break;
                }
            }
            connection.answer().isProblem(400, "invalid-input");
        }
    }

    @Test
    void aBodyMayHaveLinesThatBeginWithSpaces() throws IOException {
        var body =
                "{\r\n \"pagePath\": \"/a\",\r\n\t\"tabId\": \"3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01\"\r\n }\r\n \r\n";
        try (var connection = new RawConnection(service.port())) {
            for (var i = 0; i < 3; i++) {
                connection.sendHead(List.of(
                        "POST /api/presence/join HTTP/1.1",
                        "Host: x",
                        "Authorization: Bearer " + PROVIDER.good("ana").compact(),
                        "Content-Type: application/json",
                        "Content-Length: " + body.length()));
                connection.send(body.getBytes(StandardCharsets.US_ASCII));
                assertEquals(200, connection.answer().status());
            }
        }
    }

    @Test
    void whatIsTooLongIsToldSo() throws IOException {
        exchange(service.port(), "GET /" + "x".repeat(60_000) + " HTTP/1.1", "Host: x")
                .isProblem(414, "uri-too-long");
        exchange(service.port(), "GET / HTTP/1.1", "Host: x", "X: " + "x".repeat(60_000))
                .isProblem(431, "head-too-large");
        var many = new ArrayList<>(List.of("GET / HTTP/1.1", "Host: x"));
        for (var i = 0; i < 300; i++) {
            many.add("X:");
        }
        exchange(service.port(), many.toArray(String[]::new)).isProblem(431, "head-too-large");
    }

    @Test
    void nothingBehindAnUnknownTransferCodingIsARequest() throws IOException {
        try (var connection = new RawConnection(service.port())) {
            connection.sendHead(List.of(
                    "POST /api/presence/join HTTP/1.1",
                    "Host: x",
                    "Transfer-Encoding: gzip",
                    "",
                    "GET /nothing HTTP/1.1",
                    "Host: x"));

            connection.answer().isProblem(501, "not-implemented");
            assertTrue(connection.isAtEnd());
        }
    }

    @Test
    void requestsOfAPipelineAreAnsweredInOrder() throws IOException {
        try (var connection = new RawConnection(service.port())) {
            for (var i = 0; i < 50; i++) {
                connection.sendHead(List.of(
                        (i % 2 == 0 ? "GET /nothing" : "HEAD /copresence/element.js") + " HTTP/1.1",
                        "Host: x",
                        "Accept-Encoding: x"));
            }
            for (var i = 0; i < 50; i++) {
                if (i % 2 == 0) {
                    connection.answer().isProblem(404, "not-found");
                } else {
                    assertEquals(200, connection.answerWithoutBody().status());
                }
            }
        }
    }

    // --- Bodies that nobody reads

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /nothing",
                "PUT /nothing",
                "POST /nothing",
                "POST /api/presence/join",
                "DELETE /",
                "PUT /copresence/element.js",
                "BREW /",
                "POST /docs%2f"
            })
    void aRefusedRequestKeepsItsConnectionNoLongerThanItsBodyMayTake(String request) throws IOException {
        try (var connection = new RawConnection(service.port())) {
            connection.sendHead(List.of(request + " HTTP/1.1", "Host: x", "Content-Length: 100000000"));
            connection.answer().isProblem();

            assertTrue(connection.isAtEndHoweverMuchIsSent());
        }
    }

    // --- Clients that go

    @Test
    void aClientThatGoesIsNoFailureOfOurs() throws IOException {
        for (var i = 0; i < 100; i++) {
            for (var sent : List.of(
                    "",
                    "GET / HT",
                    "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                    "POST /api/presence/join HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
                    "GET /copresence/element.js HTTP/1.1\r\nHost: x\r\n\r\n".repeat(20))) {
                var connection = new RawConnection(i % 2 == 0 ? service.port() : service.managementPort());
                connection.send(sent.getBytes(StandardCharsets.ISO_8859_1));
                connection.reset();
            }
        }

        await().until(() -> service.ask("/q/metrics").body().contains("copresence_connections_reset_total"));
        var log = service.log();
        assertFalse(log.contains("\"level\":\"WARN\""), log);
        assertFalse(log.contains("\"level\":\"ERROR\""), log);
    }

    @Test
    void theStartWarnsOfNothing() throws IOException {
        assertFalse(service.log().contains("WARNING"), service.log());
    }

    private static Answer exchange(int port, String... head) throws IOException {
        try (var connection = new RawConnection(port)) {
            connection.sendHead(List.of(head));
            return connection.answer();
        }
    }
}
