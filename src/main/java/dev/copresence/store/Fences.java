package dev.copresence.store;

/**
 * The numbers that go with the lease: each higher than the one before, for all pages together. They start from the
 * clock, in µs, so they also rise across a restart as long as leases change less than a million times a second; until
 * the year 2255 they are exact in a browser's numbers.
 */
final class Fences {

    private long last;

    void startAt(long millis) {
        last = Math.max(last, millis * 1000);
    }

    long next() {
        return ++last;
    }
}
