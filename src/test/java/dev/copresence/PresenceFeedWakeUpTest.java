package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.PresenceFeed.Subscription;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whether everybody gets their news in time from a courier that acts only when it is woken and at the time that it was told,
 * over a store that answers later, in any order, or not at all. Nothing refreshes.
 */
class PresenceFeedWakeUpTest {

    private static final PagePath PAGE = new PagePath("/docs/a");
    private static final Duration COALESCE = Duration.ofMillis(250);
    private static final Duration LATENCY = Duration.ofMillis(40);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final World world = new World();

    // --- The cases that were seen

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 20, 39, 40, 41, 100, 249, 250})
    void whoSubscribesDuringAReadingGetsAFirstSnapshotAfterOneMore(int laterMillis) { // S3
        var first = world.subscribe(PAGE);
        world.pass(Duration.ofMillis(laterMillis));
        var second = world.subscribe(PAGE);

        world.pass(LATENCY.multipliedBy(2));

        assertEquals(List.of(0), first.received);
        assertEquals(List.of(0), second.received);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 39, 40, 41, 249, 250, 251})
    void aChangeDuringAReadingComesWithinTheCoalescingTime(int laterMillis) { // S3, T4
        var subscriber = world.subscribe(PAGE);
        world.pass(Duration.ofSeconds(1));
        world.change(PAGE);
        world.pass(Duration.ofMillis(laterMillis));
        world.change(PAGE);

        world.pass(COALESCE.plus(LATENCY.multipliedBy(2)));

        assertEquals(2, subscriber.newest());
    }

    @ParameterizedTest
    @EnumSource(names = {"FAILS", "THROWS", "NOTHING"})
    void aReadingThatEndsBadlyIsTriedAgainSoonWithoutARefresh(How how) { // F1
        world.how = how;
        var subscriber = world.subscribe(PAGE);
        world.pass(Duration.ofSeconds(3));
        assertEquals(List.of(), subscriber.received);

        world.how = How.LATER;
        world.change(PAGE);
        world.pass(Duration.ofMillis(1100).plus(LATENCY));

        assertEquals(1, subscriber.newest());
    }

    @ParameterizedTest
    @EnumSource(names = {"FAILS", "THROWS"})
    void aChangeWhoseReadingEndsBadlyIsNotLost(How how) { // F1
        var subscriber = world.subscribe(PAGE);
        world.pass(Duration.ofSeconds(1));
        world.how = how;
        world.change(PAGE);
        world.pass(LATENCY);

        world.how = How.LATER;
        world.pass(Duration.ofMillis(1100).plus(LATENCY));

        assertEquals(1, subscriber.newest());
    }

    @Test
    void aStoreThatIsAwayIsNotAskedAllTheTime() {
        world.how = How.THROWS;
        world.subscribe(PAGE);

        world.pass(Duration.ofSeconds(10));

        assertTrue(world.reads <= 11, () -> world.reads + " readings in 10 s");
    }

    @Test
    void moreThanCanBeReadAtOnceAreAllReadWithoutARefresh() {
        var subscribers = IntStream.range(0, 2000)
                .mapToObj(i -> world.subscribe(new PagePath("/docs/" + i)))
                .toList();

        world.pass(LATENCY.multipliedBy(9));

        assertTrue(subscribers.stream().allMatch(subscriber -> subscriber.received.equals(List.of(0))));
    }

    @Test
    void deliverGivesATimeThatIsYetToCome() {
        for (var i = 0; i < 400; i++) {
            world.subscribe(new PagePath("/docs/" + i % 300));
            world.change(new PagePath("/docs/" + i % 7));
            var next = world.feed.deliver();

            assertTrue(next.isEmpty() || next.get().isAfter(world.clock.instant()), next::toString);
            world.pass(Duration.ofMillis(7));
        }
    }

    @Test
    void aSubscriberThatSubscribesWhileItIsGivenASnapshotGetsThatToo() {
        world.how = How.AT_ONCE;
        var inner = new ArrayList<Subscriber>();
        world.feed.subscribe(PAGE, snapshot -> inner.add(world.subscribe(new PagePath("/docs/b"))));

        world.pass(LATENCY);

        assertEquals(List.of(0), inner.get(0).received);
    }

    @Test
    void anErrorInASubscriberEndsNoReading() {
        world.feed.subscribe(PAGE, snapshot -> {
            throw new AssertionError("a bug");
        });
        var other = world.subscribe(PAGE);
        world.pass(LATENCY.multipliedBy(2));
        world.change(PAGE);

        world.pass(COALESCE.plus(LATENCY));

        assertEquals(1, other.newest());
    }

    @Test
    void whoeverAnnouncesIsNotTroubledByACourierThatIsGone() {
        world.subscribe(PAGE);
        world.feed.onDue(() -> {
            throw new IllegalStateException("the event loop has ended");
        });

        world.change(PAGE);
        world.subscribe(PAGE);

        assertEquals(1, world.feed.watchedPages());
    }

    // --- All others

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void whateverHappensEverybodyHasTheNewestSnapshotInTime(long walk) { // S3, T4
        for (var round = 0; round < 20; round++) {
            new Walk(new Random(walk * 1000 + round)).go(false);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void whateverFailsEverybodyHasTheNewestSnapshotSoonAfterwards(long walk) { // F1
        for (var round = 0; round < 20; round++) {
            new Walk(new Random(walk * 1000 + round)).go(true);
        }
    }

    /** Real threads: answers come on others than that of the courier, subscribers come and go, announcements from anywhere. */
    @Test
    void answersThatComeOnOtherThreadsWakeTheCourier() throws InterruptedException {
        var threads = Executors.newScheduledThreadPool(4);
        var courier = Executors.newSingleThreadScheduledExecutor();
        try {
            var version = new AtomicInteger();
            var store =
                    new LaterStore(page -> Uni.createFrom().emitter((UniEmitter<? super PresenceSnapshot> emitter) -> {
                        var read = snapshot(page, version.get());
                        threads.schedule(() -> emitter.complete(read), 1, TimeUnit.MILLISECONDS);
                    }));
            var feed = new PresenceFeed(store, Instant::now, TestConfig.defaults());
            class Delivery implements Runnable {
                @Override
                public void run() {
                    feed.deliver()
                            .ifPresent(next -> courier.schedule(
                                    this,
                                    Math.max(
                                            1,
                                            Duration.between(Instant.now(), next)
                                                    .toMillis()),
                                    TimeUnit.MILLISECONDS));
                }
            }
            feed.onDue(() -> courier.execute(new Delivery()));
            var all = new CountDownLatch(200);
            for (var i = 0; i < 200; i++) {
                threads.execute(() -> {
                    version.incrementAndGet();
                    store.announce(PAGE);
                    var done = new AtomicInteger();
                    feed.subscribe(PAGE, got -> {
                        if (got.viewerCount() == 200 && done.getAndIncrement() == 0) {
                            all.countDown();
                        }
                    });
                });
            }

            assertTrue(all.await(30, TimeUnit.SECONDS), () -> all.getCount() + " have not got the newest");
        } finally {
            threads.shutdownNow();
            courier.shutdownNow();
        }
    }

    private static PresenceSnapshot snapshot(PagePath page, int version) {
        return new PresenceSnapshot(page, List.of(), null, version, version);
    }

    /** How a reading ends. */
    private enum How {
        AT_ONCE,
        LATER,
        FAILS,
        THROWS,
        NOTHING
    }

    /** Some seconds of chance, and then quiet. */
    private static final class Walk {

        private static final List<PagePath> PAGES =
                List.of(new PagePath("/a"), new PagePath("/b"), new PagePath("/c"), new PagePath("/d"));

        private final Random random;
        private final World world = new World();
        private final List<Subscriber> open = new ArrayList<>();

        Walk(Random random) {
            this.random = random;
            world.latency = () -> Duration.ofMillis(random.nextInt((int) LATENCY.toMillis() + 1));
        }

        void go(boolean failures) {
            for (var step = 0; step < 120; step++) {
                world.how = how(failures);
                act();
                if (random.nextInt(3) > 0) {
                    world.pass(Duration.ofMillis(random.nextInt(3) == 0 ? random.nextInt(400) : random.nextInt(5)));
                }
            }
            world.how = How.LATER;
            // A reading under way, the quiet time after it, and one more reading; or the retry of one that has failed.
            var longest = failures ? Duration.ofSeconds(1).plus(LATENCY.multipliedBy(3)) : LATENCY.multipliedBy(2);
            world.pass(longest.plus(COALESCE));
            for (var subscriber : open) {
                assertFalse(subscriber.received.isEmpty(), () -> "no snapshot of " + subscriber.page);
                assertEquals(world.versions.getOrDefault(subscriber.page, 0), subscriber.newest());
                assertEquals(
                        subscriber.received.stream().sorted().distinct().toList(), subscriber.received, "in order");
            }
        }

        private How how(boolean failures) {
            var chance = random.nextInt(10);
            if (failures && chance < 3) {
                return chance == 0 ? How.THROWS : How.FAILS;
            }
            return chance < 5 ? How.AT_ONCE : How.LATER;
        }

        private void act() {
            var page = PAGES.get(random.nextInt(PAGES.size()));
            switch (random.nextInt(6)) {
                case 0, 1 -> open.add(world.subscribe(page));
                case 2 -> {
                    if (!open.isEmpty()) {
                        open.remove(random.nextInt(open.size())).subscription.close();
                    }
                }
                default -> world.change(page);
            }
        }
    }

    private static final class Subscriber {

        final PagePath page;
        final List<Integer> received = new ArrayList<>();
        Subscription subscription;

        Subscriber(PagePath page, PresenceFeed feed) {
            this.page = page;
            this.subscription = feed.subscribe(page, snapshot -> received.add(snapshot.viewerCount()));
        }

        int newest() {
            return received.get(received.size() - 1);
        }
    }

    /** One thread, a time that goes from event to event, and a courier that does what it is told and no more. */
    private static final class World {

        private record Event(Instant at, int order, Runnable action) {}

        final ManualClock clock = new ManualClock(START);
        final Map<PagePath, Integer> versions = new HashMap<>();
        final LaterStore store = new LaterStore(this::read);
        final PresenceFeed feed = new PresenceFeed(store, clock, TestConfig.defaults());
        final PriorityQueue<Event> events =
                new PriorityQueue<>(Comparator.comparing(Event::at).thenComparing(Event::order));
        How how = How.LATER;
        Supplier<Duration> latency = () -> LATENCY;
        int reads;

        private int order;
        private boolean woken;
        private @Nullable Instant told;

        World() {
            feed.onDue(() -> {
                if (!woken) {
                    woken = true;
                    at(clock.instant(), this::deliver);
                }
            });
        }

        private void at(Instant when, Runnable action) {
            events.add(new Event(when, order++, action));
        }

        private void deliver() {
            woken = false;
            told = feed.deliver().orElse(null);
            if (told != null) {
                var mine = told;
                at(mine, () -> {
                    if (mine.equals(told)) {
                        deliver();
                    }
                });
            }
        }

        void pass(Duration time) {
            var end = clock.instant().plus(time);
            while (!events.isEmpty() && !events.peek().at().isAfter(end)) {
                var next = events.remove();
                if (next.at().isAfter(clock.instant())) {
                    clock.advance(Duration.between(clock.instant(), next.at()));
                }
                next.action().run();
            }
            clock.advance(Duration.between(clock.instant(), end));
        }

        Subscriber subscribe(PagePath page) {
            return new Subscriber(page, feed);
        }

        void change(PagePath page) {
            versions.merge(page, 1, Integer::sum);
            store.announce(page);
        }

        private Uni<PresenceSnapshot> read(PagePath page) {
            reads++;
            var found = snapshot(page, versions.getOrDefault(page, 0));
            return switch (how) {
                case AT_ONCE -> Uni.createFrom().item(found);
                case LATER ->
                    Uni.createFrom()
                            .emitter((UniEmitter<? super PresenceSnapshot> emitter) ->
                                    at(clock.instant().plus(latency.get()), () -> emitter.complete(found)));
                case FAILS ->
                    Uni.createFrom()
                            .emitter((UniEmitter<? super PresenceSnapshot> emitter) -> at(
                                    clock.instant().plus(latency.get()),
                                    () -> emitter.fail(new StoreUnavailableException("away"))));
                case THROWS -> throw new StoreUnavailableException("away");
                case NOTHING -> Uni.createFrom().nullItem();
            };
        }
    }

    /** A store of which the feed reads and hears, and no more. */
    private static final class LaterStore implements PresenceStore {

        private final Function<PagePath, Uni<PresenceSnapshot>> read;
        private final List<Consumer<PagePath>> listeners = new ArrayList<>();

        LaterStore(Function<PagePath, Uni<PresenceSnapshot>> read) {
            this.read = read;
        }

        void announce(PagePath page) {
            listeners.forEach(listener -> listener.accept(page));
        }

        @Override
        public Uni<PresenceSnapshot> read(PagePath page, Instant now) {
            return read.apply(page);
        }

        @Override
        public void onChange(Consumer<PagePath> listener) {
            listeners.add(listener);
        }

        @Override
        public void onTakeOver(Consumer<TakenOver> listener) {}

        @Override
        public Watch watch(PagePath page) {
            return () -> {};
        }

        @Override
        public Uni<HeartbeatAnswer> renew(User user, Heartbeat heartbeat, boolean joining, Duration life, Instant now) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Uni<Void> leave(User user, Leave leave, Duration grace, Instant now) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Uni<LeaseAnswer> command(User user, LeaseCommand command, Duration lasts, Instant now) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Uni<Optional<Lease>> lease(PagePath page, @Nullable Section section, Instant now) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Uni<Optional<Instant>> lastSeen(UserId user, TabId tab, Instant now) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Uni<Occupancy> sweep(Instant now) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Uni<Occupancy> occupancy() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Uni<List<PagePath>> pagesUnder(PagePath prefix, int most) {
            throw new UnsupportedOperationException();
        }
    }
}
