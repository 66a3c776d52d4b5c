package dev.copresence.wiring;

import dev.copresence.PresenceConfig;
import dev.copresence.http.identity.VerifiedCredentials;
import dev.copresence.http.receipts.ReceiptKeys;
import dev.copresence.http.receipts.UnusableKeysException;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.redis.client.RedisClientType;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The rules that settings must keep together. One that breaks a rule stops the start with a line that names it. */
@ApplicationScoped
class ConfigRules {

    private static final Logger LOG = Logger.getLogger(ConfigRules.class);

    /** The client gives up a stream that is silent for 40 s. */
    private static final Duration LONGEST_PING_INTERVAL = Duration.ofSeconds(30);

    /** The longest time that who takes over is to wait. */
    private static final Duration LONGEST_TAKE_OVER = Duration.ofSeconds(60);

    private static final int MOST_FACES = 20;

    private static final Duration SHORTEST_LOOKUP_INTERVAL = Duration.ofMillis(250);

    /** A row is kept for a minute, so that a client that has missed a lookup finds it still. */
    private static final Duration LONGEST_LOOKUP_INTERVAL = Duration.ofSeconds(30);

    private static final int ROWS_OF_ONE_LOOKUP = 200;

    void check(@Observes @Priority(1) StartupEvent start, PresenceConfig config, RedisSettings redis) {
        if (config.store() == PresenceConfig.Store.REDIS) {
            var isCluster = redis.options().getType() == RedisClientType.CLUSTER;
            require(
                    "redis.sharded-news",
                    isCluster || config.redis().shardedNews() != PresenceConfig.ShardedNews.ON,
                    "auto or off unless quarkus.redis.client-type is cluster");
        }
        positive("ttl", config.ttl());
        atLeast("away-ttl", config.awayTtl(), "ttl", config.ttl());
        notNegative("leave-grace", config.leaveGrace());
        positive("heartbeat-interval", config.heartbeatInterval());
        require(
                "heartbeat-interval",
                config.heartbeatInterval().compareTo(config.ttl()) < 0,
                "less than copresence.ttl");
        positive("sweep-every", config.sweepEvery());
        positive("max-listed", config.maxListed());
        require(
                "demo",
                !config.demo() || config.site() == PresenceConfig.Site.DEMO,
                "false, unless copresence.site is demo");
        positive("limits.tabs-per-user", config.limits().tabsPerUser());
        positive("limits.tabs", config.limits().tabs());
        positive("editing.answer-within", config.editing().answerWithin());
        notNegative("editing.keep-for", config.editing().keepFor());
        notNegative("editing.takeover-after", config.editing().takeoverAfter());
        atMost("editing.takeover-after", config.editing().takeoverAfter(), LONGEST_TAKE_OVER);
        checkReceipts(config.receipts());
        notNegative("push.coalesce", config.push().coalesce());
        positive("push.ping-every", config.push().pingEvery());
        atMost("push.ping-every", config.push().pingEvery(), LONGEST_PING_INTERVAL);
        checkLookup(config.lookup());
        positive("limits.streams-per-user", config.limits().streamsPerUser());
        positive("limits.streams", config.limits().streams());
        positive("limits.requests-per-second-per-user", config.limits().requestsPerSecondPerUser());
        positive("limits.body-timeout", config.limits().bodyTimeout());
        require("identity.user-claim", !config.identity().userClaim().isBlank(), "the name of a claim");
        notNegative("identity.verified-cache", config.identity().verifiedCache());
        atMost("identity.verified-cache", config.identity().verifiedCache(), VerifiedCredentials.LONGEST);
        positive("limits.connections", config.limits().connections());
        warnOfMemory(new MemoryNeed(config.store(), config.limits()));
    }

    private static void checkLookup(PresenceConfig.Lookup lookup) {
        positive("lookup.faces", lookup.faces());
        require("lookup.faces", lookup.faces() <= MOST_FACES, "at most " + MOST_FACES);
        require("lookup.every", lookup.every().compareTo(SHORTEST_LOOKUP_INTERVAL) >= 0, "at least 250ms");
        atMost("lookup.every", lookup.every(), LONGEST_LOOKUP_INTERVAL);
        require("lookup.rows", lookup.rows() >= ROWS_OF_ONE_LOOKUP, "at least " + ROWS_OF_ONE_LOOKUP);
    }

    private static void checkReceipts(PresenceConfig.Receipts receipts) {
        var life = receipts.life();
        require("receipts.life", life.compareTo(Duration.ofMinutes(1)) >= 0, "at least 1m");
        require("receipts.life", life.compareTo(Duration.ofHours(24)) <= 0, "at most 24h");
        if (receipts.keys().isEmpty()) {
            return;
        }
        requireBesideKeys("receipts.issuer", receipts.issuer());
        requireBesideKeys("receipts.audience", receipts.audience());
        try {
            ReceiptKeys.read(receipts.keys().get());
        } catch (UnusableKeysException e) {
            require("receipts.keys", false, String.valueOf(e.getMessage()));
        }
    }

    private static void requireBesideKeys(String property, Optional<String> value) {
        require(property, value.filter(text -> !text.isBlank()).isPresent(), "set, since copresence.receipts.keys is");
    }

    /** Warns and goes on: limits are seldom reached, and a service that does not start serves nobody. */
    private static void warnOfMemory(MemoryNeed need) {
        var heap = Runtime.getRuntime().maxMemory();
        if (!need.fits(heap)) {
            LOG.warn(need.warning(heap));
        }
    }

    private static void positive(String property, Duration value) {
        require(property, !value.isNegative() && value.toMillis() > 0, "at least 1ms");
    }

    private static void positive(String property, int value) {
        require(property, value > 0, "at least 1");
    }

    private static void notNegative(String property, Duration value) {
        require(property, !value.isNegative(), "not negative");
    }

    private static void atLeast(String property, Duration value, String otherProperty, Duration other) {
        require(property, value.compareTo(other) >= 0, "at least copresence." + otherProperty);
    }

    private static void atMost(String property, Duration value, Duration limit) {
        require(property, value.compareTo(limit) <= 0, "at most " + limit.toSeconds() + "s");
    }

    private static void require(String property, boolean holds, String rule) {
        if (!holds) {
            throw new ConfigurationException("copresence." + property + " must be " + rule);
        }
    }
}
