package dev.copresence.wiring;

import dev.copresence.PresenceConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** What the store holds, as data: an instance stays ready whatever its store does, and refuses call by call. */
@Readiness
@ApplicationScoped
class StoreHealth implements HealthCheck {

    private final PresenceConfig config;
    private final Upkeep upkeep;

    StoreHealth(PresenceConfig config, Upkeep upkeep) {
        this.config = config;
        this.upkeep = upkeep;
    }

    @Override
    public HealthCheckResponse call() {
        var occupancy = upkeep.occupancy();
        return HealthCheckResponse.named("presence store")
                .up()
                .withData("store", config.store().name().toLowerCase(Locale.ROOT))
                .withData("pages", occupancy.pages())
                .withData("tabs", occupancy.tabs())
                .build();
    }
}
