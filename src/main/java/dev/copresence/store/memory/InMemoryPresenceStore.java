package dev.copresence.store.memory;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.copresence.Heartbeat;
import dev.copresence.HeartbeatAnswer;
import dev.copresence.Lease;
import dev.copresence.LeaseAnswer;
import dev.copresence.LeaseCommand;
import dev.copresence.LeaseRefusedException;
import dev.copresence.Leave;
import dev.copresence.LimitExceededException;
import dev.copresence.Occupancy;
import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceSnapshot;
import dev.copresence.PresenceStore;
import dev.copresence.Section;
import dev.copresence.TabId;
import dev.copresence.TakenOver;
import dev.copresence.User;
import dev.copresence.UserId;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The store of a single instance, in the memory of its process. Every call completes on the calling thread. */
public class InMemoryPresenceStore implements PresenceStore {

    /*
     * One lock, that of this object, guards all state, and is held for a microsecond or so: no call waits for anything
     * inside it, and no foreign code runs. Pages that changed, and take-overs, are collected under the lock and told behind it, so
     * announcements of two threads may come in another order than the changes.
     */

    @GuardedBy("this")
    private final LiveTabs tabs;

    private final List<Consumer<PagePath>> listeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<TakenOver>> takeOverListeners = new CopyOnWriteArrayList<>();

    /** Makes an empty store, which takes its limits from {@code config}. */
    public InMemoryPresenceStore(PresenceConfig config) {
        tabs = new LiveTabs(config);
    }

    @Override
    public Uni<HeartbeatAnswer> renew(User user, Heartbeat heartbeat, boolean joining, Duration life, Instant now) {
        return at(now, live -> live.renew(user, heartbeat, joining, life));
    }

    @Override
    public Uni<Void> leave(User user, Leave leave, Duration grace, Instant now) {
        return at(now, live -> {
            live.leave(user, leave, grace);
            return null;
        });
    }

    @Override
    public Uni<LeaseAnswer> command(User user, LeaseCommand command, Duration lasts, Instant now) {
        return at(now, live -> live.command(user, command, lasts));
    }

    @Override
    public Uni<Optional<Lease>> lease(PagePath page, @Nullable Section section, Instant now) {
        return at(now, live -> live.lease(page, section));
    }

    @Override
    public Uni<PresenceSnapshot> read(PagePath page, Instant now) {
        return at(now, live -> live.snapshot(page));
    }

    @Override
    public Uni<Optional<Instant>> lastSeen(UserId user, TabId tab, Instant now) {
        return at(now, live -> live.lastSeen(user, tab));
    }

    @Override
    public Uni<Occupancy> sweep(Instant now) {
        return at(now, LiveTabs::occupancy);
    }

    @Override
    public synchronized Uni<Occupancy> occupancy() {
        return Uni.createFrom().item(tabs.occupancy());
    }

    @Override
    public synchronized Uni<List<PagePath>> pagesUnder(PagePath prefix, int most) {
        return Uni.createFrom().item(tabs.pagesUnder(prefix, most));
    }

    @Override
    public void onChange(Consumer<PagePath> listener) {
        listeners.add(listener);
    }

    @Override
    public void onTakeOver(Consumer<TakenOver> listener) {
        takeOverListeners.add(listener);
    }

    /** Gives a watch that does nothing, since a change can only be made here. */
    @Override
    public Watch watch(PagePath page) {
        return () -> {};
    }

    /** Takes a step on what lives at {@code now}, and announces all that has changed until then and by it. */
    private <T> Uni<T> at(Instant now, Step<T> step) {
        Uni<T> answer;
        Set<PagePath> changed;
        List<TakenOver> taken;
        synchronized (this) {
            tabs.moveTo(now);
            answer = answer(step);
            changed = tabs.takeNews();
            taken = tabs.takeTakeOvers();
        }
        changed.forEach(page -> listeners.forEach(listener -> listener.accept(page)));
        taken.forEach(takeOver -> takeOverListeners.forEach(listener -> listener.accept(takeOver)));
        return answer;
    }

    @GuardedBy("this")
    private <T> Uni<T> answer(Step<T> step) {
        try {
            return Uni.createFrom().item(step.on(tabs));
        } catch (LimitExceededException | LeaseRefusedException refusal) {
            return Uni.createFrom().failure(refusal);
        }
    }

    /** The part of a call that is done under the lock. */
    private interface Step<T> {

        /** Gives the call's answer, or null for none. */
        @Nullable
        T on(LiveTabs tabs);
    }
}
