package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections that send a body one byte at a time (F3). */
@QuarkusTest
@TestProfile(SlowConnectionsTest.LittlePatience.class)
class SlowConnectionsTest {

    private static final int SLOW_CONNECTIONS = 500;
    private static final int CONNECTIONS_PER_USER = 50;
    private static final int ORDINARY_REQUESTS = 200;
    private static final int REQUESTS_PER_USER = 50;

    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(4);

    /** Well before the service cuts them: a byte that meets the cut would take the answer with it. */
    private static final Duration DRIBBLING = BODY_TIMEOUT.dividedBy(2);

    private static final byte[] DROP = {' '};

    /** A service that waits less long for bodies than it does by default. */
    public static class LittlePatience implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("copresence.limits.body-timeout", BODY_TIMEOUT.toString());
        }
    }

    private final List<RawConnection> slow = new ArrayList<>();

    @AfterEach
    void closeAll() throws IOException {
        for (var connection : slow) {
            connection.close();
        }
    }

    @Test
    void slowBodiesDelayNobodyAndAreCutInTheEnd() throws IOException {
        var start = System.nanoTime();
        openSlowConnections();

        for (var i = 0; i < ORDINARY_REQUESTS / REQUESTS_PER_USER; i++) {
            var bob = Caller.stranger("bob");
            for (var j = 0; j < REQUESTS_PER_USER; j++) {
                bob.beat(newPage(), newTab(), false).statusCode(200);
                if (System.nanoTime() - start < DRIBBLING.toNanos()) {
                    dribble();
                }
            }
        }

        for (var connection : slow) {
            connection.answer().isProblem(408, "body-too-slow");
            assertTrue(connection.isAtEnd());
        }
    }

    private void openSlowConnections() throws IOException {
        for (var i = 0; i < SLOW_CONNECTIONS / CONNECTIONS_PER_USER; i++) {
            var eve = Caller.stranger("eve");
            for (var j = 0; j < CONNECTIONS_PER_USER; j++) {
                var connection = new RawConnection();
                slow.add(connection);
                connection.sendHead(List.of(
                        "POST /api/presence/heartbeat HTTP/1.1",
                        "Host: " + RawConnection.host(),
                        "Authorization: Bearer " + eve.token(),
                        "Content-Type: application/json",
                        "Content-Length: 1000"));
            }
        }
    }

    private void dribble() throws IOException {
        for (var connection : slow) {
            connection.send(DROP);
        }
    }
}
