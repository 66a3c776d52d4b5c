package dev.copresence.http.door;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.copresence.CacheUpkeep;
import dev.copresence.Monotonic;
import dev.copresence.PresenceConfig;
import dev.copresence.TabId;
import dev.copresence.UserId;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The rate at which a user may ask: so many requests a second, and four times as many in a burst. What a request has many of, the items
 * of a batch and the pages of a stream, counts as that many requests.
 */
@ApplicationScoped
public class RequestRate {

    private static final int SECONDS_IN_A_BURST = 4;

    private final int burst;

    /** The limit that all buckets share. */
    private final Bandwidth limit;

    private final InstantSource clock;
    private final long questionEvery;
    private final int maxQuestions;

    private final TimeMeter time;

    /** The allowances by user; one that is forgotten has long been full again. */
    private final Cache<UserId, Allowance> allowances = Caffeine.newBuilder()
            .expireAfterAccess(Duration.ofSeconds(10L * SECONDS_IN_A_BURST))
            .executor(CacheUpkeep.ON_THE_SPOT)
            .build();

    RequestRate(PresenceConfig config, @Monotonic InstantSource clock) {
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

    /** The time that the user has to wait before this request may be served; zero to serve it now. */
    public Duration take(UserId user) {
        return take(user, 1);
    }

    /** Takes as many requests of a user as a call counts for, but no more than a burst, like {@link #take(UserId)}; none are taken if not all can be. */
    public Duration take(UserId user, int requests) {
        if (requests == 0) {
            return Duration.ZERO;
        }
        var probe = allowance(user).bucket.tryConsumeAndReturnRemaining(Math.min(requests, burst));
        return probe.isConsumed() ? Duration.ZERO : Duration.ofNanos(probe.getNanosToWaitForRefill());
    }

    /** The number of requests, of as many as are named, that may be served now. */
    public int takeOf(UserId user, int requests) {
        return requests == 0 ? 0 : (int) allowance(user).bucket.tryConsumeAsMuchAsPossible(requests);
    }

    /**
     * True if the store may be asked now if a heartbeat beyond the rate is due: once for a tab in a third of the interval, and
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
     * The account of what a user may ask.
     *
     * @param asked for which tabs the store was asked lately, and when, in ms, in that order; guarded by itself
     */
    private record Allowance(Bucket bucket, LinkedHashMap<TabId, Long> asked) {}
}
