package dev.copresence.store.memory;

import dev.copresence.Occupancy;
import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is to be known of the leases of all pages together: numbers, and which requests wait for an answer. */
final class Leases {

    /** How many are held, by one claim each. */
    long held;

    /** How many claims wait for one. */
    long waiting;

    long handedOver;
    long overdue;
    long takenOver;

    private final TreeSet<LeaseRequest> requests =
            new TreeSet<>(Comparator.<LeaseRequest>comparingLong(request -> request.until)
                    .thenComparingLong(request -> request.number));

    private long lastRequest;
    private long lastFence;

    void startAt(long millis) {
        lastFence = Math.max(lastFence, millis * 1000);
    }

    /**
     * Higher than all before. Fences start from the clock, in µs, so they also rise across a restart as long as leases
     * change less than a million times a second; until the year 2255 they are exact in a browser's numbers.
     */
    long nextFence() {
        return ++lastFence;
    }

    LeaseRequest request(ClaimQueue queue, TabEntry asker, long until) {
        var request = new LeaseRequest(queue, asker, until, ++lastRequest);
        requests.add(request);
        return request;
    }

    void end(LeaseRequest request) {
        requests.remove(request);
    }

    /** The request whose time for an answer ended first before {@code now}, or null if there is none. */
    @Nullable
    LeaseRequest firstOverdue(long now) {
        return !requests.isEmpty() && requests.first().until < now ? requests.first() : null;
    }

    Occupancy.Transfers transfers() {
        return new Occupancy.Transfers(handedOver, overdue, takenOver);
    }
}
