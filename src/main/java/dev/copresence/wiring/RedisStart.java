package dev.copresence.wiring;

import dev.copresence.PresenceStore;
import dev.copresence.store.redis.OtherFormatException;
import dev.copresence.store.redis.RedisPresenceStore;
import io.quarkus.arc.ClientProxy;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/** The first look at Redis: an instance that cannot work with what is there does not start. One that is away may come yet. */
@ApplicationScoped
class RedisStart {

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    void check(@Observes @Priority(2) StartupEvent start, PresenceStore store) {
        if (ClientProxy.unwrap(store) instanceof RedisPresenceStore redis) {
            meet(redis);
        }
    }

    static void meet(RedisPresenceStore redis) {
        try {
            redis.met()
                    .ifNoItem()
                    .after(PATIENCE)
                    .recoverWithUni(Uni.createFrom().voidItem())
                    .await()
                    .indefinitely();
        } catch (OtherFormatException e) {
            throw new ConfigurationException(String.valueOf(e.getMessage()));
        }
    }
}
