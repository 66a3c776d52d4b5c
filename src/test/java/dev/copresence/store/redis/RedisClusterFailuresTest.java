package dev.copresence.store.redis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.Heartbeat;
import dev.copresence.HeartbeatAnswer;
import dev.copresence.PagePath;
import dev.copresence.PresenceSnapshot;
import dev.copresence.StoreUnavailableException;
import dev.copresence.TabId;
import dev.copresence.TestConfig;
import dev.copresence.User;
import dev.copresence.UserId;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of the others when a node of a Redis Cluster fails, and who comes after it. */
class RedisClusterFailuresTest {

    private static final User ANA = new User(new UserId("u-ana"), "Ana", null);

    private final RedisStores stores = new RedisStores();
    private RedisCluster redis;

    @BeforeEach
    void startRedis() {
        redis = new RedisCluster();
    }

    @AfterEach
    void stopRedis() {
        stores.close();
        redis.close();
    }

    @Test
    void aNodeThatHangsTakesOnlyItsOwnPagesAway() {
        var store = stores.open(TestConfig.defaults(), Clock.systemUTC(), redis.options());
        var lost = pageOn(0);
        var good = pageOn(1);
        beat(store, lost);
        beat(store, good);
        redis.nodes().get(0).pause();
        try {
            var failing = store.read(lost, Clock.systemUTC().instant()).subscribeAsCompletionStage();

            // More than may wait at once.
            for (var i = 0; i < 20; i++) {
                read500Times(store, good);
            }
            assertThrows(
                    StoreUnavailableException.class,
                    () -> answerOf(Uni.createFrom().completionStage(failing)));
            read500Times(store, good);
        } finally {
            redis.nodes().get(0).resume();
        }
        RedisStores.awaitAnswer(store);
        assertEquals(1, read(store, lost).tabCount());
    }

    @Test
    void theReplicaOfANodeThatWasKilledIsFound() {
        aFailoverIsFound(RedisServer::kill);
    }

    @Test
    void theReplicaOfANodeThatHangsIsFound() {
        aFailoverIsFound(RedisServer::pause);
    }

    private void aFailoverIsFound(Consumer<RedisServer> failure) {
        try (var replica = redis.replicaOfTheFirst()) {
            var store = stores.open(TestConfig.defaults(), Clock.systemUTC(), redis.options());
            var page = pageOn(0);
            beat(store, page);

            failure.accept(redis.nodes().get(0));

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> replica.ask("INFO", "replication").contains("role:master"));
            var start = System.nanoTime();
            RedisStores.awaitAnswer(store);
            beat(store, page);
            assertEquals(1, read(store, page).tabCount());
            assertTrue(System.nanoTime() - start < Duration.ofSeconds(20).toNanos());
        }
    }

    private PagePath pageOn(int node) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> new PagePath("/docs/" + i))
                .filter(page -> redis.nodeOf(page) == node)
                .findFirst()
                .orElseThrow();
    }

    private static void read500Times(RedisPresenceStore store, PagePath page) {
        var reads = new ArrayList<CompletableFuture<PresenceSnapshot>>();
        for (var i = 0; i < 500; i++) {
            reads.add(store.read(page, Clock.systemUTC().instant()).subscribeAsCompletionStage());
        }
        reads.forEach(read ->
                assertEquals(1, answerOf(Uni.createFrom().completionStage(read)).tabCount()));
    }

    private static PresenceSnapshot read(RedisPresenceStore store, PagePath page) {
        return answerOf(store.read(page, Clock.systemUTC().instant()));
    }

    private static HeartbeatAnswer beat(RedisPresenceStore store, PagePath page) {
        var heartbeat = new Heartbeat(new TabId(page.value().hashCode(), 1), page, false, true, null);
        return answerOf(store.renew(
                ANA, heartbeat, false, Duration.ofSeconds(45), Clock.systemUTC().instant()));
    }

    private static <T> T answerOf(Uni<T> answer) {
        return answer.await().atMost(Duration.ofSeconds(10));
    }
}
