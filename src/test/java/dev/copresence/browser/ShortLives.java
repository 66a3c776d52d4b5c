package dev.copresence.browser;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.time.Duration;
import java.util.Map;

/** The service with shorter times than it has by default, for those who have to wait for them. */
public final class ShortLives implements QuarkusTestProfile {

    /** How long a leave waits. */
    static final Duration GRACE = Duration.ofSeconds(2);

    /** How long a visible tab lives after its last heartbeat. */
    static final Duration TTL = Duration.ofSeconds(6);

    /** How long a hidden one does: a browser wakes it once in 60 s. */
    static final Duration AWAY = Duration.ofSeconds(75);

    /**
     * How long an editor has to answer who asks for the page: a check of the page's accessibility fits into it, before the
     * last 5 s, in which the page saves by itself.
     */
    static final Duration ANSWER = Duration.ofSeconds(30);

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "copresence.ttl", TTL.toSeconds() + "s",
                "copresence.away-ttl", AWAY.toSeconds() + "s",
                "copresence.heartbeat-interval", "2s",
                "copresence.editing.answer-within", ANSWER.toSeconds() + "s",
                "copresence.editing.keep-for", "8s",
                "copresence.leave-grace", GRACE.toSeconds() + "s");
    }
}
