package dev.copresence.store.redis;

import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceStore;
import dev.copresence.store.contract.PresenceStoreContract;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract, on a real Redis. */
class RedisPresenceStoreTest extends PresenceStoreContract {

    private static final PagePath NOWHERE = new PagePath("/nowhere");

    @RegisterExtension
    static final FreshRedis redis = new FreshRedis();

    @Override
    protected PresenceStore emptyStore(PresenceConfig config) {
        redis.ask("FLUSHALL");
        return redis.open(config, clock);
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
