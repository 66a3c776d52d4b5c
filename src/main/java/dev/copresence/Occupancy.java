package dev.copresence;

/**
 * The numbers of what a store holds.
 *
 * @param pages pages with at least one live tab
 * @param tabs live tabs
 * @param leases of pages and sections, that somebody holds
 * @param waits claims that wait for one of those
 * @param expired tabs that this instance has seen expire since it started
 * @param transfers leases that have gone from tab to tab through this instance since it started
 */
public record Occupancy(long pages, long tabs, long leases, long waits, long expired, Transfers transfers) {

    /** The occupancy of a store that has not been asked yet. */
    public static final Occupancy NONE = new Occupancy(0, 0, 0, 0, 0, Transfers.NONE);

    /**
     * Leases that have gone to another tab before that was next.
     *
     * @param handedOver because the holder gave them
     * @param overdue because the holder gave no answer
     * @param takenOver because somebody took them who may, and gave the holder time to save or not
     */
    public record Transfers(long handedOver, long overdue, long takenOver) {

        /** None so far. */
        public static final Transfers NONE = new Transfers(0, 0, 0);
    }
}
