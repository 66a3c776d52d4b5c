package dev.copresence.store.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.copresence.Editing;
import dev.copresence.Heartbeat;
import dev.copresence.HeartbeatAnswer;
import dev.copresence.Lease;
import dev.copresence.ManualClock;
import dev.copresence.PagePath;
import dev.copresence.TabId;
import dev.copresence.TestConfig;
import dev.copresence.User;
import dev.copresence.UserId;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three machines and a Redis, each with clocks of its own, which are set, or stand still. Whatever they do nobody who is there
 * vanishes, nobody who has gone stays, no fence falls, the editor keeps the lease, and it is told when a clock is wrong.
 */
class ClocksTest {

    private static final PagePath PAGE = new PagePath("/docs/a");
    private static final Duration LIFE = Duration.ofSeconds(45);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final int EDITOR = 1;
    private static final int SECOND = 2;
    private static final int THIRD = 3;

    private static Optional<ClockOfRedis> clockOfRedis;
    private static RedisServer redis;
    private static RedisStores stores;

    private final List<Machine> machines = new ArrayList<>();
    private Machine a;
    private Machine b;
    private Machine c;
    private long highestFence;
    private int seconds;

    @BeforeAll
    static void startRedis() {
        clockOfRedis = ClockOfRedis.find();
        redis = clockOfRedis.map(ClockOfRedis::start).orElseGet(RedisServer::start);
        stores = new RedisStores();
    }

    @AfterAll
    static void stopRedis() {
        stores.close();
        redis.close();
    }

    @BeforeEach
    void openStores() {
        clockOfRedis.ifPresent(clock -> clock.set(Duration.ZERO));
        redis.ask("FLUSHALL");
        a = new Machine(EDITOR);
        b = new Machine(SECOND);
        c = new Machine(THIRD);
        go(16);
        assertEquals(Set.of(EDITOR, SECOND, THIRD), a.seen());
    }

    @AfterEach
    void closeStores() {
        stores.closeStores();
    }

    // --- The wall clock of a machine

    @ParameterizedTest
    @ValueSource(longs = {-172_800, -3600, -3, 3, 400, 172_800})
    void aStepOfAMachinesWallClockMovesNobodyAndIsTold(long step) { // T3
        assumeClockOfRedis();
        a.wall.advance(Duration.ofSeconds(step));

        goOnAsIfNothingHadHappened(50);

        assertTrue(a.clock.isSkewed(), () -> a.clock.skewMillis() + " ms");
        assertFalse(b.clock.isSkewed(), () -> b.clock.skewMillis() + " ms");
        a.wall.advance(Duration.ofSeconds(-step));
        goOnAsIfNothingHadHappened(2);
        assertFalse(a.clock.isSkewed(), () -> a.clock.skewMillis() + " ms");
    }

    @Test
    void aSmallStepOfAMachinesWallClockIsNotTold() { // T3
        assumeClockOfRedis();
        a.wall.advance(Duration.ofMillis(1500));

        goOnAsIfNothingHadHappened(2);

        assertFalse(a.clock.isSkewed(), () -> a.clock.skewMillis() + " ms");
    }

    // --- The wall clock of Redis

    @ParameterizedTest
    @ValueSource(longs = {-864_000, -3600, -75, -3, 3, 60, 400, 3600, 864_000})
    void aStepOfTheClockOfRedisMovesNobodyAndIsTold(long step) { // T3, E1, E2
        assumeClockOfRedis();
        clockOfRedis.orElseThrow().move(Duration.ofSeconds(step));

        goOnAsIfNothingHadHappened(50);

        machines.forEach(one -> assertTrue(one.clock.isSkewed(), () -> one.clock.skewMillis() + " ms"));
        clockOfRedis.orElseThrow().move(Duration.ofSeconds(-step));
        goOnAsIfNothingHadHappened(2);
        machines.forEach(one -> assertFalse(one.clock.isSkewed(), () -> one.clock.skewMillis() + " ms"));
    }

    /** What a step forward does to all keys that vanish by themselves, on any Redis. */
    @ParameterizedTest
    @ValueSource(longs = {60, 400, 3600, 86_400, 864_000})
    void keysThatAreOlderThanTheyWereMoveNobody(long step) { // T3
        redis.ask(
                "EVAL",
                "for _, key in ipairs(redis.call('KEYS', '*')) do "
                        + "redis.call('PEXPIRE', key, redis.call('PTTL', key) - ARGV[1]) end",
                "0",
                Long.toString(step * 1000));

        goOnAsIfNothingHadHappened(50);
    }

    @ParameterizedTest
    @ValueSource(longs = {-3600, 400, 3600})
    void aMachineThatStartsInTheSecondOfAStepOfRedisMovesNobody(long step) { // T3
        assumeClockOfRedis();
        clockOfRedis.orElseThrow().move(Duration.ofSeconds(step));

        var late = new Machine(4);

        assertEquals(Set.of(EDITOR, SECOND, THIRD), late.seen());
        goOnAsIfNothingHadHappened(50);
        assertTrue(late.isInTimeWith(a), () -> late.clock.instant() + " and " + a.clock.instant());
    }

    // --- The monotonic clock of a machine

    @ParameterizedTest
    @ValueSource(longs = {1, 10, 30})
    void aMachineThatWasSuspendedForLessThanALifeMovesNobody(long stop) { // T3
        assumeClockOfRedis();
        suspend(a, stop, true);

        a.beat();
        goOnAsIfNothingHadHappened(50);

        assertEquals(stop > 1, a.clock.isSkewed(), () -> a.clock.skewMillis() + " ms");
    }

    @ParameterizedTest
    @ValueSource(longs = {50, 75, 600, 3600})
    void whoBeatsOnAMachineThatWasSuspendedIsSeenAtOnce(long stop) { // T3
        assumeClockOfRedis();
        suspend(c, stop, true);
        assertEquals(Set.of(EDITOR, SECOND), a.seen());

        c.beat();

        assertEquals(Set.of(EDITOR, SECOND, THIRD), a.seen());
        assertEquals(Set.of(EDITOR, SECOND, THIRD), c.seen());
        goOnAsIfNothingHadHappened(50);
        assertTrue(c.clock.isSkewed(), () -> c.clock.skewMillis() + " ms");
        assertFalse(a.clock.isSkewed(), () -> a.clock.skewMillis() + " ms");
        go(600);
        assertFalse(c.clock.isSkewed(), () -> c.clock.skewMillis() + " ms");
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 30, 75, 3600})
    void aMachineWhoseWallClockStoodStillTooIsNoOtherCase(long stop) { // T3
        suspend(c, stop, false);

        c.beat();

        assertEquals(Set.of(EDITOR, SECOND, THIRD), a.seen());
        goOnAsIfNothingHadHappened(50);
        assertTrue(c.isInTimeWith(a), () -> c.clock.instant() + " and " + a.clock.instant());
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 75, 3600})
    void aListOnAMachineThatWasSuspendedShowsNobodyWhoHasGone(long stop) { // T2, T3
        suspend(c, stop, true);
        var there = a.seen();

        assertEquals(there, c.seen());
    }

    @ParameterizedTest
    @ValueSource(longs = {75, 3600})
    void theSweepOfAMachineThatWasSuspendedMakesUpForIt(long stop) { // T3
        suspend(c, stop, true);

        c.sweep();

        assertTrue(c.isInTimeWith(a), () -> c.clock.instant() + " and " + a.clock.instant());
        c.beat();
        assertEquals(Set.of(EDITOR, SECOND, THIRD), a.seen());
    }

    @Test
    void anEditorOnAMachineThatWasSuspendedKeepsOneFenceAfterwards() { // E2
        suspend(a, 75, true);
        a.beat();
        var lease = b.lease().orElseThrow();
        assertEquals(user(SECOND).id(), lease.holder().id());

        goOnAsIfNothingHadHappened(50);

        assertEquals(lease, b.lease().orElseThrow());
    }

    @Test
    void oneMachineAloneThatWasSuspendedGoesOn() { // T3
        stores.closeStores();
        machines.clear();
        redis.ask("FLUSHALL");
        a = new Machine(EDITOR);
        go(5);

        suspend(a, 3600, true);

        goOnAsIfNothingHadHappened(50);
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 75, 3600})
    void whateverTheTimeOfAMachineWasAllAgreeAfterItHasRunAhead(long step) { // T3
        c.monotonic.advance(Duration.ofSeconds(step));
        go(20);

        goOnAsIfNothingHadHappened(50);

        assertTrue(c.isInTimeWith(a), () -> c.clock.instant() + " and " + a.clock.instant());
        assertTrue(a.isInTimeWith(b), () -> a.clock.instant() + " and " + b.clock.instant());
    }

    // --- Who has gone

    @ParameterizedTest
    @ValueSource(longs = {-3600, 0, 3600})
    void whoHasGoneIsGoneAfterALifeWhateverClocksSay(long step) { // T2
        a.wall.advance(Duration.ofSeconds(step));
        clockOfRedis.ifPresent(clock -> clock.move(Duration.ofSeconds(-step)));
        machines.forEach(Machine::sweep);
        var gone = new Machine(4);
        gone.beat();
        assertTrue(b.seen().contains(4));
        machines.remove(gone);

        go(44);
        assertTrue(b.seen().contains(4));
        go(3);

        assertEquals(Set.of(EDITOR, SECOND, THIRD), b.seen());
    }

    @Test
    void nobodyIsThereWhenAllMachinesStartAgainAfterAnHour() { // T2
        assumeClockOfRedis();
        stores.closeStores();
        machines.clear();
        clockOfRedis.orElseThrow().move(Duration.ofHours(1));

        var again = new Machine(4);

        assertEquals(Set.of(), again.seen());
    }

    // --- Fences

    @ParameterizedTest
    @ValueSource(longs = {-172_800, -3600, -75, 0, 75, 3600})
    void fencesRiseThroughALossOfRedisWhateverTheClockOfTheNextOneIs(long step) { // E2
        if (step != 0) {
            assumeClockOfRedis();
        }
        for (var loss = 0; loss < 3; loss++) {
            var before = highestFence;
            redis.ask("FLUSHALL");
            clockOfRedis.ifPresent(clock -> clock.move(Duration.ofSeconds(step)));

            // Whoever comes first, the one who gave the last fence or another.
            machines.get(loss % 3).beatAndClaim();

            assertTrue(highestFence > before, () -> highestFence + " after " + before);
            go(5);
        }
    }

    @Test
    void aFenceThatNobodyElseHasSeenIsNotGivenAgainAfterALoss() { // E2
        assumeClockOfRedis();
        clockOfRedis.orElseThrow().move(Duration.ofHours(1));
        redis.ask("FLUSHALL");
        go(2);
        a.beatAndClaim();
        var given = highestFence;
        go(2);
        clockOfRedis.orElseThrow().move(Duration.ofHours(-1));
        redis.ask("FLUSHALL");

        var late = new Machine(4);
        go(1);
        late.beatAndClaim();

        assertTrue(highestFence > given, () -> highestFence + " after " + given);
    }

    // --- Helpers

    private static void assumeClockOfRedis() {
        assumeTrue(
                clockOfRedis.isPresent(), "there is no gcc, or no redis-server that takes a library, on this machine");
    }

    /** Everybody beats as clients do, sweeps run, time passes for all that do not stand still; fences may only rise. */
    private void go(int howLong) {
        for (var second = 0; second < howLong; second++) {
            tick(null);
            if (isLookedAt(second)) {
                machines.forEach(Machine::sweep);
            }
            if (seconds % 15 == 0 || second == 0) {
                machines.forEach(Machine::beat);
            }
        }
    }

    /** Each of the first seconds after something has happened, and some of those that follow. */
    private static boolean isLookedAt(int second) {
        return second < 2 || second % 10 == 9;
    }

    private void goOnAsIfNothingHadHappened(int howLong) {
        var there = machines.stream().map(machine -> machine.number).collect(Collectors.toSet());
        machines.forEach(Machine::beat);
        var lease = a.lease().orElseThrow();
        for (var second = 0; second < howLong; second++) {
            go(1);
            for (var machine : machines) {
                assertEquals(there, machine.seen(), "after " + second + " s, on " + machine.number);
            }
            assertEquals(
                    lease,
                    b == null || !machines.contains(b)
                            ? a.lease().orElseThrow()
                            : b.lease().orElseThrow());
        }
    }

    private void tick(@Nullable Machine suspended) {
        seconds++;
        for (var machine : machines) {
            if (machine != suspended) {
                machine.monotonic.advance(TICK);
                machine.wall.advance(TICK);
            }
        }
        clockOfRedis.ifPresent(clock -> clock.move(TICK));
    }

    /** The machine stands still and with it its monotonic clock, while time passes for the others. */
    private void suspend(Machine machine, long howLong, boolean isWallRight) {
        for (var second = 0; second < howLong; second++) {
            tick(machine);
            if (howLong - second < 3 || seconds % 15 == 0) {
                for (var other : machines) {
                    if (other != machine) {
                        other.sweep();
                        if (seconds % 15 == 0 || second == 0) {
                            other.beat();
                        }
                    }
                }
            }
        }
        if (isWallRight) {
            machine.wall.advance(Duration.ofSeconds(howLong));
        }
        machines.stream().filter(other -> other != machine).forEach(Machine::beat);
    }

    private static Instant wallOfRedis() {
        var seconds = redis.ask(
                "EVAL", "local time = redis.call('TIME') return time[1] * 1000 + math.floor(time[2] / 1000)", "0");
        return Instant.ofEpochMilli(Long.parseLong(seconds));
    }

    private static User user(int number) {
        return new User(new UserId("u-" + number), "User " + number, null);
    }

    private static <T> T answerOf(Uni<T> answer) {
        return answer.await().atMost(Duration.ofSeconds(20));
    }

    /** An instance on a machine of its own, with one tab that beats there; that of 1 and 2 claims the page. */
    private final class Machine {

        final int number;
        final ManualClock monotonic = new ManualClock(Instant.EPOCH);
        final ManualClock wall = new ManualClock(
                machines.isEmpty() ? wallOfRedis() : machines.get(0).wall.instant());
        final SharedClock clock = new SharedClock(monotonic, wall);
        final RedisPresenceStore store;

        Machine(int number) {
            this.number = number;
            store = stores.open(TestConfig.defaults(), clock, new RedisOptions().setConnectionString(redis.address()));
            machines.add(this);
        }

        void sweep() {
            answerOf(store.sweep(clock.instant()));
        }

        void beat() {
            beat(number < THIRD);
        }

        void beatAndClaim() {
            beat(true);
            lease();
        }

        private void beat(boolean editing) {
            HeartbeatAnswer beat = answerOf(store.renew(
                    user(number),
                    new Heartbeat(new TabId(0, number), PAGE, editing, true, null),
                    false,
                    LIFE,
                    clock.instant()));
            if (beat.editing() instanceof Editing.Granted granted) {
                note(granted.fence());
            }
        }

        Optional<Lease> lease() {
            var lease = answerOf(store.lease(PAGE, null, clock.instant()));
            lease.ifPresent(found -> note(found.fence()));
            return lease;
        }

        private void note(long fence) {
            assertTrue(fence >= highestFence, () -> "a fence fell from " + highestFence + " to " + fence);
            highestFence = fence;
        }

        Set<Integer> seen() {
            return answerOf(store.read(PAGE, clock.instant())).viewers().stream()
                    .map(viewer -> Integer.parseInt(viewer.user().id().value().substring(2)))
                    .collect(Collectors.toSet());
        }

        boolean isInTimeWith(Machine other) {
            var apart = Duration.between(clock.instant(), other.clock.instant()).abs();
            return apart.compareTo(Duration.ofMillis(1500)) < 0;
        }
    }
}
