package dev.copresence.store.redis;

import static org.awaitility.Awaitility.await;

import dev.copresence.PresenceConfig;
import dev.copresence.StoreUnavailableException;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Opens stores as instances would, and closes them all. */
final class RedisStores implements AutoCloseable {

    private final Vertx vertx = Vertx.vertx();
    private final List<RedisPresenceStore> open = new ArrayList<>();

    /** A store that has found its Redis. */
    RedisPresenceStore open(PresenceConfig config, InstantSource clock, RedisOptions options) {
        return open(config, new SharedClock(clock, Clock.systemUTC()), options);
    }

    RedisPresenceStore open(PresenceConfig config, SharedClock clock, RedisOptions options) {
        var store = new RedisPresenceStore(config, clock, vertx, options);
        open.add(store);
        awaitAnswer(store);
        return store;
    }

    /** Adds the user {@code app:secret} to a Redis, with the rights that are documented and what {@code more} says. */
    static void addUser(RedisServer redis, String... more) {
        var rule = new ArrayList<>(List.of(
                "ACL",
                "SETUSER",
                "app",
                "on",
                ">secret",
                "resetchannels",
                "~copresence:*",
                "&copresence:*",
                "+@read",
                "+@write",
                "+@pubsub",
                "+@scripting",
                "+@connection",
                "+time"));
        rule.addAll(List.of(more));
        redis.ask(rule.toArray(String[]::new));
    }

    static void awaitAnswer(RedisPresenceStore store) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(5))
                .ignoreExceptionsInstanceOf(StoreUnavailableException.class)
                .until(() -> {
                    store.occupancy().await().indefinitely();
                    return true;
                });
    }

    void closeStores() {
        open.forEach(RedisPresenceStore::close);
        open.clear();
    }

    @Override
    public void close() {
        closeStores();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
