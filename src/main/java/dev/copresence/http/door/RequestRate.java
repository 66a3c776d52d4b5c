package dev.copresence.http.door;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.copresence.PresenceConfig;
import dev.copresence.TabId;
import dev.copresence.UserId;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.concurrent.TimeUnit;

/**
 * How often a user asks: so many requests a second, and four times as many in a burst. What a request has many of, the items
 * of a batch and the pages of a stream, counts as that many requests.
 */
@ApplicationScoped
// A native executable has to be told which classes Caffeine chooses, by name, for a cache that is built like this one.
@RegisterForReflection(
        classNames = {
            "com.github.benmanes.caffeine.cache.SS",
            "com.github.benmanes.caffeine.cache.SSA",
            "com.github.benmanes.caffeine.cache.PS",
            "com.github.benmanes.caffeine.cache.PSA"
        })
public class RequestRate {

    private static final int SECONDS_IN_A_BURST = 4;

    private final int burst;

    /** One for all buckets. */
    private final Bandwidth limit;

    private final InstantSource clock;
    private final long questionEvery;
    private final int maxQuestions;

    private final TimeMeter time;

    /** One that is forgotten has long been full again. */
    private final Cache<UserId, Allowance> allowances = Caffeine.newBuilder()
            .expireAfterAccess(Duration.ofSeconds(10L * SECONDS_IN_A_BURST))
            // On the spot: to wake another thread for it costs more than it is.
            .executor(Runnable::run)
            .build();

    RequestRate(PresenceConfig config, InstantSource clock) {
        var perSecond = config.limits().requestsPerSecondPerUser();
        burst = perSecond * SECONDS_IN_A_BURST;
        this.clock = clock;
        questionEvery = config.heartbeatInterval().dividedBy(3).toMillis();
        maxQuestions = config.limits().tabsPerUser();
        limit = Bandwidth.builder()
                .capacity(burst)
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
    public Duration take(UserId user) {
        return take(user, 1);
    }

    /** The same for what counts as so many requests, but no more than a burst; none are taken if not all can be. */
    public Duration take(UserId user, int requests) {
        if (requests == 0) {
            return Duration.ZERO;
        }
        var probe = allowance(user).bucket.tryConsumeAndReturnRemaining(Math.min(requests, burst));
        return probe.isConsumed() ? Duration.ZERO : Duration.ofNanos(probe.getNanosToWaitForRefill());
    }

    /** How many of so many requests may be served now. */
    public int takeOf(UserId user, int requests) {
        return requests == 0 ? 0 : (int) allowance(user).bucket.tryConsumeAsMuchAsPossible(requests);
    }

    /**
     * Whether the store may be asked now if a heartbeat beyond the rate is due: once for a tab in a third of the interval, and
     * in that time for no more tabs than the user may have.
     */
    public boolean mayAskFor(UserId user, TabId tab) {
        var asked = allowance(user).asked;
        var now = clock.millis();
        synchronized (asked) {
            var oldest = asked.values().iterator();
            while (oldest.hasNext() && now - oldest.next() >= questionEvery) {
                oldest.remove();
            }
            return asked.size() < maxQuestions && asked.putIfAbsent(tab, now) == null;
        }
    }

    private Allowance allowance(UserId user) {
        return allowances.get(
                user,
                unknown -> new Allowance(
                        Bucket.builder()
                                .addLimit(limit)
                                .withCustomTimePrecision(time)
                                .build(),
                        new LinkedHashMap<>(0)));
    }

    /**
     * What a user may ask.
     *
     * @param asked for which tabs the store was asked lately, and when, in ms, in that order; guarded by itself
     */
    private record Allowance(Bucket bucket, LinkedHashMap<TabId, Long> asked) {}
}
