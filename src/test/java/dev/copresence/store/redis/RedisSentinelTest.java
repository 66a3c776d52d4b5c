package dev.copresence.store.redis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.Editing;
import dev.copresence.Heartbeat;
import dev.copresence.HeartbeatAnswer;
import dev.copresence.PagePath;
import dev.copresence.TabId;
import dev.copresence.TestConfig;
import dev.copresence.User;
import dev.copresence.UserId;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** A master, its replica and a Sentinel that watches them. */
class RedisSentinelTest {

    private static final PagePath PAGE = new PagePath("/docs/a");
    private static final User ANA = new User(new UserId("u-ana"), "Ana", null);
    private static final User BEN = new User(new UserId("u-ben"), "Ben", null);

    @Test
    void theReplicaThatBecomesTheMasterIsFound() { // F1
        try (var master = RedisServer.start();
                var replica = RedisServer.start("--replicaof", "127.0.0.1 " + master.port());
                var sentinel = RedisServer.sentinel("main", master);
                var stores = new RedisStores()) {
            // given
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> sentinel.ask("INFO", "sentinel").contains("slaves=1"));
            var options = new RedisOptions()
                    .setType(RedisClientType.SENTINEL)
                    .setMasterName("main")
                    .setConnectionString(sentinel.address());
            var store = stores.open(TestConfig.defaults(), Clock.systemUTC(), options);
            Set<PagePath> heard = ConcurrentHashMap.newKeySet();
            store.onChange(heard::add);
            store.watch(PAGE);
            await().until(() -> heard.contains(PAGE));
            var before = fenceOf(claim(store, ANA));

            // when
            master.kill();

            // then
            await().atMost(Duration.ofSeconds(30)).until(() -> isMaster(replica));
            RedisStores.awaitAnswer(store);
            var beat = claim(store, BEN);
            var after = beat.editing() instanceof Editing.Granted granted ? granted.fence() : before;
            assertTrue(after >= before);
            assertEquals(
                    beat.snapshot(),
                    store.read(PAGE, Clock.systemUTC().instant()).await().indefinitely());
        }
    }

    @Test
    void aSentinelThatHangsKeepsNobodyFromTheMaster() {
        try (var master = RedisServer.start();
                var first = RedisServer.sentinel("main", master);
                var second = RedisServer.sentinel("main", master);
                var stores = new RedisStores()) {
            // given
            var options = new RedisOptions()
                    .setType(RedisClientType.SENTINEL)
                    .setMasterName("main")
                    .addConnectionString(first.address())
                    .addConnectionString(second.address());

            // when
            first.pause();
            var store = stores.open(TestConfig.defaults(), Clock.systemUTC(), options);
            Set<PagePath> heard = ConcurrentHashMap.newKeySet();
            store.onChange(heard::add);
            store.watch(PAGE);

            // then
            fenceOf(claim(store, ANA));
            await().atMost(Duration.ofSeconds(20)).until(() -> heard.contains(PAGE));
        }
    }

    private static boolean isMaster(RedisServer server) {
        return server.ask("INFO", "replication").contains("role:master");
    }

    private static HeartbeatAnswer claim(RedisPresenceStore store, User user) {
        var heartbeat = new Heartbeat(new TabId(0, 1), PAGE, true, true, null);
        return store.renew(
                        user,
                        heartbeat,
                        false,
                        Duration.ofSeconds(45),
                        Clock.systemUTC().instant())
                .await()
                .atMost(Duration.ofSeconds(10));
    }

    private static long fenceOf(HeartbeatAnswer beat) {
        return assertInstanceOf(Editing.Granted.class, beat.editing()).fence();
    }
}
