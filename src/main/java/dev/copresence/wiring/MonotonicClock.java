package dev.copresence.wiring;

import java.time.Instant;
import java.time.InstantSource;

/** A time that starts at another clock's and then runs by itself, so that no step of that one moves a deadline. */
final class MonotonicClock implements InstantSource {

    private final Instant start;
    private final long startNanos;

    MonotonicClock(InstantSource first) {
        start = first.instant();
        startNanos = System.nanoTime();
    }

    @Override
    public Instant instant() {
        return start.plusNanos(System.nanoTime() - startNanos);
    }
}
