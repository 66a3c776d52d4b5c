package dev.copresence.store.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.Editing;
import dev.copresence.Heartbeat;
import dev.copresence.LeaseCommand;
import dev.copresence.LeaseRefusedException;
import dev.copresence.Leave;
import dev.copresence.Occupancy;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceStore;
import dev.copresence.TabId;
import dev.copresence.User;
import dev.copresence.UserId;
import dev.copresence.store.contract.PresenceStoreContract;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InMemoryPresenceStoreTest extends PresenceStoreContract {

    @Override
    protected PresenceStore emptyStore(PresenceConfig config) {
        return new InMemoryPresenceStore(config);
    }

    @Test
    void anAnswerIsThereWhenTheCallReturns() {
        tabOf(ANA).joins(PAGE);

        var answer = store.read(PAGE, clock.instant()).subscribeAsCompletionStage();

        assertTrue(answer.isDone());
    }

    @Test
    void listenersAreToldWithoutTheLock() {
        var held = new HashSet<Boolean>();
        store.onChange(page -> held.add(Thread.holdsLock(store)));

        tabOf(ANA).joins(PAGE);

        assertEquals(Set.of(false), held);
    }

    // S4: readers share one snapshot until there is news
    @Test
    void theSnapshotIsDrawnOncePerChange() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        var drawn = read(PAGE);

        var beat = ana.beats(PAGE);

        assertSame(drawn, beat.snapshot());
        assertSame(drawn, read(PAGE));
    }

    // E1, E2, R2, R3: one holder at any moment, under fences that only rise
    @Test
    void aThousandTabsThatClaimHandOverAndCrashAtOnceHaveOneHolderAtAnyMoment() throws Exception {
        var struggle = new Struggle();
        var threads = Executors.newFixedThreadPool(Struggle.THREADS);

        var parties = IntStream.range(0, Struggle.THREADS)
                .mapToObj(number -> threads.submit(() -> struggle.take(number)))
                .toList();
        for (var party : parties) {
            party.get(60, TimeUnit.SECONDS);
        }
        threads.shutdown();

        struggle.check();
    }

    /** Tabs of a thousand users that fight for one page from many threads, while time goes on with each call. */
    private final class Struggle {

        static final int THREADS = 8;
        private static final int TABS_OF_A_THREAD = 125;
        private static final int CALLS = 20_000;

        /** So long that some tabs are not chosen in it, as if they had crashed; four calls take a ms. */
        private static final Duration SHORT_LIFE = Duration.ofMillis(4_000);

        private static final Duration SHORT_ANSWER = Duration.ofMillis(100);

        private final AtomicLong calls = new AtomicLong();
        private final AtomicLong highest = new AtomicLong();
        private final Map<Long, User> holders = new ConcurrentHashMap<>();

        void take(int thread) {
            var random = new Random(thread);
            var tabs = IntStream.range(0, TABS_OF_A_THREAD)
                    .mapToObj(i -> thread * TABS_OF_A_THREAD + i)
                    .toList();
            var favourite = tabs.get(0);
            for (var i = 0; i < CALLS; i++) {
                var tab = random.nextInt(3) == 0 ? favourite : tabs.get(random.nextInt(tabs.size()));
                var before = highest.get();
                var editing = act(tab, random);
                if (editing instanceof Editing.Granted granted) {
                    favourite = tab;
                    note(granted.fence(), user(tab), before);
                }
                var known = highest.get();
                store.lease(PAGE, null, now())
                        .await()
                        .indefinitely()
                        .ifPresent(lease -> note(lease.fence(), lease.holder(), known));
            }
        }

        /** Nobody holds what another has held, nor with an older fence than somebody was told of before. */
        private void note(long fence, User user, long before) {
            var known = holders.putIfAbsent(fence, user);
            assertTrue(known == null || known.equals(user), () -> fence + " is " + known + "'s and " + user + "'s");
            assertTrue(fence >= before, () -> fence + " after " + before);
            highest.accumulateAndGet(fence, Math::max);
        }

        private @Nullable Editing act(int tab, Random random) {
            return switch (random.nextInt(16)) {
                case 0 -> beat(tab, false);
                case 1 -> leave(tab);
                case 2, 3, 4 -> call(tab, LeaseCommand.Kind.REQUEST);
                case 5, 6 -> call(tab, LeaseCommand.Kind.HAND_OVER);
                case 7 -> call(tab, LeaseCommand.Kind.KEEP);
                case 8 -> random.nextInt(50) == 0 ? call(tab, LeaseCommand.Kind.TAKE_OVER) : null;
                default -> beat(tab, true);
            };
        }

        private @Nullable Editing beat(int tab, boolean editing) {
            var heartbeat = new Heartbeat(id(tab), PAGE, editing, true, null);
            return store.renew(user(tab), heartbeat, false, SHORT_LIFE, now())
                    .await()
                    .indefinitely()
                    .editing();
        }

        private @Nullable Editing leave(int tab) {
            store.leave(user(tab), new Leave(id(tab), PAGE, false, null), Duration.ZERO, now())
                    .await()
                    .indefinitely();
            return null;
        }

        private @Nullable Editing call(int tab, LeaseCommand.Kind kind) {
            try {
                return store.command(user(tab), new LeaseCommand(kind, id(tab), PAGE, null), SHORT_ANSWER, now())
                        .await()
                        .indefinitely()
                        .editing();
            } catch (LeaseRefusedException refused) {
                return null;
            }
        }

        private Instant now() {
            return clock.instant().plusMillis(calls.incrementAndGet() / 4);
        }

        private User user(int tab) {
            return new User(new UserId("u-" + tab), "User " + tab, null);
        }

        private TabId id(int tab) {
            return new TabId(9, tab);
        }

        /** All that can happen has, how often depends on the machine, and nothing is left of it once everybody has crashed. */
        void check() {
            var turns = occupancy().transfers();
            assertTrue(turns.handedOver() > 0, turns::toString);
            assertTrue(turns.overdue() > 0, turns::toString);
            assertTrue(turns.takenOver() > 0, turns::toString);
            assertTrue(occupancy().expired() > 0, () -> occupancy().toString());
            clock.advance(Duration.ofMillis(calls.get()).plus(SHORT_LIFE));
            sweep();
            var left = occupancy();
            assertEquals(new Occupancy(0, 0, 0, 0, left.expired(), left.transfers()), left);
        }
    }
}
