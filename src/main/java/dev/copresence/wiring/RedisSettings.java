package dev.copresence.wiring;

import io.quarkus.redis.client.RedisOptionsCustomizer;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import org.jspecify.annotations.Nullable;

/**
 * The settings under {@code quarkus.redis.*}, in the form that connections are made from. Quarkus shows it to whoever may want to
 * change it; here it is only looked at.
 */
@ApplicationScoped
class RedisSettings implements RedisOptionsCustomizer {

    private static final String DEFAULT_CLIENT = "<default>";

    /** The options of the client, or null if no hosts are set. */
    private volatile @Nullable RedisOptions options;

    /** @param asked is not used, but that somebody asks for the client is what makes Quarkus read its settings */
    RedisSettings(Instance<Redis> asked) {}

    @Override
    public void customize(String client, RedisOptions options) {
        if (client.equals(DEFAULT_CLIENT)) {
            this.options = options;
        }
    }

    /** @throws ConfigurationException if there are none */
    RedisOptions options() {
        var known = options;
        if (known == null) {
            throw new ConfigurationException("quarkus.redis.hosts must be set, since copresence.store is redis");
        }
        return known;
    }
}
