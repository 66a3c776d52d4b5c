package dev.copresence.store.memory;

import java.time.Duration;

/** The wish of a waiting claim to have the lease, which the holder has not answered yet. */
final class LeaseRequest {

    final ClaimQueue queue;
    final TabEntry asker;

    /** The last ms for an answer. */
    final long until;

    /** Tells those apart that end in the same ms. */
    final long number;

    LeaseRequest(ClaimQueue queue, TabEntry asker, long until, long number) {
        this.queue = queue;
        this.asker = asker;
        this.until = until;
        this.number = number;
    }

    Duration left(long now) {
        return Duration.ofMillis(until - now + 1);
    }
}
