package dev.copresence.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.copresence.PresenceConfig;
import dev.copresence.UserId;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/** How often a user asks: so many requests a second, and four times as many in a burst. */
@ApplicationScoped
// A native executable has to be told which classes Caffeine chooses, by name, for a cache that is built like this one.
@RegisterForReflection(
        classNames = {
            "com.github.benmanes.caffeine.cache.SS",
            "com.github.benmanes.caffeine.cache.SSA",
            "com.github.benmanes.caffeine.cache.PS",
            "com.github.benmanes.caffeine.cache.PSA"
        })
class RequestRate {

    private static final int SECONDS_IN_A_BURST = 4;

    /** One for all buckets. */
    private final Bandwidth limit;

    private final TimeMeter time;

    /** A bucket that is forgotten has long been full again. */
    private final Cache<UserId, Bucket> buckets = Caffeine.newBuilder()
            .expireAfterAccess(Duration.ofSeconds(10L * SECONDS_IN_A_BURST))
            // On the spot: to wake another thread for it costs more than it is.
            .executor(Runnable::run)
            .build();

    RequestRate(PresenceConfig config, InstantSource clock) {
        var perSecond = config.limits().requestsPerSecondPerUser();
        limit = Bandwidth.builder()
                .capacity((long) perSecond * SECONDS_IN_A_BURST)
                .refillGreedy(perSecond, Duration.ofSeconds(1))
                .build();
        time = new TimeMeter() {
            private long last = clock.millis();
            private long passed;

            /** Goes on as the clock does, and stands still while that is turned back. */
            @Override
            public synchronized long currentTimeNanos() {
                var now = clock.millis();
                passed += Math.max(0, now - last);
                last = now;
                return TimeUnit.MILLISECONDS.toNanos(passed);
            }

            @Override
            public boolean isWallClockBased() {
                return false;
            }
        };
    }

    /** How long the user has to wait before this request may be served; zero to serve it now. */
    Duration take(UserId user) {
        var probe = buckets.get(user, this::newBucket).tryConsumeAndReturnRemaining(1);
        return probe.isConsumed() ? Duration.ZERO : Duration.ofNanos(probe.getNanosToWaitForRefill());
    }

    private Bucket newBucket(UserId user) {
        return Bucket.builder().addLimit(limit).withCustomTimePrecision(time).build();
    }
}
