package dev.copresence.wiring;

import dev.copresence.PresenceLookup;
import dev.copresence.Recurring;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.enterprise.context.ApplicationScoped;

/** Has the lookup forget what nobody asks for any more, and counts what it keeps. */
@ApplicationScoped
class LookupUpkeep {

    private final PresenceLookup lookup;
    private final Recurring forgetting = new Recurring("The forgetting of rows");

    LookupUpkeep(PresenceLookup lookup, MeterRegistry meters) {
        this.lookup = lookup;
        Gauge.builder("copresence.lookup.rows", lookup, PresenceLookup::rows)
                .description("Pages that are kept in memory for lookups")
                .register(meters);
    }

    @Scheduled(every = "5s")
    @NonBlocking
    void forget() {
        forgetting.run(lookup::forget);
    }
}
