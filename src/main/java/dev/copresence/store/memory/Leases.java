package dev.copresence.store.memory;

import dev.copresence.Occupancy;
import dev.copresence.TakenOver;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The numbers of the leases of all pages together: fences, counts, and which requests wait for an answer until when. */
final class Leases {

    /** The number of leases that are held, by one claim each. */
    long held;

    /** The number of claims that wait for one. */
    long waiting;

    long handedOver;
    long overdue;
    long takenOver;

    private final TreeSet<LeaseRequest> requests =
            new TreeSet<>(Comparator.comparingLong(LeaseRequest::until).thenComparingLong(LeaseRequest::number));

    private final ArrayList<TakenOver> taken = new ArrayList<>();
    private long lastRequest;
    private long lastFence;

    /** Has the fences from now on be higher than those of the time before {@code millis}. */
    void startAt(long millis) {
        lastFence = Math.max(lastFence, millis * 1000);
    }

    /**
     * Gives a fence that is higher than all before. Fences start from the clock, in µs, so they also rise across a restart as
     * long as leases change less than a million times a second; until the year 2255 they are exact in a browser's numbers.
     */
    long nextFence() {
        return ++lastFence;
    }

    /** Begins a request, which is overdue once {@code until} is over. */
    LeaseRequest request(Claims claims, TabEntry asker, boolean firm, long until) {
        var request = new LeaseRequest(claims, asker, firm, until, ++lastRequest);
        requests.add(request);
        return request;
    }

    void end(LeaseRequest request) {
        requests.remove(request);
    }

    /** The request whose time for an answer ended first before {@code now}; null if there is none. */
    @Nullable
    LeaseRequest firstOverdue(long now) {
        return !requests.isEmpty() && requests.first().until() < now ? requests.first() : null;
    }

    /** Notes that a take-over which gave the holder time is done. */
    void taken(TakenOver takeOver) {
        takenOver++;
        taken.add(takeOver);
    }

    /** The take-overs that were noted since this was asked last. */
    List<TakenOver> takeTaken() {
        if (taken.isEmpty()) {
            return List.of();
        }
        var news = List.copyOf(taken);
        taken.clear();
        return news;
    }

    Occupancy.Transfers transfers() {
        return new Occupancy.Transfers(handedOver, overdue, takenOver);
    }
}
