package dev.copresence.wiring;

import dev.copresence.Occupancy;
import dev.copresence.PresenceRegistry;
import dev.copresence.Recurring;
import dev.copresence.StoreUnavailableException;
import dev.copresence.store.redis.SharedClock;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** The scheduled sweep, and what it finds as metrics. */
@ApplicationScoped
class StoreUpkeep {

    private final PresenceRegistry registry;

    /** The occupancy after the last sweep; written by the scheduler alone, read by whoever scrapes. */
    private volatile Occupancy occupancy = Occupancy.NONE;

    /** True if the last sweep could ask the store. */
    private volatile boolean available = true;

    private final Recurring sweeping = new Recurring("The sweep");

    StoreUpkeep(PresenceRegistry registry, SharedClock clock, MeterRegistry meters) {
        this.registry = registry;
        Gauge.builder("copresence.tabs", this, upkeep -> upkeep.occupancy.tabs())
                .description("Live tabs")
                .register(meters);
        Gauge.builder("copresence.pages", this, upkeep -> upkeep.occupancy.pages())
                .description("Pages with a live tab")
                .register(meters);
        Gauge.builder("copresence.leases", this, upkeep -> upkeep.occupancy.leases())
                .description("Pages and sections that somebody edits")
                .register(meters);
        Gauge.builder("copresence.lease.waits", this, upkeep -> upkeep.occupancy.waits())
                .description("Claims that wait for a lease")
                .register(meters);
        countTransfers(meters, "handover", Occupancy.Transfers::handedOver);
        countTransfers(meters, "overdue", Occupancy.Transfers::overdue);
        countTransfers(meters, "takeover", Occupancy.Transfers::takenOver);
        FunctionCounter.builder("copresence.expiries", this, upkeep -> upkeep.occupancy.expired())
                .description("Tabs that were not heard of in time")
                .register(meters);
        Gauge.builder("copresence.store.available", this, upkeep -> upkeep.available ? 1 : 0)
                .description("Whether the store answers, 1 or 0")
                .register(meters);
        TimeGauge.builder("copresence.store.clock.skew", clock, TimeUnit.MILLISECONDS, SharedClock::skewMillis)
                .description(
                        "By how much the clocks are ahead: the wall clock of that of Redis, or the shared time of that of the others")
                .register(meters);
    }

    private void countTransfers(MeterRegistry meters, String kind, ToDoubleFunction<Occupancy.Transfers> count) {
        FunctionCounter.builder(
                        "copresence.lease.handovers", this, upkeep -> count.applyAsDouble(upkeep.occupancy.transfers()))
                .tag("kind", kind)
                .description("Leases that went to another tab before that was next")
                .register(meters);
    }

    Occupancy occupancy() {
        return occupancy;
    }

    boolean isStoreAvailable() {
        return available;
    }

    @Scheduled(every = "${copresence.sweep-every}", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    @NonBlocking
    Uni<Void> sweep() {
        return sweeping.start(() -> registry.cleanup()
                .invoke(this::found)
                .onFailure()
                .invoke(failure -> available = false)
                .replaceWithVoid()
                // The store has logged it.
                .onFailure(StoreUnavailableException.class)
                .recoverWithNull());
    }

    private void found(Occupancy occupancy) {
        this.occupancy = occupancy;
        available = true;
    }
}
