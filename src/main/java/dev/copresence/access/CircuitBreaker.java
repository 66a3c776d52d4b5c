package dev.copresence.access;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A switch that is thrown when questions fail in a row: only one in a while is tried then, so that nobody waits for what fails anyway. */
final class CircuitBreaker {

    static final int FAILURES = 5;
    static final Duration TRY_EVERY = Duration.ofSeconds(1);

    private final InstantSource clock;

    /** The number of failures since the last success; guarded by this. */
    private int failures;

    /** The time from which on the next may be tried while it is thrown; guarded by this. */
    private Instant next = Instant.MIN;

    CircuitBreaker(InstantSource clock) {
        this.clock = clock;
    }

    /** True if a question may be asked now; while the switch is thrown each true stands for one attempt. */
    synchronized boolean mayTry() {
        if (failures < FAILURES) {
            return true;
        }
        var now = clock.instant();
        // A time far ahead is that of a clock that was set back.
        if (now.isBefore(next) && next.isBefore(now.plus(TRY_EVERY).plus(TRY_EVERY))) {
            return false;
        }
        next = now.plus(TRY_EVERY);
        return true;
    }

    /** Takes note of an answer. */
    synchronized void succeeded() {
        failures = 0;
    }

    /** Takes note of a failure, and is true if it is this one that throws the switch. */
    synchronized boolean failed() {
        failures = Math.min(failures + 1, FAILURES + 1);
        if (failures < FAILURES) {
            return false;
        }
        next = clock.instant().plus(TRY_EVERY);
        return failures == FAILURES;
    }

    /** True if the last questions have failed. */
    synchronized boolean isThrown() {
        return failures >= FAILURES;
    }
}
