package dev.copresence;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The registry of who is on which page and who edits it. It keeps the rules of time, over a store that keeps the tabs.
 *
 * <p>The clock must not step with the wall clock: deadlines are counted on it.
 */
@ApplicationScoped
public class PresenceRegistry {

    /** The time that a sweep may take before nobody relies on what the one before has found. */
    private static final Duration LONGEST_SWEEP = Duration.ofSeconds(5);

    private final PresenceStore store;
    private final InstantSource clock;
    private final PresenceConfig config;
    private final Duration heartbeatOfHidden;

    /** The moment of the last sweep, if the store has answered it; long ago if not. */
    private volatile Instant swept = Instant.MIN;

    public PresenceRegistry(PresenceStore store, @Monotonic InstantSource clock, PresenceConfig config) {
        this.store = store;
        this.clock = clock;
        this.config = config;
        var third = config.awayTtl().dividedBy(3);
        this.heartbeatOfHidden = third.compareTo(config.heartbeatInterval()) < 0 ? config.heartbeatInterval() : third;
    }

    /** Brings a tab to a page; one that is there already stays, with its claim unless the heartbeat ends it. */
    public Uni<HeartbeatAnswer> join(User user, Heartbeat heartbeat) {
        return store.renew(user, heartbeat, true, life(heartbeat), clock.instant());
    }

    /** Keeps a tab on its page; one that was not there is brought, so that presence heals by itself. */
    public Uni<HeartbeatAnswer> heartbeat(User user, Heartbeat heartbeat) {
        return store.renew(user, heartbeat, false, life(heartbeat), clock.instant());
    }

    /**
     * The time after which a tab should beat again. One that is hidden lives longer, so it beats less often, unless it claims to
     * edit: a heartbeat is how it learns that somebody asks for the lease, or that it has it now.
     */
    public Duration nextHeartbeat(Heartbeat heartbeat, @Nullable Editing editing) {
        return heartbeat.visible() || editing != null ? config.heartbeatInterval() : heartbeatOfHidden;
    }

    /** Ends a tab's presence on a page: at once, or after the grace of a document that goes away. */
    public Uni<Void> leave(User user, Leave leave) {
        var grace = leave.unloading() ? config.leaveGrace() : Duration.ZERO;
        return store.leave(user, leave, grace, clock.instant());
    }

    /**
     * Does what a tab says about the lease of its page or section. Whether the user may take over is for the caller to
     * know.
     *
     * @return how things stand afterwards; fails with {@link LeaseRefusedException} if they are not so
     */
    public Uni<LeaseAnswer> command(User user, LeaseCommand command) {
        var lasts = switch (command.kind()) {
            case REQUEST -> config.editing().answerWithin();
            case KEEP -> config.editing().keepFor();
            case HAND_OVER -> Duration.ZERO;
            case TAKE_OVER -> config.editing().takeoverAfter();
        };
        return store.command(user, command, lasts, clock.instant());
    }

    /** The same for a take-over that leaves the holder no time to save. */
    public Uni<LeaseAnswer> takeOverNow(User user, LeaseCommand takeOver) {
        return store.command(user, takeOver, Duration.ZERO, clock.instant());
    }

    /**
     * The lease under which the user may save; fails with {@link LeaseRefusedException} if that is not, or no longer, theirs
     * under this fence.
     */
    public Uni<Lease> verify(UserId user, PagePath page, @Nullable Section section, long fence) {
        return store.lease(page, section, clock.instant()).map(found -> {
            var lease = found.orElse(null);
            if (lease == null || !lease.covers(user, fence)) {
                var editor = lease == null ? null : lease.holder();
                throw new LeaseRefusedException(LeaseRefusedException.Reason.LOST, editor, Duration.ZERO);
            }
            return lease;
        });
    }

    /** The time for which the present holder has had a lease, by its fence, which comes from the clock; empty if nobody has it. */
    public Uni<Optional<Duration>> heldFor(PagePath page, @Nullable Section section) {
        var now = clock.instant();
        return store.lease(page, section, now)
                .map(found -> found.map(lease -> Duration.between(lease.since(), now))
                        .map(held -> held.isNegative() ? Duration.ZERO : held));
    }

    /** The page as others see it now. */
    public Uni<PresenceSnapshot> list(PagePath page) {
        return store.read(page, clock.instant());
    }

    /**
     * True if a live tab has waited for its turn to beat: a third of the interval or longer. Such a heartbeat is served
     * even to a user who asks too often, so that one wild tab cannot end the presence of the others.
     */
    public Uni<Boolean> isDue(UserId user, TabId tab) {
        var now = clock.instant();
        var since = now.minus(config.heartbeatInterval().dividedBy(3));
        return store.lastSeen(user, tab, now)
                .map(seen -> seen.isPresent() && !seen.get().isAfter(since));
    }

    /** Gives back what has expired and announces it, and tells what there is afterwards. */
    public Uni<Occupancy> cleanup() {
        var now = clock.instant();
        return store.sweep(now)
                .onItemOrFailure()
                .invoke((done, failure) -> swept = failure == null ? now : Instant.MIN);
    }

    /**
     * True if the store has answered the last sweep, and that was lately: then it can be relied on what it announces. Without sweeps
     * nobody knows.
     */
    public boolean isStoreHeard() {
        var longest = config.sweepEvery().plus(LONGEST_SWEEP);
        return !clock.instant().isAfter(swept.plus(longest));
    }

    private Duration life(Heartbeat heartbeat) {
        return heartbeat.visible() ? config.ttl() : config.awayTtl();
    }
}
