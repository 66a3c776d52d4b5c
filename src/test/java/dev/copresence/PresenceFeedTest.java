package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.PresenceFeed.Subscription;
import dev.copresence.store.memory.InMemoryPresenceStore;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PresenceFeedTest {

    private static final PagePath PAGE = new PagePath("/docs/a");
    private static final PagePath OTHER_PAGE = new PagePath("/docs/b");
    private static final Duration COALESCE = Duration.ofMillis(250);
    private static final User ALICE = new User(new UserId("alice"), "Alice", null);
    private static final User BOB = new User(new UserId("bob"), "Bob", null);

    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final PresenceConfig config = TestConfig.defaults();
    private final ReadCountingStore store = new ReadCountingStore(new InMemoryPresenceStore(config));
    private final PresenceRegistry registry = new PresenceRegistry(store, clock, config);
    private final PresenceFeed feed = new PresenceFeed(store, clock, config);
    private final AtomicInteger wakes = new AtomicInteger();
    private final List<PresenceSnapshot> received = new ArrayList<>();

    PresenceFeedTest() {
        feed.onDue(wakes::incrementAndGet);
    }

    // S3
    @Test
    void aSubscriberGetsThePresentSnapshotFirst() {
        join(ALICE, PAGE);

        feed.subscribe(PAGE, received::add);
        feed.deliver();

        assertEquals(List.of(1), viewerCounts());
    }

    // S3
    @Test
    void theFirstChangeOfAQuietPageIsHandedOutAtOnce() {
        subscribed(PAGE);

        join(ALICE, PAGE);
        feed.deliver();

        assertEquals(List.of(0, 1), viewerCounts());
    }

    // S3
    @Test
    void changesWithinTheCoalescingTimeAreHandedOutAsOne() {
        subscribed(PAGE);
        join(ALICE, PAGE);
        feed.deliver();

        join(BOB, PAGE);
        join(new User(new UserId("carol"), "Carol", null), PAGE);
        var next = feed.deliver();
        assertEquals(List.of(0, 1), viewerCounts());
        assertEquals(Optional.of(clock.instant().plus(COALESCE)), next);
        clock.advance(COALESCE);
        feed.deliver();

        assertEquals(List.of(0, 1, 3), viewerCounts());
    }

    // S3
    @Test
    void aNewcomerInTheCoalescingTimeGetsThePageAtOnceAndOthersInTheirTime() {
        subscribed(PAGE);
        join(ALICE, PAGE);
        feed.deliver();
        join(BOB, PAGE);
        var newcomer = new ArrayList<PresenceSnapshot>();

        feed.subscribe(PAGE, newcomer::add);
        feed.deliver();
        assertEquals(1, newcomer.size());
        assertEquals(2, newcomer.get(0).viewerCount());
        assertEquals(List.of(0, 1), viewerCounts());
        clock.advance(COALESCE);
        feed.deliver();

        assertEquals(List.of(0, 1, 2), viewerCounts());
        assertEquals(1, newcomer.size());
    }

    // S2
    @Test
    void aHeartbeatThatOnlyMovesADeadlineWakesNobodyAndReadsNothing() {
        join(ALICE, PAGE);
        subscribed(PAGE);
        var readsBefore = store.reads.get();
        var wakesBefore = wakes.get();

        clock.advance(Duration.ofSeconds(15));
        heartbeat(ALICE, PAGE, false);
        feed.deliver();

        assertEquals(readsBefore, store.reads.get());
        assertEquals(wakesBefore, wakes.get());
        assertEquals(List.of(1), viewerCounts());
    }

    // S2
    @Test
    void aChangeThatIsUndoneBeforeItIsReadIsNoNews() {
        subscribed(PAGE);

        join(ALICE, PAGE);
        leave(ALICE, PAGE);
        feed.deliver();

        assertEquals(List.of(0), viewerCounts());
    }

    // S4
    @Test
    void aChangeIsReadOnceHoweverManySubscribersItHas() {
        for (var i = 0; i < 100; i++) {
            feed.subscribe(PAGE, received::add);
        }
        feed.deliver();
        var readsBefore = store.reads.get();

        join(ALICE, PAGE);
        feed.deliver();

        assertEquals(readsBefore + 1, store.reads.get());
        assertEquals(200, received.size());
    }

    // T4
    @Test
    void anExpiryIsAnnouncedByTheSweep() {
        join(ALICE, PAGE);
        subscribed(PAGE);

        clock.advance(config.ttl().plusMillis(1));
        registry.cleanup().await().indefinitely();
        feed.deliver();

        assertEquals(List.of(1, 0), viewerCounts());
    }

    // F2
    @Test
    void aDoubledAnnouncementIsHandedOutOnce() {
        subscribed(PAGE);
        join(ALICE, PAGE);
        store.announce(PAGE);
        feed.deliver();
        store.announce(PAGE);
        clock.advance(COALESCE);
        feed.deliver();

        assertEquals(List.of(0, 1), viewerCounts());
    }

    @Test
    void aPageIsForgottenWithItsLastSubscriber() {
        var first = feed.subscribe(PAGE, received::add);
        var second = feed.subscribe(PAGE, received::add);
        feed.deliver();

        first.close();
        assertEquals(1, feed.watchedPages());
        second.close();
        second.close();

        assertEquals(0, feed.watchedPages());
        join(ALICE, PAGE);
        assertEquals(Optional.empty(), feed.deliver());
        assertEquals(2, received.size());
    }

    @Test
    void theStoreIsAskedForOthersChangesWhileThereAreSubscribers() {
        var first = feed.subscribe(PAGE, received::add);
        var second = feed.subscribe(PAGE, received::add);

        first.close();
        assertEquals(1, store.watched.get(PAGE));
        second.close();
        assertEquals(0, store.watched.get(PAGE));
    }

    @Test
    void ofVeryManyPagesThatAreDueSomeAreReadAtATime() {
        store.slow = true;
        for (var i = 0; i < 300; i++) {
            feed.subscribe(new PagePath("/docs/" + i), received::add);
        }
        feed.deliver();
        assertEquals(256, store.pending.size());
        var wakesBefore = wakes.get();

        store.completeNext();
        assertEquals(wakesBefore + 1, wakes.get());
        feed.deliver();
        assertEquals(256, store.pending.size());
        while (!store.pending.isEmpty()) {
            store.completeNext();
            feed.deliver();
        }

        assertEquals(300, received.size());
    }

    @Test
    void aClosedSubscriptionGetsNothingMore() {
        var subscription = subscribed(PAGE);
        subscribed(PAGE);
        received.clear();

        subscription.close();
        join(ALICE, PAGE);
        feed.deliver();

        assertEquals(List.of(1), viewerCounts());
    }

    @Test
    void pagesDoNotDelayOneAnother() {
        subscribed(PAGE);
        subscribed(OTHER_PAGE);
        join(ALICE, PAGE);
        feed.deliver();
        received.clear();

        join(BOB, OTHER_PAGE);
        feed.deliver();

        assertEquals(
                List.of(OTHER_PAGE),
                received.stream().map(PresenceSnapshot::page).toList());
    }

    // F1
    @Test
    void aReadingThatFailsIsTriedAgain() {
        store.failing = true;
        feed.subscribe(PAGE, received::add);
        feed.deliver();
        assertTrue(received.isEmpty());

        store.failing = false;
        clock.advance(Duration.ofSeconds(1));
        feed.deliver();

        assertEquals(List.of(0), viewerCounts());
    }

    @Test
    void aSlowReadingIsNeverOvertakenByALaterOne() {
        store.slow = true;
        feed.subscribe(PAGE, received::add);
        feed.deliver();
        join(ALICE, PAGE);
        feed.deliver();
        assertEquals(1, store.pending.size());

        store.completeNext();
        feed.deliver();
        assertEquals(1, store.pending.size());
        store.completeNext();

        assertEquals(List.of(0, 1), viewerCounts());
    }

    // --- Dead subscribers

    @Test
    void aSubscriberThatFailsIsDroppedAndTheOthersGetTheirSnapshot() {
        feed.subscribe(PAGE, PresenceFeedTest::fail);
        subscribed(PAGE);

        join(ALICE, PAGE);
        feed.deliver();

        assertEquals(List.of(0, 1), viewerCounts());
        assertEquals(1, store.watched.get(PAGE));
    }

    @Test
    void aPageIsForgottenWithItsLastSubscriberThatFails() {
        feed.subscribe(PAGE, PresenceFeedTest::fail);

        feed.deliver();

        assertEquals(0, feed.watchedPages());
        assertEquals(0, store.watched.get(PAGE));
        subscribed(PAGE);
        assertEquals(List.of(0), viewerCounts());
    }

    @Test
    void subscribersThatFailHoldNoReadingUp() {
        for (var i = 0; i < 300; i++) {
            feed.subscribe(new PagePath("/docs/" + i), PresenceFeedTest::fail);
            feed.deliver();
        }

        subscribed(PAGE);

        assertEquals(List.of(0), viewerCounts());
    }

    // S3: who joins and then opens a stream must see the join
    @Test
    void aNewcomerGetsNoReadingThatBeganBeforeItsSubscription() {
        store.slow = true;
        feed.subscribe(PAGE, snapshot -> {});
        feed.deliver();
        join(ALICE, PAGE);

        feed.subscribe(PAGE, received::add);
        store.completeNext();
        assertEquals(List.of(), viewerCounts());
        feed.deliver();
        store.completeNext();

        assertEquals(List.of(1), viewerCounts());
    }

    private Subscription subscribed(PagePath page) {
        var subscription = feed.subscribe(page, received::add);
        feed.deliver();
        return subscription;
    }

    private static void fail(PresenceSnapshot snapshot) {
        throw new IllegalStateException("nobody is at the other end");
    }

    private List<Integer> viewerCounts() {
        return received.stream().map(PresenceSnapshot::viewerCount).toList();
    }

    private void join(User user, PagePath page) {
        registry.join(user, new Heartbeat(new TabId(1, 2), page, null, true, null))
                .await()
                .indefinitely();
    }

    private void heartbeat(User user, PagePath page, boolean editing) {
        registry.heartbeat(user, new Heartbeat(new TabId(1, 2), page, editing, true, null))
                .await()
                .indefinitely();
    }

    private void leave(User user, PagePath page) {
        registry.leave(user, new Leave(new TabId(1, 2), page, false, null))
                .await()
                .indefinitely();
    }

    /** A real store whose readings are counted, and can be made to fail or to wait. */
    private static final class ReadCountingStore implements PresenceStore {

        private final PresenceStore store;
        private final List<Consumer<PagePath>> listeners = new ArrayList<>();
        private final AtomicInteger reads = new AtomicInteger();
        private final Map<PagePath, Integer> watched = new HashMap<>();
        private final Deque<Runnable> pending = new ArrayDeque<>();
        private boolean failing;
        private boolean slow;

        ReadCountingStore(PresenceStore store) {
            this.store = store;
            store.onChange(this::announce);
        }

        void announce(PagePath page) {
            listeners.forEach(listener -> listener.accept(page));
        }

        void completeNext() {
            pending.remove().run();
        }

        @Override
        public Uni<PresenceSnapshot> read(PagePath page, Instant now) {
            reads.incrementAndGet();
            if (failing) {
                return Uni.createFrom().failure(new IllegalStateException("the store is down"));
            }
            var snapshot = store.read(page, now).await().indefinitely();
            return slow
                    ? Uni.createFrom()
                            .emitter((UniEmitter<? super PresenceSnapshot> emitter) ->
                                    pending.add(() -> emitter.complete(snapshot)))
                    : Uni.createFrom().item(snapshot);
        }

        @Override
        public Uni<HeartbeatAnswer> renew(User user, Heartbeat heartbeat, boolean joining, Duration life, Instant now) {
            return store.renew(user, heartbeat, joining, life, now);
        }

        @Override
        public Uni<Void> leave(User user, Leave leave, Duration grace, Instant now) {
            return store.leave(user, leave, grace, now);
        }

        @Override
        public Uni<LeaseAnswer> command(User user, LeaseCommand command, Duration lasts, Instant now) {
            return store.command(user, command, lasts, now);
        }

        @Override
        public Uni<Optional<Lease>> lease(PagePath page, @Nullable Section section, Instant now) {
            return store.lease(page, section, now);
        }

        @Override
        public Uni<Optional<Instant>> lastSeen(UserId user, TabId tab, Instant now) {
            return store.lastSeen(user, tab, now);
        }

        @Override
        public Uni<Occupancy> sweep(Instant now) {
            return store.sweep(now);
        }

        @Override
        public Uni<Occupancy> occupancy() {
            return store.occupancy();
        }

        @Override
        public Uni<List<PagePath>> pagesUnder(PagePath prefix, int most) {
            return store.pagesUnder(prefix, most);
        }

        @Override
        public void onChange(Consumer<PagePath> listener) {
            listeners.add(listener);
        }

        @Override
        public void onTakeOver(Consumer<TakenOver> listener) {}

        @Override
        public Watch watch(PagePath page) {
            watched.merge(page, 1, Integer::sum);
            return () -> watched.merge(page, -1, Integer::sum);
        }
    }
}
