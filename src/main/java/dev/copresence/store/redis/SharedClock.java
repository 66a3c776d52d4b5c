package dev.copresence.store.redis;

import java.time.Instant;
import java.time.InstantSource;
import java.util.logging.Logger;

/**
 * A time that all instances on one Redis agree on, and that no step of a wall clock moves, neither here nor there.
 *
 * <p>It runs with this process' own monotonic clock. The first agreement takes over the time of the others, or a wall clock's
 * if there are none; each later one corrects it by a few milliseconds at most, unless this process is far behind: its machine
 * was suspended, and its clock stood still. Then it comes forward at once. Nobody ever has to go back by more than those few
 * milliseconds.
 */
public final class SharedClock implements InstantSource {

    /*
     * The thread that agrees is the only one to write, that of the link to Redis; all may read.
     */

    private static final Logger LOG = Logger.getLogger(SharedClock.class.getName());

    /** In ms. */
    static final long TOLERATED_SKEW = 2000;

    /** The most by which one agreement corrects the time, in ms, unless that is far behind. */
    private static final long CORRECTION = 5;

    /** How long it is told that the time was corrected, in ms: longer than an alert waits. */
    private static final long TOLD = 600_000;

    private final InstantSource monotonic;
    private final InstantSource wall;

    /** In ms. */
    private volatile long offset;

    private volatile boolean agreed;

    /** By how many ms the wall clock is ahead of that of Redis. */
    private volatile long wallSkew;

    /** By how many ms this time was ahead of that of the others when it was last corrected, a negative number. */
    private volatile long lag;

    /** When that was, on the monotonic clock, in ms. */
    private volatile long lagFound;

    /** When the last agreement was asked for, in ms of this time. */
    private long lastAsked;

    /** True since this time was corrected to one that others had some time ago, until the next agreement. */
    private boolean isStale;

    /**
     * A clock that has not agreed with anybody yet.
     *
     * @param monotonic should begin long ago, so that the first agreement does not turn the time back
     * @param wall is only compared with others
     */
    public SharedClock(InstantSource monotonic, InstantSource wall) {
        this.monotonic = monotonic;
        this.wall = wall;
    }

    @Override
    public Instant instant() {
        return monotonic.instant().plusMillis(offset);
    }

    /**
     * By how many ms this machine's clocks are ahead of the others', as of the last agreement: its wall clock of that of Redis,
     * or, if that is more, this time of that of the other instances, some minutes after it was corrected still.
     */
    public long skewMillis() {
        var lag = this.lag;
        var isOld = monotonic.millis() - lagFound >= TOLD;
        return isOld || Math.abs(lag) < Math.abs(wallSkew) ? wallSkew : lag;
    }

    /** True if that is more than can be explained by the way between them. */
    public boolean isSkewed() {
        return Math.abs(skewMillis()) > TOLERATED_SKEW;
    }

    boolean hasAgreed() {
        return agreed;
    }

    long wallMillis() {
        return wall.millis();
    }

    /** For how many ms this time has gone by itself at {@code now}, in ms of it. */
    long sinceAgreement(long now) {
        return now - lastAsked;
    }

    /**
     * Takes an answer to the question for the time.
     *
     * @param asked this clock's own time, in ms, when the question was sent
     * @param answered what that time should have been
     * @param server the time of Redis meanwhile
     */
    void agree(long asked, long answered, long server) {
        var before = offset;
        if (agreed) {
            correct(asked, answered);
        } else {
            offset = before + answered - asked - (millis() - asked) / 2;
            agreed = true;
        }
        lastAsked = asked + offset - before;
        tellWallSkew(wall.millis() - server);
    }

    private void correct(long asked, long answered) {
        var behind = answered - millis();
        if (behind > TOLERATED_SKEW || isStale && behind > 0) {
            comeForward(behind);
            isStale = behind > TOLERATED_SKEW;
        } else if (Math.abs(answered - asked) <= TOLERATED_SKEW) {
            var before = offset;
            offset = before + Math.max(-CORRECTION, Math.min(CORRECTION, answered - asked));
            isStale = isStale && answered == asked;
        }
    }

    /** Comes forward to a time, in ms, that another instance had already; nothing if this one has had it, too. */
    void reach(long time) {
        var behind = time - millis();
        if (agreed && behind > 0) {
            comeForward(behind);
            isStale = true;
        }
    }

    private void comeForward(long behind) {
        var before = offset;
        offset = before + behind;
        if (behind > TOLERATED_SKEW) {
            lag = -behind;
            lagFound = monotonic.millis();
            LOG.warning(() ->
                    "This instance's time was " + behind + " ms behind that of the others and has come forward; its"
                            + " machine was suspended, or its clock stood still. Who was here meanwhile is seen again with the"
                            + " next heartbeats");
        }
    }

    private void tellWallSkew(long skew) {
        var wasSkewed = Math.abs(wallSkew) > TOLERATED_SKEW;
        wallSkew = skew;
        if (Math.abs(skew) > TOLERATED_SKEW && !wasSkewed) {
            LOG.warning(() -> "The wall clock of this machine is " + skew
                    + " ms ahead of that of Redis; presence does not go" + " by either, but one of them is wrong");
        }
    }
}
