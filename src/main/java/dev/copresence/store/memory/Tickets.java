package dev.copresence.store.memory;

/** The numbers by which viewers are told apart in the order of their arrival: each is higher than all before. */
final class Tickets {

    private long last;

    /** Has the tickets from now on be higher than those of the time before {@code millis}, also across a restart. */
    void startAt(long millis) {
        last = Math.max(last, millis * 1000);
    }

    /** Gives a ticket. */
    long next() {
        return ++last;
    }
}
