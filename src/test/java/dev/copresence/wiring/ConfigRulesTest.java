package dev.copresence.wiring;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.TestConfig;
import dev.copresence.http.receipts.TestKeys;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.redis.client.RedisOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which settings stop the start, and that the message names the property. */
class ConfigRulesTest {

    @Test
    void theDefaultsAreFine() {
        assertDoesNotThrow(() -> start(Map.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "copresence.ttl, 0s",
        "copresence.ttl, PT-1S",
        "copresence.ttl, PT0.0001S",
        "copresence.away-ttl, 44s",
        "copresence.leave-grace, PT-1S",
        "copresence.heartbeat-interval, 0s",
        "copresence.heartbeat-interval, 45s",
        "copresence.sweep-every, 0s",
        "copresence.demo, true",
        "copresence.max-listed, 0",
        "copresence.max-listed, -1",
        "copresence.editing.answer-within, 0s",
        "copresence.editing.keep-for, PT-1S",
        "copresence.editing.takeover-after, PT-1S",
        "copresence.editing.takeover-after, 61s",
        "copresence.receipts.life, 59s",
        "copresence.receipts.life, PT24H0.001S",
        "copresence.receipts.keys, absent.jwks",
        "copresence.push.coalesce, PT-1S",
        "copresence.push.ping-every, 0s",
        "copresence.push.ping-every, 31s",
        "copresence.push.ping-every, PT30.001S",
        "copresence.limits.tabs-per-user, 0",
        "copresence.limits.tabs, 0",
        "copresence.lookup.faces, 0",
        "copresence.lookup.faces, 21",
        "copresence.lookup.every, 249ms",
        "copresence.lookup.every, PT30.001S",
        "copresence.lookup.rows, 199",
        "copresence.limits.streams-per-user, 0",
        "copresence.limits.streams, 0",
        "copresence.limits.connections, 0",
        "copresence.limits.requests-per-second-per-user, 0",
        "copresence.limits.body-timeout, 0s",
        "copresence.identity.user-claim, ' '",
        "copresence.identity.verified-cache, PT-1S",
        "copresence.identity.verified-cache, 61s"
    })
    void aValueOutOfItsRangeStopsTheStartByItsName(String property, String value) {
        var stopped = assertThrows(ConfigurationException.class, () -> start(besideIssuerAndAudience(property, value)));

        assertTrue(stopped.getMessage().startsWith(property + " must be "), stopped.getMessage());
        assertEquals(1, stopped.getMessage().lines().count());
    }

    @Test
    void aStoreInRedisNeedsTheAddressOfOne() {
        var stopped = assertThrows(ConfigurationException.class, () -> start(Map.of("copresence.store", "redis")));

        assertTrue(stopped.getMessage().startsWith("quarkus.redis.hosts must be set"), stopped.getMessage());
        assertEquals(1, stopped.getMessage().lines().count());
    }

    @ParameterizedTest
    @CsvSource({
        "copresence.ttl, soon",
        "copresence.ttl, ''",
        "copresence.max-listed, many",
        "copresence.limits.tabs, 99999999999",
        "copresence.store, paper",
        "copresence.tll, 45s"
    })
    void aValueThatCannotBeReadStopsTheStartByItsName(String property, String value) {
        var stopped = assertThrows(RuntimeException.class, () -> start(Map.of(property, value)));

        assertTrue(stopped.getMessage().contains(property), stopped.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"2s", "PT2S", "2000ms", "1m", "200d"})
    void aTtlMayBeShortOrLong(String ttl) {
        var settings =
                Map.of("copresence.ttl", ttl, "copresence.away-ttl", "300d", "copresence.heartbeat-interval", "500ms");

        assertDoesNotThrow(() -> start(settings));
    }

    @Test
    void noGraceNoCoalescingAndNoCacheAreFine() {
        var settings = Map.of(
                "copresence.leave-grace",
                "0s",
                "copresence.push.coalesce",
                "0s",
                "copresence.identity.verified-cache",
                "0s");

        assertDoesNotThrow(() -> start(settings));
    }

    @ParameterizedTest // W6
    @MethodSource("dev.copresence.http.receipts.ReceiptKeysTest#badFiles")
    void aFileOfKeysThatIsOfNoUseStopsTheStartByItsProperty(String text, String reason, @TempDir Path folder)
            throws IOException {
        var file = Files.writeString(folder.resolve("receipts.jwks"), text);

        var stopped = assertThrows(
                ConfigurationException.class,
                () -> start(besideIssuerAndAudience("copresence.receipts.keys", file.toString())));

        assertTrue(stopped.getMessage().startsWith("copresence.receipts.keys must be "), stopped.getMessage());
        assertTrue(stopped.getMessage().contains(reason), stopped.getMessage());
        assertEquals(1, stopped.getMessage().lines().count());
    }

    @ParameterizedTest // W6
    @ValueSource(strings = {"issuer", "audience"})
    void keysNeedAnIssuerAndAnAudience(String absent, @TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("receipts.jwks"), TestKeys.file(TestKeys.key("1")));
        var settings = new HashMap<>(besideIssuerAndAudience("copresence.receipts.keys", file.toString()));
        assertDoesNotThrow(() -> start(settings));
        settings.put("copresence.receipts." + absent, " ");

        var stopped = assertThrows(ConfigurationException.class, () -> start(settings));

        assertEquals(
                "copresence.receipts." + absent + " must be set, since copresence.receipts.keys is",
                stopped.getMessage());
    }

    private static Map<String, String> besideIssuerAndAudience(String property, String value) {
        return Map.of("copresence.receipts.issuer", "us", "copresence.receipts.audience", "the site", property, value);
    }

    @Test
    void announcementsBySlotsNeedACluster() {
        var redis = new RedisSettings(null);
        redis.customize("<default>", new RedisOptions());
        var settings = Map.of("copresence.store", "redis", "copresence.redis.sharded-news", "on");

        var stopped = assertThrows(
                ConfigurationException.class,
                () -> new ConfigRules().check(new StartupEvent(), TestConfig.with(settings), redis));

        assertTrue(stopped.getMessage().startsWith("copresence.redis.sharded-news must be"), stopped.getMessage());
    }

    private static void start(Map<String, String> settings) {
        new ConfigRules().check(new StartupEvent(), TestConfig.with(settings), new RedisSettings(null));
    }
}
