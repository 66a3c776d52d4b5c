package dev.copresence.store.redis;

/** Tells that a script has done nothing, since the time of the call is long past for other instances. */
final class BehindException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final long at;

    BehindException(long at) {
        super("another instance has called at " + at + " ms", null, false, false);
        this.at = at;
    }

    /** A time that another instance has called at, in ms. */
    long at() {
        return at;
    }
}
