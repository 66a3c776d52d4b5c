package dev.copresence.store.redis;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The tickets that this instance knows of, versions and fences, see page.lua: how high they are, and how far ahead of the time.
 * Since the time never falls, whoever gives one that is above {@link #floor} gives a higher one than all of those, even in a
 * Redis that was emptied.
 */
final class Tickets {

    private static final long MICROS = 1000;

    private final AtomicLong highest = new AtomicLong();

    /**
     * The most by which tickets are ahead of the time. Other instances have it within a second, and so give higher ones than
     * those that they have not heard of.
     */
    private final AtomicLong leadMicros = new AtomicLong();

    /** The most by which tickets are ahead of the time, in µs. */
    long lead() {
        return leadMicros.get();
    }

    /** The number that a ticket that is given at {@code now}, in ms, has to be above. */
    long floor(long now) {
        return Math.max(highest.get(), now * MICROS + leadMicros.get());
    }

    /** Takes note of a ticket that is known at {@code now}, in ms; 0 is none. */
    void see(long ticket, long now) {
        raise(highest, ticket);
        raise(leadMicros, ticket - now * MICROS);
    }

    /** Takes note of by how many µs tickets are ahead as far as another instance knows. */
    void hear(long otherLead) {
        raise(leadMicros, otherLead);
    }

    private static void raise(AtomicLong known, long to) {
        if (to > known.get()) {
            known.accumulateAndGet(to, Math::max);
        }
    }
}
