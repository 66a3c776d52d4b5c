package dev.copresence.wiring;

import dev.copresence.Occupancy;
import dev.copresence.PresenceRegistry;
import dev.copresence.PresenceStore;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/** The scheduled sweep, and what it finds as metrics. */
@ApplicationScoped
class Upkeep {

    private final PresenceRegistry registry;
    private final PresenceStore store;

    /** As the last sweep left it; written by the scheduler alone, read by whoever scrapes. */
    private volatile Occupancy occupancy = new Occupancy(0, 0, 0);

    Upkeep(PresenceRegistry registry, PresenceStore store, MeterRegistry meters) {
        this.registry = registry;
        this.store = store;
        Gauge.builder("copresence.tabs", this, upkeep -> upkeep.occupancy.tabs())
                .description("Live tabs")
                .register(meters);
        Gauge.builder("copresence.pages", this, upkeep -> upkeep.occupancy.pages())
                .description("Pages with a live tab")
                .register(meters);
        FunctionCounter.builder("copresence.expiries", this, upkeep -> upkeep.occupancy.expired())
                .description("Tabs that were not heard of in time")
                .register(meters);
    }

    Occupancy occupancy() {
        return occupancy;
    }

    @Scheduled(every = "${copresence.sweep-every}", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    @NonBlocking
    Uni<Void> sweep() {
        return registry.cleanup()
                .chain(store::occupancy)
                .invoke(found -> occupancy = found)
                .replaceWithVoid();
    }
}
