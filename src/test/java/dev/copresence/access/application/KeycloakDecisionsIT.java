package dev.copresence.access.application;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.copresence.PagePath;
import dev.copresence.User;
import dev.copresence.UserId;
import dev.copresence.access.AccessSettings;
import dev.copresence.access.Caller;
import dev.copresence.access.DecisionPoint.Evaluation;
import dev.copresence.access.Right;
import dev.copresence.http.Keycloak;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A4: the wire to a decision point that is not ours, Keycloak's own. */
class KeycloakDecisionsIT {

    private static final Vertx VERTX = Vertx.vertx();
    private static final Keycloak KEYCLOAK = new Keycloak();

    @BeforeAll
    static void start() {
        KEYCLOAK.start();
    }

    @AfterAll
    static void stop() {
        KEYCLOAK.stop();
        VERTX.close();
    }

    @Test
    void keycloakDecides() {
        var point = point(KEYCLOAK.tokenOfThePages());

        assertEquals(List.of(true, true, true, true), decide(point, "alice", "/tickets/7"));
        assertEquals(List.of(true, false, true, false), decide(point, "bob", "/tickets/7"));
        assertEquals(List.of(false, false, false, false), decide(point, "alice", "/tickets/8"));
    }

    @Test
    void keycloakTellsNobodyWithoutAToken() {
        assertThrows(RuntimeException.class, () -> decide(point("guessed"), "alice", "/tickets/7"));
    }

    private static AuthZen point(String token) {
        var config = AccessSettings.of("pdp.url", KEYCLOAK.decisionPoint(), "pdp.token", token);
        return new AuthZen(VERTX, config, new AuthZenTest.NoTls());
    }

    private static List<Boolean> decide(AuthZen point, String user, String page) {
        var caller = new Caller(new User(new UserId(KEYCLOAK.subject(user)), user, null), Set.of("author"), Set.of());
        var evaluations = Stream.of(Right.VIEW, Right.NAMES, Right.COUNT, Right.EDIT)
                .map(right -> new Evaluation(right, new PagePath(page)))
                .toList();
        return point.decide(caller, evaluations).await().atMost(Duration.ofSeconds(30));
    }
}
