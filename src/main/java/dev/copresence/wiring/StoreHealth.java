package dev.copresence.wiring;

import dev.copresence.PresenceConfig;
import dev.copresence.store.redis.SharedClock;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** A health check that says what the store holds. An instance stays ready whatever its store does, and refuses call by call. */
@Readiness
@ApplicationScoped
class StoreHealth implements HealthCheck {

    private final PresenceConfig config;
    private final StoreUpkeep upkeep;
    private final SharedClock clock;

    StoreHealth(PresenceConfig config, StoreUpkeep upkeep, SharedClock clock) {
        this.config = config;
        this.upkeep = upkeep;
        this.clock = clock;
    }

    @Override
    public HealthCheckResponse call() {
        var occupancy = upkeep.occupancy();
        var health = HealthCheckResponse.named("presence store")
                .up()
                .withData("store", config.store().name().toLowerCase(Locale.ROOT))
                .withData("available", upkeep.isStoreAvailable())
                .withData("pages", occupancy.pages())
                .withData("tabs", occupancy.tabs());
        if (config.store() == PresenceConfig.Store.REDIS) {
            health.withData("clockSkewMillis", clock.skewMillis()).withData("clockSkewed", clock.isSkewed());
        }
        return health.build();
    }
}
