package dev.copresence.store.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceStore;
import dev.copresence.User;
import dev.copresence.UserId;
import dev.copresence.store.contract.PresenceStoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract, on a Redis Cluster of six nodes. */
class RedisClusterOfSixPresenceStoreTest extends PresenceStoreContract {

    private static RedisCluster redis;
    private static RedisStores stores;

    @BeforeAll
    static void startRedis() {
        redis = new RedisCluster(6);
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
        return 40;
    }

    @Test
    void noNodeHasMuchMoreThanAnother() { // Y2
        for (var i = 0; i < 300; i++) {
            tabOf(new User(new UserId("u-" + i), "User", null)).joins(new PagePath("/spread/" + i));
        }

        assertEquals(300, occupancy().pages());
        var sizes = redis.sizes();
        var mean = sizes.stream().mapToLong(size -> size).average().orElseThrow();
        assertTrue(sizes.stream().allMatch(size -> size < 1.5 * mean), sizes::toString);
    }
}
