package dev.copresence.http.door;

import dev.copresence.CacheSize;
import dev.copresence.PresenceConfig;
import dev.copresence.http.refusals.Problems;
import dev.copresence.http.refusals.Refusal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** All connections: those of the API, and those of operators, who must have an answer however many the others are. */
@ApplicationScoped
class Connections implements ConnectionQueues.Listener {

    private static final int OF_OPERATORS = 200;

    /** The part, one in so many, of what incomplete requests of the API may hold that those of operators may. */
    private static final int SHARE_OF_OPERATORS = 8;

    private final Problems problems;
    private final Counter resets;
    private final Counter cuts;
    private final ConnectionQueues api;
    private final ConnectionQueues operators;
    private final int operatorsPort;

    Connections(
            Problems problems,
            MeterRegistry meters,
            PresenceConfig config,
            @ConfigProperty(name = "quarkus.management.port", defaultValue = "9000") int operatorsPort) {
        this.problems = problems;
        this.operatorsPort = operatorsPort;
        var memory = CacheSize.shareOfTheHeap();
        api = new ConnectionQueues(config.limits().connections(), memory, this);
        operators = new ConnectionQueues(OF_OPERATORS, memory / SHARE_OF_OPERATORS, this);
        resets = Counter.builder("copresence.connections.reset")
                .description("Connections whose client went without a word")
                .register(meters);
        cuts = Counter.builder("copresence.connections.cut")
                .description("Connections that were cut or not taken to make room for others")
                .register(meters);
        Gauge.builder("copresence.connections", api, ConnectionQueues::connections)
                .description("Open connections to the API")
                .register(meters);
    }

    void start(@Observes StartupEvent start) {
        ConnectionDoor.keptBy(this);
    }

    ConnectionQueues at(int port) {
        return port == operatorsPort ? operators : api;
    }

    @Override
    public void reset() {
        resets.increment();
    }

    @Override
    public void cut() {
        cuts.increment();
    }

    @Override
    public byte[] refused(Refusal refusal) {
        return problems.unreadable(refusal);
    }
}
