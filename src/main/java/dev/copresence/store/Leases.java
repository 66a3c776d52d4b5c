package dev.copresence.store;

import dev.copresence.Occupancy;

/** The numbers that go with leases, of all pages together. */
final class Leases {

    /** How many are held, by one claim each. */
    long held;

    /** How many claims wait for one. */
    long waiting;

    long handedOver;
    long overdue;
    long takenOver;

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

    Occupancy.Turns turns() {
        return new Occupancy.Turns(handedOver, overdue, takenOver);
    }
}
