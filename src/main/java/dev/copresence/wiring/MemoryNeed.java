package dev.copresence.wiring;

import dev.copresence.PresenceConfig;

/**
 * The memory that the limits allow to be taken, roughly, beside what the heap has. The figures are those of the bench, for
 * users with five tabs each, rounded up.
 */
record MemoryNeed(PresenceConfig.Store store, PresenceConfig.Limits limits) {

    private static final long AFTER_THE_START = 40_000_000;
    private static final long TAB = 760;
    private static final long STREAM = 12_000;
    private static final long CONNECTION = 8_000;

    /** Bytes of heap, if everything is at its limit. */
    long bytes() {
        var tabs = store == PresenceConfig.Store.MEMORY ? limits.tabs() * TAB : 0;
        var others = Math.max(0, limits.connections() - limits.streams());
        return AFTER_THE_START + tabs + limits.streams() * STREAM + others * CONNECTION;
    }

    boolean fits(long heap) {
        return bytes() <= heap;
    }

    /** A line for an operator whose heap is smaller. */
    String warning(long heap) {
        return ("The limits allow for more than the memory: copresence.limits.tabs=%d, streams=%d and connections=%d may take"
                        + " %d MB of heap, and there are %d MB; lower them or give the process more memory")
                .formatted(
                        limits.tabs(), limits.streams(), limits.connections(), bytes() / 1_000_000, heap / 1_000_000);
    }
}
