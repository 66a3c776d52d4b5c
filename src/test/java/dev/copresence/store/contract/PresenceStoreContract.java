package dev.copresence.store.contract;

import dev.copresence.ManualClock;
import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceStore;
import dev.copresence.TabId;
import dev.copresence.TakenOver;
import dev.copresence.TestConfig;
import dev.copresence.User;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All that every store of presence promises; the letters and numbers name the rules of docs/rules.md. */
public abstract class PresenceStoreContract
        implements TabsContract,
                LeavesContract,
                LateMessagesContract,
                ViewersContract,
                LeasesContract,
                HandOverContract,
                TakeOverContract,
                SectionsContract,
                TypingContract,
                UnlistedContract,
                NewsContract,
                PagesContract,
                LimitsContract {

    private static final int MANY_STEPS = 2500;

    protected final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
    protected PresenceStore store;
    private final Set<PagePath> heard = ConcurrentHashMap.newKeySet();
    private final List<TakenOver> takeOvers = new CopyOnWriteArrayList<>();
    private long tabs;
    private long credentials = 1;

    /** A store in which nobody is, as a new process would open it. */
    protected abstract PresenceStore emptyStore(PresenceConfig config);

    /** Returns once all that the store has announced was heard; a store that tells it before it answers needs no more. */
    protected void settle() {}

    /** The number of steps of each random walk. */
    protected int steps() {
        return MANY_STEPS;
    }

    @BeforeEach
    void start() {
        startWith(TestConfig.defaults());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aRandomWalkAgreesWithTheModelAtEachStep(long number) {
        var walk = new RandomWalk(this, number, false);

        for (var step = 0; step < steps(); step++) {
            walk.step(step);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void aRandomWalkOfEditorsAgreesWithTheModelAtEachStep(long number) {
        var walk = new RandomWalk(this, number, true);

        for (var step = 0; step < steps(); step++) {
            walk.step(step);
        }

        // Fewer steps need not lead everywhere.
        if (steps() >= MANY_STEPS) {
            walk.checkThatLeasesWentAllWays();
        }
    }

    @Override
    public final ManualClock clock() {
        return clock;
    }

    @Override
    public final PresenceStore store() {
        return store;
    }

    @Override
    public final void startWith(PresenceConfig config) {
        store = emptyStore(config);
        store.onChange(heard::add);
        store.onTakeOver(takeOvers::add);
    }

    @Override
    public final Set<PagePath> newsOf(Runnable calls) {
        settle();
        heard.clear();
        calls.run();
        settle();
        return Set.copyOf(heard);
    }

    @Override
    public final List<TakenOver> takeOversIn(Runnable calls) {
        takeOvers.clear();
        calls.run();
        return List.copyOf(takeOvers);
    }

    /** The pages that were announced since {@link #newsOf} began to listen last. */
    final Set<PagePath> heard() {
        return heard;
    }

    @Override
    public final Tab tabOf(User user) {
        return new Tab(this, user, new TabId(0, ++tabs));
    }

    @Override
    public final long nextCredential() {
        return ++credentials;
    }
}
