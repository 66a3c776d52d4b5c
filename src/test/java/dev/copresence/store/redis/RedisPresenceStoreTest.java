package dev.copresence.store.redis;

import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceStore;
import dev.copresence.PresenceStoreContract;
import io.vertx.redis.client.RedisOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** The contract, on a real Redis. */
class RedisPresenceStoreTest extends PresenceStoreContract {

    private static final PagePath NOWHERE = new PagePath("/nowhere");

    private static RedisServer redis;
    private static RedisStores stores;

    @BeforeAll
    static void startRedis() {
        redis = RedisServer.start();
        stores = new RedisStores();
    }

    @AfterAll
    static void stopRedis() {
        stores.close();
        redis.close();
    }

    @Override
    protected PresenceStore emptyStore(PresenceConfig config) {
        redis.ask("FLUSHALL");
        return stores.open(config, clock, new RedisOptions().setConnectionString(redis.address()));
    }

    @AfterEach
    void closeStores() {
        stores.closeStores();
    }

    /** Calls follow one another on the way to Redis, and so do their answers; what an answer has set off follows it. */
    @Override
    protected void settle() {
        read(NOWHERE);
        read(NOWHERE);
    }

    @Override
    protected int steps() {
        return 500;
    }
}
