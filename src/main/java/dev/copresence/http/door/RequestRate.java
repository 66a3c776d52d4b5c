package dev.copresence.http.door;

import dev.copresence.Monotonic;
import dev.copresence.PresenceConfig;
import dev.copresence.TabId;
import dev.copresence.UserId;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The rate at which a user may ask: so many requests a second, and four times as many in a burst. What a request has many of, the items
 * of a batch and the pages of a stream, counts as that many requests.
 */
@ApplicationScoped
public class RequestRate {

    private static final int SECONDS_IN_A_BURST = 4;

    private final int burst;
    private final long nanosForOne;
    private final long nanosForBurst;
    private final InstantSource clock;
    private final long questionEvery;
    private final int maxQuestions;

    /**
     * The allowances by user; one that is full again is forgotten. A cache that looks after itself would keep an account of each
     * request for it. What is taken from an allowance in the very moment in which that is forgotten is not counted.
     */
    private final ConcurrentMap<UserId, Allowance> allowances = new ConcurrentHashMap<>();

    RequestRate(PresenceConfig config, @Monotonic InstantSource clock) {
        var perSecond = config.limits().requestsPerSecondPerUser();
        burst = perSecond * SECONDS_IN_A_BURST;
        nanosForOne = TimeUnit.SECONDS.toNanos(1) / perSecond;
        nanosForBurst = burst * nanosForOne;
        this.clock = clock;
        questionEvery = config.heartbeatInterval().dividedBy(3).toMillis();
        maxQuestions = config.limits().tabsPerUser();
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
        var tooEarly = allowance(user).take(Math.min(requests, burst), nanos(), nanosForBurst, nanosForOne);
        return tooEarly == 0 ? Duration.ZERO : Duration.ofNanos(tooEarly);
    }

    /** The number of requests, of as many as are named, that may be served now. */
    public int takeOf(UserId user, int requests) {
        return requests == 0 ? 0 : allowance(user).takeOf(requests, nanos(), nanosForBurst, nanosForOne);
    }

    /**
     * True if the store may be asked now if a heartbeat beyond the rate is due: once for a tab in a third of the interval, and
     * in that time for no more tabs than the user may have.
     */
    public boolean mayAskFor(UserId user, TabId tab) {
        return allowance(user).mayAskFor(tab, clock.millis(), questionEvery, maxQuestions);
    }

    private long nanos() {
        return TimeUnit.MILLISECONDS.toNanos(clock.millis());
    }

    private Allowance allowance(UserId user) {
        // A user who is known, as nearly all are, is found without a lock.
        var known = allowances.get(user);
        return known != null ? known : allowances.computeIfAbsent(user, unknown -> new Allowance());
    }

    /** Forgets the users who may ask again as if they had never asked. */
    @Scheduled(every = "10s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void forget() {
        var now = clock.millis();
        allowances.values().removeIf(allowance -> allowance.isAsNew(now, questionEvery));
    }

    /** The number of users of whom something is remembered. */
    int users() {
        return allowances.size();
    }

    /**
     * The account of what a user may ask, in nanoseconds. It is the bucket of GCRA (ITU-T I.371): the one moment at which it will be
     * full again says how much is in it. What it holds is guarded by itself.
     */
    private static final class Allowance {

        private long fullAgain = Long.MIN_VALUE;

        /** The tabs about which the store was asked lately, in that order, and when, in ms; null while there are none. */
        private @Nullable Map<TabId, Long> asked;

        /** Takes requests of {@code each} ns, or says how much too early it is for all of them; 0 if they were taken. */
        synchronized long take(int requests, long now, long burst, long each) {
            moveTo(now, burst);
            var tooEarly = fullAgain + requests * each - (now + burst);
            if (tooEarly > 0) {
                return tooEarly;
            }
            fullAgain += requests * each;
            return 0;
        }

        synchronized int takeOf(int requests, long now, long burst, long each) {
            moveTo(now, burst);
            var served = (int) Math.min(requests, (now + burst - fullAgain) / each);
            fullAgain += served * each;
            return served;
        }

        /** Comes to the present. No more than all can be missing, so that nobody waits for a clock that was turned back. */
        private void moveTo(long now, long burst) {
            fullAgain = Math.max(now, Math.min(fullAgain, now + burst));
        }

        /** True if all may be asked that could ever be, at a time in ms. */
        synchronized boolean isAsNew(long now, long every) {
            return fullAgain <= TimeUnit.MILLISECONDS.toNanos(now)
                    && (asked == null || asked.values().stream().allMatch(when -> now - when >= every));
        }

        synchronized boolean mayAskFor(TabId tab, long now, long every, int most) {
            if (asked == null) {
                asked = new LinkedHashMap<>();
            }
            var oldest = asked.values().iterator();
            while (oldest.hasNext() && now - oldest.next() >= every) {
                oldest.remove();
            }
            return asked.size() < most && asked.putIfAbsent(tab, now) == null;
        }
    }
}
