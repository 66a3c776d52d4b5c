package dev.copresence.wiring;

import dev.copresence.access.Access;
import dev.copresence.access.AccessConfig;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.function.ToDoubleFunction;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * A health check, and metrics, that say how the decision point is. An instance stays ready without it: pages that no rule asks about
 * go on, and the others are refused call by call.
 */
@Readiness
@ApplicationScoped
class AccessHealth implements HealthCheck {

    private final Access access;
    private final AccessConfig config;

    AccessHealth(Access access, AccessConfig config, MeterRegistry meters) {
        this.access = access;
        this.config = config;
        Gauge.builder("copresence.access.pdp.available", access, one -> one.isDecisionPointAvailable() ? 1 : 0)
                .description("Whether the decision point answers, 1 or 0")
                .register(meters);
        count(meters, "answered", Access::answeredQuestions);
        count(meters, "failed", Access::failedQuestions);
        count(meters, "refused", Access::refusedQuestions);
        count(meters, "stale", Access::staleDecisions);
    }

    /** Has the metrics be there from the start, and not from the first probe on. */
    void start(@Observes StartupEvent started) {
        // That it is called is enough.
    }

    private void count(MeterRegistry meters, String outcome, ToDoubleFunction<Access> count) {
        FunctionCounter.builder("copresence.access.questions", access, count)
                .tag("outcome", outcome)
                .description(
                        "Requests to the decision point, those that were not made, and answers that were kept beyond their time")
                .register(meters);
    }

    @Override
    public HealthCheckResponse call() {
        var health = HealthCheckResponse.named("access")
                .up()
                .withData("rules", config.rules().size())
                .withData("decisionPoint", config.pdp().url().isPresent());
        if (config.pdp().url().isPresent()) {
            health.withData("available", access.isDecisionPointAvailable());
        }
        return health.build();
    }
}
