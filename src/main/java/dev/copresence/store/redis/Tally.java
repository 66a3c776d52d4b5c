package dev.copresence.store.redis;

import dev.copresence.Occupancy;
import java.util.concurrent.atomic.AtomicLong;

/** The counts of what the calls of this instance have seen and done. */
final class Tally {

    /** The live tabs in all, as far as known here: what was counted last and what has come and gone through here since. */
    final AtomicLong tabs = new AtomicLong();

    final AtomicLong expired = new AtomicLong();
    final AtomicLong overdue = new AtomicLong();
    final AtomicLong handedOver = new AtomicLong();
    final AtomicLong takenOver = new AtomicLong();

    Occupancy.Transfers transfers() {
        return new Occupancy.Transfers(handedOver.get(), overdue.get(), takenOver.get());
    }
}
