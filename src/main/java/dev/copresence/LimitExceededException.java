package dev.copresence;

/** A new tab or stream that there is no room for. Those that are there are served all the same. */
public class LimitExceededException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Limit limit;

    public LimitExceededException(Limit limit) {
        super(limit.sentence(), null, false, false);
        this.limit = limit;
    }

    public Limit limit() {
        return limit;
    }
}
