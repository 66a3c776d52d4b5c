package dev.copresence.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The packaged service in the memory of the manifests' container, and clients without an identity that hold as much of it as
 * they can: others are served all the while, and operators too.
 */
class DirectMemoryIT {

    /** More than the heap holds of the largest heads. */
    private static final int CONNECTIONS = 5000;

    private static final int BETWEEN_LOOKS = 500;

    private static final int METHODS = 24_000;
    private static final int AT_ONCE = 100;

    /** As a probe of Kubernetes is patient, and as a client is. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** What an unfinished request has sent before it stops. */
    enum Unfinished {
        NOTHING(i -> ""),
        LINE(i -> "GET /api/presence/stream?pagePath=/" + "x".repeat(15_000)),
        LINE_WITHOUT_END(i -> "x".repeat(16_000)),
        HEADER(i -> "GET / HTTP/1.1\r\nHost: x\r\nCookie: " + "x".repeat(30_000)),
        HEADERS(i -> "GET / HTTP/1.1\r\nHost: x\r\n"
                + IntStream.range(0, 190)
                        .mapToObj(n -> "x" + n + ": " + "y".repeat(150) + "\r\n")
                        .collect(Collectors.joining())),
        SMALL_HEADERS(i -> "GET / HTTP/1.1\r\nHost: x\r\n" + "x:\r\n".repeat(190)),
        AFTER_A_REQUEST(i -> "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\nGET /" + "x".repeat(15_000)),
        BODY(i -> "POST /api/presence/join HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + "Content-Length: 60000\r\n\r\n" + " ".repeat(50_000)),
        BODY_OF_NOBODY(i -> "PUT /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n" + " ".repeat(100_000)),
        CHUNKS(i -> "POST /api/presence/join HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + ("1;" + "x".repeat(1000) + "\r\ny\r\n").repeat(30));

        private final IntFunction<String> sent;

        Unfinished(IntFunction<String> sent) {
            this.sent = sent;
        }
    }

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    private final TokenProvider provider = new TokenProvider();
    private final List<RawConnection> hostile = new ArrayList<>();
    private ServiceProcess service;
    private String token;

    @BeforeEach
    void start() {
        var settings = new HashMap<>(provider.start());
        settings.put("quarkus.oidc.credentials.secret", "a-secret-of-32-characters-or-more");
        service = new ServiceProcess(settings, List.of("-Xmx230m", "-XX:+ExitOnOutOfMemoryError"));
        service.start();
        token = provider.good("ana").compact();
    }

    @AfterEach
    void stop() throws Exception {
        for (var connection : hostile) {
            connection.close();
        }
        service.close();
        provider.stop();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("Thousands of unfinished requests take nothing from those who ask and go")
    void unfinishedRequestsTakeNothingFromOthers(Unfinished request) throws Exception {
        // given
        assertServed();

        // when
        for (var i = 0; i < CONNECTIONS; i++) {
            open(request.sent.apply(i));

            // then
            if (i % BETWEEN_LOOKS == BETWEEN_LOOKS - 1) {
                assertServed();
            }
        }

        // when
        for (var connection : hostile) {
            connection.close();
        }

        // then
        assertServed();
        assertTrue(service.isAlive());
    }

    @Test
    @DisplayName("More silent connections than there is room for keep nobody out")
    void moreSilentConnectionsThanThereIsRoomForKeepNobodyOut() throws Exception {
        // when: a quarter of them has asked something, once
        for (var i = 0; i < 9000; i++) {
            open(i % 4 == 0 ? "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n" : "");
            if (i % 1000 == 999) {
                assertServed();
            }
        }

        // then
        assertServed();
        assertTrue(metric("copresence_connections") <= 8100, () -> "" + metric("copresence_connections"));
        assertTrue(metric("copresence_connections_cut_total") > 0);
    }

    @Test
    @DisplayName("A method is no series, however many there are")
    void methodsThatNobodyKnowsAreForgotten() throws Exception {
        // given
        var random = new Random(7);
        askWith(random, AT_ONCE);
        var before = metrics().lines().count();
        System.gc();

        // when
        for (var i = 0; i < METHODS / AT_ONCE; i++) {
            askWith(random, AT_ONCE);
        }

        // then
        assertTrue(service.isAlive());
        assertTrue(metrics().lines().count() <= before + 20, "series");
        assertServed();
    }

    private void askWith(Random random, int requests) throws IOException {
        try (var connection = new RawConnection(service.port())) {
            for (var i = 0; i < requests; i++) {
                var method = random.ints(500, 'A', 'Z' + 1)
                        .mapToObj(letter -> String.valueOf((char) letter))
                        .collect(Collectors.joining());
                connection.sendHead(List.of(method + " /api/presence/me HTTP/1.1", "Host: x"));
                assertEquals(501, connection.answer().status());
            }
        }
    }

    /** What the service will not take is no failure: it may have cut this connection, or any other. */
    private void open(String sent) throws IOException {
        var connection = new RawConnection(service.port());
        hostile.add(connection);
        try {
            connection.send(sent.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException cut) {
            connection.close();
        }
    }

    /** A user on a connection of their own, and an operator. */
    private void assertServed() throws Exception {
        try (var connection = new RawConnection(service.port())) {
            connection.sendHead(List.of(
                    "GET /api/presence/list?pagePath=/a HTTP/1.1", "Host: x", "Authorization: Bearer " + token));
            assertEquals(200, connection.answer().status());
        }
        for (var probe : List.of("live", "ready")) {
            var health = HttpRequest.newBuilder(
                            URI.create("http://localhost:" + service.managementPort() + "/q/health/" + probe))
                    .timeout(PATIENCE)
                    .build();
            assertEquals(200, HTTP.send(health, BodyHandlers.discarding()).statusCode());
        }
    }

    private String metrics() {
        return service.ask("/q/metrics").body();
    }

    private double metric(String name) {
        return metrics()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }
}
