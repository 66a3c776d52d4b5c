package dev.copresence.wiring;

import dev.copresence.PresenceConfig;
import dev.copresence.PresenceStore;
import dev.copresence.store.InMemoryPresenceStore;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Typed;
import java.time.Clock;
import java.time.InstantSource;

/** The parts that the others are given: the two clocks and the store. */
class Parts {

    /** For what was promised in wall time, such as a token's expiry. */
    @Produces
    @ApplicationScoped
    @Typed(Clock.class)
    Clock wall() {
        return Clock.systemUTC();
    }

    /** For lengths of time. */
    @Produces
    @ApplicationScoped
    @Typed(InstantSource.class)
    InstantSource monotonic(Clock wall) {
        return new MonotonicClock(wall);
    }

    @Produces
    @ApplicationScoped
    PresenceStore store(PresenceConfig config) {
        return switch (config.store()) {
            case MEMORY -> new InMemoryPresenceStore(config);
        };
    }
}
