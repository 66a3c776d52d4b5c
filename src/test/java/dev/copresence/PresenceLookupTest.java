package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.copresence.store.memory.InMemoryPresenceStore;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rows of a list: what they cost, and that they are right (B1). */
class PresenceLookupTest {

    private static final PagePath PAGE = new PagePath("/tickets/7");
    private static final PagePath OTHER = new PagePath("/tickets/8");
    private static final User ANA = new User(new UserId("ana"), "Ana", null);
    private static final User BEN = new User(new UserId("ben"), "Ben", null);

    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final PresenceConfig config = TestConfig.with("copresence.lookup.rows", 300);
    private final CountedStore calls = new CountedStore(new InMemoryPresenceStore(config));
    private final PresenceStore store = calls.store();
    private final PresenceRegistry registry = new PresenceRegistry(store, clock, config);
    private final PresenceFeed feed = new PresenceFeed(store, clock, config);
    private final PresenceLookup lookup = new PresenceLookup(registry, feed, clock, config);

    PresenceLookupTest() {
        sweep();
    }

    @Test
    void eachPageIsToldInItsPlace() { // B1
        join(ANA, OTHER);

        var found = lookup(PAGE, OTHER, new PagePath("/tickets/9"));

        assertEquals(List.of(0, 1, 0), viewerCounts(found));
        assertEquals(OTHER, found.get(1).page());
    }

    @Test
    void nothingIsToldOfNoPages() { // B1
        assertEquals(List.of(), lookup());
    }

    @Test
    void twoHundredKnownRowsAskTheStoreNothingWhenNothingHasChanged() { // B1
        var pages = IntStream.range(0, 200)
                .mapToObj(number -> new PagePath("/tickets/" + number))
                .toList();
        join(ANA, PAGE);
        lookup(pages);
        feed.deliver();
        var before = calls.count;

        for (var i = 0; i < 100; i++) {
            assertEquals(1, lookup(pages).get(7).viewerCount());
        }

        assertEquals(before, calls.count);
    }

    @Test
    void aChangeIsInTheNextLookupOnceItWasHandedOut() { // B1
        lookup(PAGE, OTHER);
        feed.deliver();

        join(ANA, PAGE);
        feed.deliver();
        assertEquals(List.of(1, 0), viewerCounts(lookup(PAGE, OTHER)));
        join(BEN, PAGE);
        clock.advance(config.push().coalesce());
        sweep();
        feed.deliver();

        assertEquals(List.of(2, 0), viewerCounts(lookup(PAGE, OTHER)));
    }

    @Test
    void whoWasNotHeardOfInTimeIsInNoLookupOnceTheSweepHasRun() { // B1, T4
        join(ANA, PAGE);
        lookup(PAGE);
        feed.deliver();

        clock.advance(config.ttl().plusMillis(1));
        sweep();
        feed.deliver();

        assertEquals(List.of(0), viewerCounts(lookup(PAGE)));
    }

    @Test
    void unchangedRowsAreTheSameObjects() { // B1
        join(ANA, PAGE);
        lookup(PAGE);
        feed.deliver();

        assertSame(lookup(PAGE).get(0), lookup(PAGE).get(0));
    }

    // --- What is kept

    @Test
    void aRowIsGivenUpAMinuteAfterItWasAskedForLast() { // B1
        lookup(PAGE, OTHER);
        clock.advance(Duration.ofSeconds(40));
        sweep();
        lookup(OTHER);

        clock.advance(Duration.ofSeconds(21));
        lookup.forget();

        assertEquals(1, lookup.rows());
        assertEquals(1, feed.watchedPages());
        clock.advance(Duration.ofSeconds(40));
        lookup.forget();
        assertEquals(0, feed.watchedPages());
    }

    @Test
    void beyondTheLimitThoseThatWereNotAskedForLongestAreGivenUp() { // B1
        lookup(pages(0, 200));
        lookup(pages(0, 100));

        lookup(pages(200, 400));

        assertEquals(300, lookup.rows());
        assertEquals(300, feed.watchedPages());
        feed.deliver();
        var before = calls.count;
        lookup(pages(0, 100));
        assertEquals(before, calls.count);
        lookup(pages(100, 101));
        feed.deliver();
        assertEquals(300, feed.watchedPages());
    }

    // --- Who asks at once, and while the store is away

    @Test
    void whoAskAtOnceWaitForOneReading() { // B1
        calls.isSlow = true;
        var before = calls.count;
        var answers = new ArrayList<List<PresenceSnapshot>>();

        for (var i = 0; i < 1000; i++) {
            lookup.of(List.of(PAGE)).subscribe().with(answers::add);
        }
        // The watch and the reading; the feed has read nothing yet.
        assertEquals(before + 2, calls.count);
        calls.answerAll();

        assertEquals(1000, answers.size());
    }

    @Test
    void aReadingThatComesLateTakesNoNewerSnapshotAway() { // B1
        calls.isSlow = true;
        lookup.of(List.of(PAGE)).subscribe().with(found -> {});
        calls.isSlow = false;
        join(ANA, PAGE);
        feed.deliver();

        calls.answerAll();

        assertEquals(List.of(1), viewerCounts(lookup(PAGE)));
    }

    @Test
    void whileTheStoreIsAwayNobodyIsReportedAsAbsent() { // B1, F1
        join(ANA, PAGE);
        lookup(PAGE);
        feed.deliver();
        calls.isAway = true;
        assertThrows(StoreUnavailableException.class, this::sweep);

        assertThrows(StoreUnavailableException.class, () -> lookup(PAGE));

        calls.isAway = false;
        assertEquals(List.of(1), viewerCounts(lookup(PAGE)));
        assertEquals(0, lookup.rows());
        sweep();
        assertEquals(List.of(1), viewerCounts(lookup(PAGE)));
        assertEquals(1, lookup.rows());
    }

    @Test
    void aPageThatCannotBeReadIsAskedForAgainByTheNextLookup() { // B1, F1
        calls.isAway = true;
        assertThrows(StoreUnavailableException.class, () -> lookup(PAGE));
        calls.isAway = false;

        assertEquals(List.of(0), viewerCounts(lookup(PAGE)));
    }

    @Test
    void withoutSweepsTheStoreIsAsked() { // B1, F1
        lookup(PAGE);
        feed.deliver();
        clock.advance(config.sweepEvery().plusSeconds(5).plusMillis(1));
        var before = calls.count;

        lookup(PAGE);

        assertEquals(before + 1, calls.count);
    }

    private static List<PagePath> pages(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(number -> new PagePath("/many/" + number))
                .toList();
    }

    private List<PresenceSnapshot> lookup(PagePath... pages) {
        return lookup(List.of(pages));
    }

    private List<PresenceSnapshot> lookup(List<PagePath> pages) {
        return lookup.of(pages).await().indefinitely();
    }

    private static List<Integer> viewerCounts(List<PresenceSnapshot> found) {
        return found.stream().map(PresenceSnapshot::viewerCount).toList();
    }

    private void sweep() {
        registry.cleanup().await().indefinitely();
    }

    private void join(User user, PagePath page) {
        registry.join(user, new Heartbeat(new TabId(1, 2), page, null, true, null))
                .await()
                .indefinitely();
    }

    /** A real store whose calls are counted, and which can be slow, or away. */
    private static final class CountedStore {

        private final PresenceStore store;
        private final Queue<Runnable> waiting = new ArrayDeque<>();
        private int count;
        private boolean isSlow;
        private boolean isAway;

        CountedStore(PresenceStore store) {
            this.store = store;
        }

        PresenceStore store() {
            return (PresenceStore) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {PresenceStore.class}, this::call);
        }

        private @Nullable Object call(Object proxy, Method method, Object[] arguments) throws Throwable {
            count++;
            if (isAway && Uni.class.isAssignableFrom(method.getReturnType())) {
                return Uni.createFrom().failure(new StoreUnavailableException("away"));
            }
            Object answer;
            try {
                answer = method.invoke(store, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
            if (isSlow && answer instanceof Uni<?> uni) {
                var item = uni.await().atMost(Duration.ofSeconds(1));
                return Uni.createFrom()
                        .emitter((UniEmitter<? super Object> emitter) -> waiting.add(() -> emitter.complete(item)));
            }
            return answer;
        }

        void answerAll() {
            while (!waiting.isEmpty()) {
                waiting.remove().run();
            }
        }
    }
}
