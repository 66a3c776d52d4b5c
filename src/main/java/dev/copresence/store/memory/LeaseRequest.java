package dev.copresence.store.memory;

import java.time.Duration;

/**
 * The wish of a waiting claim to have the lease, which the holder has not answered yet.
 *
 * @param firm true for a take-over, which the holder cannot refuse
 * @param until the last millisecond for an answer
 * @param number what tells those apart that end in the same millisecond
 */
record LeaseRequest(Claims claims, TabEntry asker, boolean firm, long until, long number) {

    /** The time that is left for an answer. */
    Duration left(long now) {
        return Duration.ofMillis(until - now + 1);
    }
}
