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
     * The thread that agrees is the only one to write, that of the calls to Redis; all may read.
     */

    private static final Logger LOG = Logger.getLogger(SharedClock.class.getName());

    static final long TOLERATED_SKEW_MILLIS = 2000;

    /** The most by which one agreement corrects the time, unless that is far behind. */
    private static final long CORRECTION_MILLIS = 5;

    /** The time for which it is told that the time was corrected: longer than an alert waits. */
    private static final long TOLD_MILLIS = 600_000;

    private final InstantSource monotonic;
    private final InstantSource wall;

    private volatile long offsetMillis;

    private volatile boolean agreed;

    /** The lead of the wall clock over that of Redis. */
    private volatile long wallSkewMillis;

    /** The lead of this time over that of the others when it was last corrected, a negative number. */
    private volatile long lagMillis;

    /** The moment when that was, on the monotonic clock. */
    private volatile long lagFoundMillis;

    /** The moment, in this time, when the last agreement was asked for. */
    private long lastAskedMillis;

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
        return monotonic.instant().plusMillis(offsetMillis);
    }

    /**
     * The lead of this machine's clocks over the others', as of the last agreement: that of its wall clock over the one of Redis,
     * or, if that is more, that of this time over the other instances', some minutes after it was corrected still.
     */
    public long skewMillis() {
        var lag = lagMillis;
        var isOld = monotonic.millis() - lagFoundMillis >= TOLD_MILLIS;
        return isOld || Math.abs(lag) < Math.abs(wallSkewMillis) ? wallSkewMillis : lag;
    }

    /** Tells whether that is more than can be explained by the way between them. */
    public boolean isSkewed() {
        return Math.abs(skewMillis()) > TOLERATED_SKEW_MILLIS;
    }

    boolean hasAgreed() {
        return agreed;
    }

    long wallMillis() {
        return wall.millis();
    }

    /** The ms for which this time has gone by itself at {@code now}, in ms of it. */
    long sinceAgreement(long now) {
        return now - lastAskedMillis;
    }

    /**
     * Takes an answer to the question for the time.
     *
     * @param asked this clock's own time, in ms, when the question was sent
     * @param answered what that time should have been
     * @param server the time of Redis meanwhile
     */
    void agree(long asked, long answered, long server) {
        var before = offsetMillis;
        var took = millis() - asked;
        if (agreed) {
            correct(asked, answered);
        } else {
            offsetMillis = before + answered - asked - took / 2;
            agreed = true;
        }
        lastAskedMillis = asked + offsetMillis - before;
        tellWallSkew(wallSkew(server, took));
    }

    /** The least skew that explains an answer which took so long, in ms: Redis may have read its clock at any moment of that. */
    private long wallSkew(long server, long took) {
        var most = wall.millis() - server;
        var least = most - Math.max(0, took);
        return least > 0 ? least : Math.min(0, most);
    }

    private void correct(long asked, long answered) {
        var behind = answered - millis();
        if (behind > TOLERATED_SKEW_MILLIS || isStale && behind > 0) {
            comeForward(behind);
            isStale = behind > TOLERATED_SKEW_MILLIS;
        } else if (Math.abs(answered - asked) <= TOLERATED_SKEW_MILLIS) {
            var before = offsetMillis;
            offsetMillis = before + Math.max(-CORRECTION_MILLIS, Math.min(CORRECTION_MILLIS, answered - asked));
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
        var before = offsetMillis;
        offsetMillis = before + behind;
        if (behind > TOLERATED_SKEW_MILLIS) {
            lagMillis = -behind;
            lagFoundMillis = monotonic.millis();
            LOG.warning(() ->
                    "This instance's time was " + behind + " ms behind that of the others and has come forward; its"
                            + " machine was suspended, or its clock stood still. Who was here meanwhile is seen again with the"
                            + " next heartbeats");
        }
    }

    private void tellWallSkew(long skew) {
        var wasSkewed = Math.abs(wallSkewMillis) > TOLERATED_SKEW_MILLIS;
        wallSkewMillis = skew;
        if (Math.abs(skew) > TOLERATED_SKEW_MILLIS && !wasSkewed) {
            LOG.warning(() -> "The wall clock of this machine is " + skew
                    + " ms ahead of that of Redis; presence does not go" + " by either, but one of them is wrong");
        }
    }
}
