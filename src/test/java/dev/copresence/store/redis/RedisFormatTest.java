package dev.copresence.store.redis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.ManualClock;
import dev.copresence.PagePath;
import dev.copresence.StoreUnavailableException;
import dev.copresence.TestConfig;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Y1: what another version has written in another format is neither read nor changed. */
class RedisFormatTest {

    private static final String KEY = "copresence:format";
    private static final PagePath PAGE = new PagePath("/docs/a");

    @RegisterExtension
    static final FreshRedis redis = new FreshRedis();

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void theFormatIsWrittenDownAndKept() {
        var store = redis.open(TestConfig.defaults(), clock);
        assertEquals("2", redis.ask("GET", KEY));
        redis.ask("DEL", KEY);

        store.sweep(clock.instant()).await().indefinitely();

        assertEquals("2", redis.ask("GET", KEY));
        assertTrue(Long.parseLong(redis.ask("PTTL", KEY)) > Duration.ofDays(59).toMillis());
    }

    @Test
    void anotherFormatIsToldWithBothNumbersAndNothingIsTouched() {
        redis.ask("SET", KEY, "3");
        try (var store = closedStore(redis.server().address())) {
            var refusal = assertThrows(
                    OtherFormatException.class, () -> store.met().await().atMost(Duration.ofSeconds(10)));

            assertTrue(String.valueOf(refusal.getMessage()).contains("format 3"), refusal::getMessage);
            assertTrue(String.valueOf(refusal.getMessage()).contains("format 2"), refusal::getMessage);
            assertThrows(
                    StoreUnavailableException.class,
                    () -> store.read(PAGE, clock.instant()).await().indefinitely());
            assertEquals("3", redis.ask("GET", KEY));
            assertEquals("1", redis.ask("DBSIZE"));
        }
    }

    @Test
    void anInstanceThatFindsAnotherFormatLaterServesNothingUntilThatIsGone() {
        var store = redis.open(TestConfig.defaults(), clock);
        redis.ask("SET", KEY, "3");

        assertThrows(
                StoreUnavailableException.class,
                () -> store.sweep(clock.instant()).await().indefinitely());
        assertThrows(
                StoreUnavailableException.class,
                () -> store.read(PAGE, clock.instant()).await().indefinitely());

        redis.ask("FLUSHALL");
        RedisStores.awaitAnswer(store);
        await().until(() -> "2".equals(redis.ask("GET", KEY)));
    }

    @Test
    void aRedisThatIsAwayDoesNotStopTheStart() { // F1
        try (var store = closedStore("redis://127.0.0.1:" + RedisServer.freePort())) {
            assertDoesNotThrow(() -> store.met().await().atMost(Duration.ofSeconds(10)));
        }
    }

    private RedisPresenceStore closedStore(String address) {
        var shared = new SharedClock(clock, Clock.systemUTC());
        var options = new RedisOptions().setConnectionString(address);
        return new RedisPresenceStore(TestConfig.defaults(), shared, vertx, options);
    }
}
