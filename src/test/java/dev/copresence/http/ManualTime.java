package dev.copresence.http;

import dev.copresence.ManualClock;
import dev.copresence.Monotonic;
import io.quarkus.test.junit.QuarkusTestProfile;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Typed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;

/** The service's time while it is moved by hand; tokens still expire by the wall clock. */
@Alternative
@ApplicationScoped
public class ManualTime {

    private final ManualClock clock = new ManualClock(Instant.now());

    @Produces
    @ApplicationScoped
    @Monotonic
    @Typed(InstantSource.class)
    InstantSource clock() {
        return clock;
    }

    void advance(Duration duration) {
        clock.advance(duration);
    }

    /** Runs the service in manual time. */
    public static class Profile implements QuarkusTestProfile {

        @Override
        public Set<Class<?>> getEnabledAlternatives() {
            return Set.of(ManualTime.class);
        }
    }
}
