package dev.copresence.store;

import java.time.Instant;
import java.time.InstantSource;
import java.util.logging.Logger;

/**
 * A time that all instances on one Redis agree on, and that no step of a wall clock moves, neither here nor there.
 *
 * <p>It runs with this process' own monotonic clock. The first agreement takes over the time of the others, or that of
 * Redis if there are none; each later one corrects it by a few milliseconds at most.
 */
public final class SharedClock implements InstantSource {

    private static final Logger LOG = Logger.getLogger(SharedClock.class.getName());

    /** In ms. */
    private static final long TOLERATED_SKEW = 2000;

    private final InstantSource monotonic;
    private final InstantSource wall;

    /** In ms; written by the thread that agrees. */
    private volatile long offset;

    private volatile boolean agreed;
    private volatile long skew;

    /**
     * A clock that has not agreed with anybody yet.
     *
     * @param wall is only compared with that of Redis
     */
    public SharedClock(InstantSource monotonic, InstantSource wall) {
        this.monotonic = monotonic;
        this.wall = wall;
    }

    @Override
    public Instant instant() {
        return monotonic.instant().plusMillis(offset);
    }

    /** By how many ms this machine's wall clock is ahead of that of Redis, as of the last agreement. */
    public long skewMillis() {
        return skew;
    }

    /** Whether that is more than can be explained by the way between them. */
    public boolean isSkewed() {
        return Math.abs(skew) > TOLERATED_SKEW;
    }

    boolean hasAgreed() {
        return agreed;
    }

    /**
     * Takes an answer to the question for the time.
     *
     * @param asked this clock's own time, in ms, when the question was sent
     * @param answered what that time should have been
     * @param server the time of Redis meanwhile
     */
    void agree(long asked, long answered, long server) {
        var underWay = agreed ? 0 : (instant().toEpochMilli() - asked) / 2;
        var before = offset;
        offset = before + answered - asked - underWay;
        agreed = true;
        var wasSkewed = isSkewed();
        skew = wall.millis() - server;
        if (isSkewed() && !wasSkewed) {
            LOG.warning(() -> "The clock of this machine is " + skew + " ms ahead of that of Redis; presence is not"
                    + " affected, but one of them is wrong");
        }
    }
}
