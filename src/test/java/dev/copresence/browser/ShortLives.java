package dev.copresence.browser;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.time.Duration;
import java.util.Map;

/** The service with shorter times than it has by default, for those who have to wait for them. */
public final class ShortLives implements QuarkusTestProfile {

    /** How long a leave waits. */
    static final Duration GRACE = Duration.ofSeconds(2);

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "copresence.ttl", "6s",
                "copresence.away-ttl", "75s",
                "copresence.heartbeat-interval", "2s",
                "copresence.leave-grace", GRACE.toSeconds() + "s");
    }
}
