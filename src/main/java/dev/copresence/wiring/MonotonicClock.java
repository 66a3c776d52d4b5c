package dev.copresence.wiring;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;

/** A time that starts at the wall clock's and then runs by itself, so that no step of the wall clock moves a deadline. */
final class MonotonicClock implements InstantSource {

    private final Instant start;
    private final long startNanos;

    MonotonicClock(Clock wall) {
        start = wall.instant();
        startNanos = System.nanoTime();
    }

    @Override
    public Instant instant() {
        return start.plusNanos(System.nanoTime() - startNanos);
    }
}
