package dev.copresence.store.redis;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/**
 * The times of calls, in agreement with the other instances, and the tickets that follow from them. No call is of an earlier
 * time than one before.
 */
final class CallTime {

    /** The number of the format in which everything is kept. Versions with different ones cannot share a Redis. */
    static final int FORMAT = 2;

    private static final String FORMAT_KEY = "copresence:format";

    /** The agreed time, with a hash tag by which it is where the format is on a cluster, too. */
    private static final String AGREED = "copresence:{" + FORMAT_KEY + "}time";

    /** The time for which these two are kept: longer than anything that goes by them. */
    private static final long RETENTION_MILLIS = Duration.ofDays(60).toMillis();

    private final SharedClock clock;
    private final Tickets tickets = new Tickets();

    /** The latest time of a call, in ms. */
    private final AtomicLong newest = new AtomicLong();

    CallTime(SharedClock clock) {
        this.clock = clock;
    }

    /** The time of a call that is made at {@code now}, in ms. */
    long at(Instant now) {
        return newest.accumulateAndGet(now.toEpochMilli(), Math::max);
    }

    /** The time {@code now}, in ms, or that of the latest call if that is later. */
    long notBeforeOthers(long now) {
        return Math.max(now, newest.get());
    }

    /** Makes a call by the time {@code now}, or by a later one: again if it turns out that this is long past for others. */
    <T> Future<T> inTime(long now, LongFunction<Future<T>> call) {
        return call.apply(notBeforeOthers(now)).recover(failure -> {
            if (!(failure instanceof BehindException behind)) {
                return Future.failedFuture(failure);
            }
            clock.reach(behind.at());
            newest.accumulateAndGet(behind.at(), Math::max);
            return inTime(now, call);
        });
    }

    /**
     * Agrees with the other instances on the time, and on how far ahead of it tickets are; fails with {@link
     * OtherFormatException} if they keep everything in another format.
     */
    Future<Void> agree(ScriptRunner scripts) {
        var asked = clock.millis();
        var arguments = List.of(
                asked,
                clock.hasAgreed() ? clock.sinceAgreement(asked) : "",
                clock.wallMillis(),
                tickets.lead(),
                SharedClock.TOLERATED_SKEW_MILLIS,
                RETENTION_MILLIS,
                FORMAT);
        return scripts.run(Script.CLOCK, List.of(AGREED, FORMAT_KEY), arguments).map(said -> {
            clock.agree(asked, said.number(0), said.number(1));
            tickets.hear(said.number(2));
            return null;
        });
    }

    /** The number that a ticket that is given at {@code now}, in ms, has to be above. */
    long floor(long now) {
        return tickets.floor(now);
    }

    /** Takes note of a ticket that somebody has given; 0 is none. */
    void saw(long ticket) {
        tickets.see(ticket, clock.millis());
    }
}
