package dev.copresence.store.redis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceStore;
import dev.copresence.TestConfig;
import dev.copresence.store.contract.PresenceStoreContract;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract, on a Redis Cluster of three nodes. */
class RedisClusterPresenceStoreTest extends PresenceStoreContract {

    private static RedisCluster redis;
    private static RedisStores stores;

    @BeforeAll
    static void startRedis() {
        redis = new RedisCluster();
        stores = new RedisStores();
    }

    @AfterAll
    static void stopRedis() {
        stores.close();
        redis.close();
    }

    @Override
    protected PresenceStore emptyStore(PresenceConfig config) {
        redis.flush();
        return stores.open(config, clock, redis.options());
    }

    @AfterEach
    void closeStores() {
        stores.closeStores();
    }

    /** All nodes are asked: each answers in the order of its calls, and what an answer has set off follows it. */
    @Override
    protected void settle() {
        occupancy();
        occupancy();
    }

    @Override
    protected int steps() {
        return 60;
    }

    @Test
    void pagesAreSpreadOverTheNodes() {
        for (var i = 0; i < 100; i++) {
            tabOf(ANA).joins(new PagePath("/spread/" + i));
        }

        assertTrue(
                redis.sizes().stream().allMatch(size -> size > 50),
                () -> redis.sizes().toString());
        assertEquals(100, occupancy().pages());
    }

    @Test
    void whatOneInstanceChangesIsAnnouncedToTheOthersFromEveryNode() {
        var pages =
                IntStream.range(0, 20).mapToObj(i -> new PagePath("/news/" + i)).toList();
        var elsewhere = stores.open(TestConfig.defaults(), clock, redis.options());
        Set<PagePath> heard = ConcurrentHashMap.newKeySet();
        elsewhere.onChange(heard::add);
        pages.forEach(elsewhere::watch);
        await().until(() -> heard.containsAll(pages));
        heard.clear();

        pages.forEach(page -> tabOf(ANA).joins(page));

        await().until(() -> heard.containsAll(pages));
    }

    @Test
    void aUserOfRedisNeedsOneRightMoreThanOnASingleNode() {
        redis.nodes().forEach(node -> RedisStores.addUser(node, "+cluster|slots"));
        var page = new PagePath("/limited");
        Set<PagePath> heard = ConcurrentHashMap.newKeySet();

        var limited = stores.open(TestConfig.defaults(), clock, redis.options("app:secret@"));
        limited.onChange(heard::add);
        limited.watch(page);
        await().until(() -> heard.contains(page));
        heard.clear();
        tabOf(ANA).joins(page);

        await().until(() -> heard.contains(page));
        assertEquals(
                1, limited.read(page, clock.instant()).await().indefinitely().viewerCount());
    }
}
