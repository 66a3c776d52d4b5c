package dev.copresence.store.redis;

/** The refusal of a script that has done nothing, since the time of the call is long past for other instances. */
final class BehindException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final long at;

    BehindException(long at) {
        super("another instance has called at " + at + " ms", null, false, false);
        this.at = at;
    }

    /** The time that another instance has called at, in ms. */
    long at() {
        return at;
    }
}
