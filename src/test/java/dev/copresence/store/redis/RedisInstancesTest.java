package dev.copresence.store.redis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.Editing;
import dev.copresence.Heartbeat;
import dev.copresence.HeartbeatAnswer;
import dev.copresence.Lease;
import dev.copresence.LeaseAnswer;
import dev.copresence.LeaseCommand;
import dev.copresence.LeaseRefusedException;
import dev.copresence.Leave;
import dev.copresence.LimitExceededException;
import dev.copresence.ManualClock;
import dev.copresence.Occupancy;
import dev.copresence.PagePath;
import dev.copresence.PresenceSnapshot;
import dev.copresence.PresenceStore;
import dev.copresence.Section;
import dev.copresence.StoreUnavailableException;
import dev.copresence.TabId;
import dev.copresence.TakenOver;
import dev.copresence.TestConfig;
import dev.copresence.User;
import dev.copresence.UserId;
import dev.copresence.Viewer;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The view that instances on one real Redis have of one another, and what happens when it goes away. */
class RedisInstancesTest {

    private static final PagePath PAGE = new PagePath("/docs/a");
    private static final Section INTRO = new Section("intro");
    private static final Duration LIFE = Duration.ofSeconds(45);
    private static final Duration MILLISECOND = Duration.ofMillis(1);

    @RegisterExtension
    static final FreshRedis redis = new FreshRedis();

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
    private RedisPresenceStore here;
    private RedisPresenceStore there;

    @BeforeEach
    void openStores() {
        here = open();
        there = open();
    }

    // --- What is shared

    @Test
    void whoJoinsHereIsSeenThere() {
        beat(here, 1, false);

        assertEquals(List.of("User 1"), names(read(there)));
    }

    @Test
    void aViewerHasOneNumberOnAllInstances() { // A7
        beat(here, 1, false);
        beat(there, 2, false);
        var third = open();

        var snapshot = read(here);

        assertEquals(snapshot, read(there));
        assertEquals(snapshot, read(third));
        assertEquals(
                2, snapshot.viewers().stream().map(Viewer::arrival).distinct().count());
    }

    @Test
    void aTabIsUnlistedOnAllInstances() { // A8
        var unlisted = new Heartbeat(tab(2), PAGE, false, null, false, true, false, null);
        beat(here, 1, false);

        answerOf(there.renew(user(2), unlisted, true, LIFE, clock.instant()));
        answerOf(here.renew(user(2), unlisted, false, LIFE, clock.instant()));

        assertEquals(List.of("User 1"), names(read(here)));
        beat(there, 2, false);
        assertEquals(List.of("User 1", "User 2"), names(read(here)));
    }

    @Test
    void aTabIsKeptAliveByEitherInstance() {
        beat(here, 1, false);
        clock.advance(LIFE);

        beat(there, 1, false);
        clock.advance(LIFE);

        assertEquals(List.of("User 1"), names(read(here)));
        assertEquals(1, read(here).tabCount());
    }

    @Test
    void aTabThatMovesOnAnotherInstanceIsOnOnePage() { // I6
        var other = new PagePath("/docs/b");
        beat(here, 1, false);

        answerOf(there.renew(user(1), new Heartbeat(tab(1), other, null, true, null), false, LIFE, clock.instant()));

        assertEquals(0, read(here).tabCount());
        assertEquals(1, answerOf(here.read(other, clock.instant())).tabCount());
    }

    @Test
    void oneOfManySimultaneousClaimsHoldsTheLease() { // E1
        var answers = new ArrayList<CompletableFuture<HeartbeatAnswer>>();
        for (var i = 0; i < 200; i++) {
            answers.add(claim(i % 2 == 0 ? here : there, i));
        }
        var beats = answers.stream().map(CompletableFuture::join).toList();

        var holders = beats.stream()
                .filter(beat -> beat.editing() instanceof Editing.Granted)
                .count();
        assertEquals(1, holders);
        assertEquals(read(here), read(there));
        assertEquals(200, read(here).viewerCount());
    }

    @Test
    void fencesOfAPageRiseWhicheverInstanceGivesThem() { // E2
        var first = fenceOf(beat(here, 1, true));
        leave(there, 1);
        var second = fenceOf(beat(there, 2, true));
        leave(here, 2);
        var third = fenceOf(beat(here, 1, true));

        assertTrue(first < second && second < third, first + " < " + second + " < " + third);
    }

    @Test
    void fencesRiseAlthoughRedisWasEmptied() { // E2
        var first = fenceOf(beat(here, 1, true));
        redis.ask("FLUSHALL");

        var second = fenceOf(beat(there, 2, true));

        assertTrue(first < second, first + " < " + second);
    }

    @Test
    void aLeaseIsAskedForHereAndHandedOverThere() { // R2
        var before = fenceOf(beat(here, 1, true));
        beat(there, 2, true);
        call(there, 2, LeaseCommand.Kind.REQUEST, Duration.ofMinutes(1));

        var asked = assertInstanceOf(Editing.Granted.class, beat(here, 1, true).editing());
        var turn = call(here, 1, LeaseCommand.Kind.HAND_OVER, Duration.ZERO);

        assertEquals(new Editing.Request(user(2), Duration.ofMinutes(1)), asked.request());
        assertEquals(new Editing.Lost(user(2), user(2).id()), turn.editing());
        assertTrue(before < fenceOf(beat(there, 2, true)));
        assertEquals(user(2).id(), read(here).editor());
        assertEquals(
                new Occupancy.Transfers(1, 0, 0), answerOf(here.occupancy()).transfers());
    }

    @Test
    void aTakeOverThatIsAskedForHereIsToldWhereItIsSeenToBeDone() { // W5
        var toldHere = new ArrayList<TakenOver>();
        var toldThere = new ArrayList<TakenOver>();
        here.onTakeOver(toldHere::add);
        there.onTakeOver(toldThere::add);
        beat(here, 1, true);
        beat(here, 2, false);
        call(here, 2, LeaseCommand.Kind.TAKE_OVER, Duration.ofSeconds(5));
        clock.advance(Duration.ofSeconds(5));

        answerOf(there.sweep(clock.instant()));
        answerOf(here.sweep(clock.instant()));

        var fence = fenceOf(beat(here, 2, true));
        assertEquals(List.of(), toldHere);
        assertEquals(List.of(new TakenOver(PAGE, null, user(2).id(), user(1).id(), fence)), toldThere);
        assertEquals(
                new Occupancy.Transfers(0, 0, 1), answerOf(there.occupancy()).transfers());
        assertEquals(Occupancy.Transfers.NONE, answerOf(here.occupancy()).transfers());
    }

    @Test
    void aRequestThatNobodyAnswersIsHandedOverOnceHoweverManyInstancesSweep() { // R2
        beat(here, 1, true);
        beat(there, 2, true);
        call(there, 2, LeaseCommand.Kind.REQUEST, Duration.ofSeconds(30));
        var heard = watch(there);
        clock.advance(Duration.ofSeconds(30));

        var sweeps = IntStream.range(0, 6)
                .mapToObj(i -> (i % 2 == 0 ? here : there).sweep(clock.instant()))
                .toList();
        sweeps.forEach(RedisInstancesTest::answerOf);

        assertEquals(
                1,
                answerOf(here.occupancy()).transfers().overdue()
                        + answerOf(there.occupancy()).transfers().overdue());
        await().until(() -> heard.contains(PAGE));
        assertEquals(user(2), lease(here).orElseThrow().holder());
    }

    @Test
    void theEndOfTypingThatAnotherInstanceHasSweptIsAnnounced() { // R5, T4
        answerOf(here.renew(
                user(1),
                new Heartbeat(tab(1), PAGE, false, null, true, true, true, null),
                false,
                LIFE,
                clock.instant()));
        assertTrue(read(there).viewers().get(0).typing());
        var heard = watch(there);
        clock.advance(PresenceStore.TYPING.plus(MILLISECOND));

        answerOf(here.sweep(clock.instant()));

        await().until(() -> heard.contains(PAGE));
        assertFalse(read(there).viewers().get(0).typing());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whateverManyDoAtOnceALeaseHasOneHolderAndNoSaveIsLost(long draw) { // E1, E2, R1, R2, R3
        var crowd = new Crowd(draw);

        for (var round = 0; round < 4; round++) {
            crowd.acts(1000, round == 0 ? 1000 : 30);
            crowd.isOfOneMind();
            crowd.partlyStops();
            crowd.isOfOneMind();
        }
        crowd.countsEachTurn();
    }

    @Test
    void anExpiryIsCountedOnceHoweverManyInstancesSweep() { // T4
        for (var i = 0; i < 300; i++) {
            beat(here, i, false);
        }
        clock.advance(LIFE.plus(MILLISECOND));

        var sweeps = IntStream.range(0, 6)
                .mapToObj(i -> (i % 2 == 0 ? here : there).sweep(clock.instant()))
                .toList();
        sweeps.forEach(RedisInstancesTest::answerOf);

        assertEquals(
                300,
                answerOf(here.occupancy()).expired()
                        + answerOf(there.occupancy()).expired());
        assertEquals(0, answerOf(here.occupancy()).tabs());
    }

    @Test
    void aChangeElsewhereOfAWatchedPageIsAnnounced() {
        var heard = watch(there);

        beat(here, 1, false);

        await().until(() -> heard.contains(PAGE));
        assertEquals(1, read(there).viewerCount());
    }

    @Test
    void anExpiryThatAnotherInstanceHasSweptIsAnnounced() { // T4
        beat(here, 1, false);
        var heard = watch(there);
        clock.advance(LIFE.plus(MILLISECOND));

        answerOf(here.sweep(clock.instant()));

        await().until(() -> heard.contains(PAGE));
    }

    @Test
    void aChangeElsewhereOfAPageThatIsNoLongerWatchedIsNotAnnounced() {
        var other = new PagePath("/docs/b");
        Set<PagePath> heard = ConcurrentHashMap.newKeySet();
        there.onChange(heard::add);
        var closed = there.watch(PAGE);
        there.watch(other);
        await().until(() -> heard.containsAll(Set.of(PAGE, other)));
        closed.close();
        closed.close();
        await().until(() -> redis.ask("PUBSUB", "CHANNELS", "*/docs/*").equals("1"));
        heard.clear();

        beat(here, 1, false);
        answerOf(here.renew(user(2), new Heartbeat(tab(2), other, null, true, null), true, LIFE, clock.instant()));

        await().until(() -> heard.contains(other));
        assertEquals(Set.of(other), heard);
    }

    // --- What it costs

    @Test
    void aRenewalIsOneScript() {
        beat(here, 1, false);
        beat(here, 1, false);

        var calls = redis.scriptsOf(() -> IntStream.range(0, 10).forEach(i -> beat(here, 1, false)));

        assertEquals(10, calls);
    }

    @Test
    void aRenewalInASectionIsOneScript() {
        var reading = new Heartbeat(tab(1), PAGE, false, INTRO, false, true, true, null);
        var editing = new Heartbeat(tab(2), PAGE, true, INTRO, false, true, true, null);
        beat(here, 3, false);
        beat(here, 3, false);
        answerOf(here.renew(user(1), reading, false, LIFE, clock.instant()));
        answerOf(here.renew(user(2), editing, false, LIFE, clock.instant()));
        read(here);

        var calls = redis.scriptsOf(() -> {
            answerOf(here.renew(user(1), reading, false, LIFE, clock.instant()));
            answerOf(here.renew(user(2), editing, false, LIFE, clock.instant()));
        });

        assertEquals(2, calls);
    }

    @Test
    void aListOfAPageThatNobodyWatchesIsOneScript() {
        beat(here, 1, false);

        var calls = redis.scriptsOf(() -> IntStream.range(0, 10).forEach(i -> read(there)));

        assertEquals(10, calls);
    }

    @Test
    void aListOfAWatchedPageIsNone() {
        beat(here, 1, false);
        watch(there);
        var shown = read(there);

        var calls = redis.scriptsOf(() -> IntStream.range(0, 10).forEach(i -> assertSame(shown, read(there))));

        assertEquals(0, calls);
    }

    @Test
    void aListOfAWatchedPageDoesNotShowWhoHasExpired() { // T2
        beat(here, 1, false);
        watch(there);
        read(there);
        clock.advance(LIFE.plus(MILLISECOND));

        assertEquals(0, read(there).viewerCount());
    }

    @Test
    void aListOfAWatchedPageIsReadAgainNowAndThenInCaseAnAnnouncementWasLost() { // F2
        beat(here, 1, false);
        watch(there);
        read(there);
        clock.advance(Duration.ofSeconds(4));

        assertEquals(1, redis.scriptsOf(() -> read(there)));
    }

    @Test
    void allKeysVanishByThemselves() {
        beat(here, 1, true);
        beat(here, 2, true);
        call(here, 2, LeaseCommand.Kind.REQUEST, Duration.ofMinutes(1));
        answerOf(here.renew(
                user(3),
                new Heartbeat(tab(3), PAGE, true, INTRO, true, true, true, null),
                false,
                LIFE,
                clock.instant()));
        answerOf(here.sweep(clock.instant()));

        var script = "local none = 0 for _, key in ipairs(redis.call('KEYS', '*')) do "
                + "if redis.call('PTTL', key) < 1 then none = none + 1 end end return none";
        assertEquals("0", redis.ask("EVAL", script, "0"));
    }

    @Test
    void whatOnlyHeartbeatsKeepAliveIsCountedHoweverLongTheyGoOn() {
        beat(here, 1, false);

        for (var i = 0; i < 60; i++) {
            letPass(Duration.ofSeconds(15));
            beat(here, 1, false);
        }

        assertEquals(List.of("User 1"), names(read(there)));
        assertCounts(1, 1);
        leave(here, 1);
        assertCounts(0, 0);
    }

    @Test
    void whatIsSweptMeanwhileIsCountedToo() {
        beat(here, 1, true);
        beat(here, 2, false);

        for (var i = 0; i < 60; i++) {
            letPass(Duration.ofSeconds(15));
            answerOf(there.sweep(clock.instant()));
            beat(here, 1, true);
            beat(here, 2, false);
        }

        assertEquals(List.of("User 1", "User 2"), names(read(there)));
        assertCounts(1, 2);
    }

    private void assertCounts(long pages, long tabs) {
        var occupancy = answerOf(there.occupancy());
        assertEquals(pages, occupancy.pages());
        assertEquals(tabs, occupancy.tabs());
    }

    @Test
    void whatIsCountedStaysAsLongAsTabsThatOnlyBeat() {
        beat(here, 1, true);
        redis.ask(
                "EVAL", "for _, key in ipairs(redis.call('KEYS', '*')) do redis.call('PEXPIRE', key, 60000) end", "0");
        clock.advance(LIFE);
        beat(here, 1, true);
        clock.advance(MILLISECOND);

        answerOf(here.sweep(clock.instant()));

        var script = "local soon = 0 for _, key in ipairs(redis.call('KEYS', 'copresence:{???}*')) do "
                + "if redis.call('PTTL', key) <= 60000 then soon = soon + 1 end end return soon";
        assertEquals("0", redis.ask("EVAL", script, "0"));
    }

    @Test
    void nothingIsLeftOnceAllHaveLeftAndTheirLeavesAreForgotten() {
        beat(here, 1, true);
        answerOf(here.renew(
                user(1),
                new Heartbeat(tab(1), PAGE, true, INTRO, true, true, true, null),
                false,
                LIFE,
                clock.instant()));

        leave(here, 1);

        var script = "return #redis.call('KEYS', '*page:*') + #redis.call('KEYS', '*:/docs/a')";
        assertEquals("0", redis.ask("EVAL", script, "0"));
    }

    @Test
    void pagesThatVanishedWhileNobodySweptAreNotCounted() {
        beat(here, 1, false);
        redis.ask("EVAL", "return redis.call('DEL', unpack(redis.call('KEYS', '*/docs/a')))", "0");
        clock.advance(LIFE.plus(MILLISECOND));

        answerOf(here.sweep(clock.instant()));

        assertEquals(new Occupancy(0, 0, 0, 0, 0, Occupancy.Transfers.NONE), answerOf(here.occupancy()));
    }

    @Test
    void pagesThatAreStillThereAreCountedAnewOnceOthersHaveVanished() {
        var sameShard = IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> new PagePath("/docs/" + i))
                .filter(page -> shardOf(page).equals(shardOf(PAGE)))
                .findFirst()
                .orElseThrow();
        beat(here, 1, false);
        for (var i = 2; i < 6; i++) {
            var section = i % 2 == 0 ? INTRO : null;
            var heartbeat = new Heartbeat(tab(i), sameShard, true, section, false, true, true, null);
            answerOf(here.renew(user(i), heartbeat, false, LIFE.multipliedBy(2), clock.instant()));
        }
        redis.ask("EVAL", "return redis.call('DEL', unpack(redis.call('KEYS', '*/docs/a')))", "0");
        clock.advance(LIFE.plus(MILLISECOND));

        answerOf(here.sweep(clock.instant()));

        assertEquals(new Occupancy(1, 4, 2, 2, 0, Occupancy.Transfers.NONE), answerOf(here.occupancy()));
    }

    @Test
    void aUserOfRedisNeedsTheRightsThatAreDocumentedAndNoMore() {
        RedisStores.addUser(redis.server());
        var limited = redis.open(
                TestConfig.defaults(),
                clock,
                "redis://app:secret@127.0.0.1:" + redis.server().port());
        var heard = watch(limited);

        beat(limited, 1, true);
        leave(limited, 1);
        answerOf(limited.sweep(clock.instant()));
        beat(here, 2, false);

        await().until(() -> heard.contains(PAGE));
        assertEquals(List.of("User 2"), names(read(limited)));
    }

    // --- What goes wrong

    @Test
    void scriptsThatRedisHasForgottenAreLoadedAgain() {
        beat(here, 1, false);

        redis.ask("SCRIPT", "FLUSH");

        assertEquals(List.of("User 1"), names(read(there)));
        assertEquals(List.of("User 1"), names(beat(here, 1, false).snapshot()));
    }

    @Test
    void aRedisThatIsGoneIsAFailureAndNeverAnEmptyPage() { // F1
        beat(here, 1, false);
        redis.server().kill();
        try {
            assertThrows(StoreUnavailableException.class, () -> read(here));
            assertThrows(StoreUnavailableException.class, () -> beat(here, 1, false));
            assertThrows(StoreUnavailableException.class, () -> leave(here, 1));
            assertThrows(StoreUnavailableException.class, () -> answerOf(here.sweep(clock.instant())));
        } finally {
            redis.server().restart();
        }
    }

    @Test
    void aRedisThatComesBackEmptyIsFilledByTheNextHeartbeats() { // F1, L3
        beat(here, 1, true);
        redis.server().kill();
        redis.server().restart();
        RedisStores.awaitAnswer(here);
        RedisStores.awaitAnswer(there);

        var again = beat(here, 1, true);

        assertInstanceOf(Editing.Granted.class, again.editing());
        assertEquals(List.of("User 1"), names(read(there)));
    }

    @Test
    void aSubscriptionComesBackByItself() { // F2
        var heard = watch(there);
        redis.server().kill();
        redis.server().restart();
        RedisStores.awaitAnswer(here);
        await().until(() -> heard.contains(PAGE));
        heard.clear();

        beat(here, 1, false);

        await().until(() -> heard.contains(PAGE));
    }

    @Test
    void aRedisThatHangsIsAFailureAfterASecondAndAtOnceFromThenOn() { // F1
        beat(here, 1, false);
        redis.server().pause();
        try {
            assertThrows(StoreUnavailableException.class, () -> read(here));
            assertThrows(StoreUnavailableException.class, () -> read(here));
        } finally {
            redis.server().resume();
        }

        RedisStores.awaitAnswer(here);
        assertEquals(List.of("User 1"), names(read(here)));
    }

    @Test
    void moreCallsThanMayWaitAreRefusedAtOnce() { // F3
        beat(here, 1, false);
        redis.server().pause();
        try {
            var waiting = IntStream.range(0, 8192)
                    .mapToObj(i -> here.read(PAGE, clock.instant()).subscribeAsCompletionStage())
                    .toList();
            var failure = assertThrows(StoreUnavailableException.class, () -> read(here));

            assertEquals("Redis has too many calls to answer", failure.getMessage());
            assertTrue(waiting.stream().noneMatch(CompletableFuture::isDone));
        } finally {
            redis.server().resume();
        }

        RedisStores.awaitAnswer(here);
        assertEquals(List.of("User 1"), names(read(here)));
    }

    private RedisPresenceStore open() {
        return redis.open(TestConfig.defaults(), clock);
    }

    /** Lets time pass on the clock, and in Redis for all that it keeps for a while. */
    private void letPass(Duration time) {
        clock.advance(time);
        var script = "for _, key in ipairs(redis.call('KEYS', '*')) do "
                + "redis.call('PEXPIRE', key, redis.call('PTTL', key) - ARGV[1]) end";
        redis.ask("EVAL", script, "0", Long.toString(time.toMillis()));
    }

    /** The pages that the store tells of from now on, once it hears of others' changes. */
    private static Set<PagePath> watch(PresenceStore store) {
        Set<PagePath> heard = ConcurrentHashMap.newKeySet();
        store.onChange(heard::add);
        store.watch(PAGE);
        await().until(() -> heard.contains(PAGE));
        heard.clear();
        return heard;
    }

    private static User user(int number) {
        return new User(new UserId("u-" + number), "User " + number, null);
    }

    private static TabId tab(int number) {
        return new TabId(0, number);
    }

    private static String shardOf(PagePath page) {
        return new PageKeys(page).all().get(5);
    }

    private LeaseAnswer call(PresenceStore store, int number, LeaseCommand.Kind kind, Duration lasts) {
        return answerOf(
                store.command(user(number), new LeaseCommand(kind, tab(number), PAGE, null), lasts, clock.instant()));
    }

    private Optional<Lease> lease(PresenceStore store) {
        return answerOf(store.lease(PAGE, null, clock.instant()));
    }

    private HeartbeatAnswer beat(PresenceStore store, int number, boolean editing) {
        return answerOf(store.renew(
                user(number), new Heartbeat(tab(number), PAGE, editing, true, null), false, LIFE, clock.instant()));
    }

    /** A claim that is made again if Redis has too much to do, as clients do it. */
    private CompletableFuture<HeartbeatAnswer> claim(PresenceStore store, int number) {
        var heartbeat = new Heartbeat(tab(number), PAGE, true, true, null);
        return Uni.createFrom()
                .deferred(() -> store.renew(user(number), heartbeat, false, LIFE, clock.instant()))
                .onFailure(StoreUnavailableException.class)
                .retry()
                .withBackOff(Duration.ofMillis(50), Duration.ofMillis(500))
                .atMost(20)
                .subscribeAsCompletionStage();
    }

    private void leave(PresenceStore store, int number) {
        answerOf(store.leave(user(number), new Leave(tab(number), PAGE, false, null), Duration.ZERO, clock.instant()));
    }

    private PresenceSnapshot read(PresenceStore store) {
        return answerOf(store.read(PAGE, clock.instant()));
    }

    private static List<String> names(PresenceSnapshot snapshot) {
        return snapshot.viewers().stream().map(viewer -> viewer.user().name()).toList();
    }

    private static long fenceOf(HeartbeatAnswer beat) {
        return assertInstanceOf(Editing.Granted.class, beat.editing()).fence();
    }

    private static <T> T answerOf(Uni<T> answer) {
        return answer.await().atMost(Duration.ofSeconds(10));
    }

    /**
     * People who claim the page, ask, give, refuse and take it through both instances at once, and some of whom just stop.
     * What an answer says of the lease is held against all that was known when it was asked for: who holds a fence, and that
     * nobody is told of a lower one. Who is told that they hold the lease saves.
     */
    private final class Crowd {

        private static final int SIZE = 20;
        private static final Duration ANSWER = Duration.ofSeconds(20);

        private final Random random;
        private final Wiki wiki = new Wiki();
        private final Set<Integer> stopped = new HashSet<>();

        /** Whose each fence is that anybody was told of. */
        private final Map<Long, UserId> holders = new ConcurrentHashMap<>();

        /** The highest of them. */
        private final AtomicLong highest = new AtomicLong();

        private final AtomicLong handedOver = new AtomicLong();
        private final AtomicLong takenOver = new AtomicLong();

        /** The number of take-overs that gave the holder time, by whatever instance they were seen to be done. */
        private final AtomicLong takenLater = new AtomicLong();

        /** The faults that were found: what cannot be. */
        private final Queue<String> faults = new ConcurrentLinkedQueue<>();

        Crowd(long draw) {
            random = new Random(draw);
            here.onTakeOver(done -> takenLater.incrementAndGet());
            there.onTakeOver(done -> takenLater.incrementAndGet());
        }

        /** @param atOnce how many of the calls wait for their answers at any moment */
        void acts(int calls, int atOnce) {
            var answers = new ArrayDeque<CompletableFuture<?>>();
            for (var i = 0; i < calls; i++) {
                if (answers.size() == atOnce) {
                    answers.remove().join();
                }
                answers.add(act(random.nextBoolean() ? here : there, someone()));
            }
            answers.forEach(CompletableFuture::join);
            assertEquals(List.of(), List.copyOf(faults));
        }

        private int someone() {
            var number = random.nextInt(SIZE);
            return stopped.contains(number) ? someone() : number;
        }

        /** The one who was last known to hold the lease, or anybody if that one has stopped. */
        private int holder() {
            var known = holders.get(highest.get());
            var number = known == null ? someone() : numberOf(known);
            return stopped.contains(number) ? someone() : number;
        }

        private static int numberOf(UserId user) {
            return Integer.parseInt(user.value().substring(2));
        }

        private CompletableFuture<?> act(PresenceStore store, int number) {
            return switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> renew(store, number, true);
                case 4 -> renew(store, number, false);
                case 5, 6 -> say(store, number, LeaseCommand.Kind.REQUEST);
                case 7, 8 -> say(store, holder(), LeaseCommand.Kind.HAND_OVER);
                case 9 ->
                    say(store, holder(), random.nextInt(8) == 0 ? LeaseCommand.Kind.KEEP : LeaseCommand.Kind.HAND_OVER);
                case 10 ->
                    say(store, number, LeaseCommand.Kind.TAKE_OVER, random.nextBoolean() ? ANSWER : Duration.ZERO);
                default -> {
                    var known = highest.get();
                    yield store.lease(PAGE, null, clock.instant())
                            .invoke(lease ->
                                    lease.ifPresent(found -> note(found.holder().id(), found.fence(), known)))
                            .subscribeAsCompletionStage();
                }
            };
        }

        private CompletableFuture<HeartbeatAnswer> renew(PresenceStore store, int number, @Nullable Boolean editing) {
            var known = highest.get();
            var heartbeat = new Heartbeat(tab(number), PAGE, editing, true, null);
            return store.renew(user(number), heartbeat, false, LIFE, clock.instant())
                    .invoke(beat -> note(number, beat.editing(), known))
                    .onFailure(LimitExceededException.class)
                    .recoverWithNull()
                    .subscribeAsCompletionStage();
        }

        private CompletableFuture<?> say(PresenceStore store, int number, LeaseCommand.Kind kind) {
            return say(store, number, kind, ANSWER);
        }

        private CompletableFuture<?> say(PresenceStore store, int number, LeaseCommand.Kind kind, Duration lasts) {
            var known = highest.get();
            var call = new LeaseCommand(kind, tab(number), PAGE, null);
            return store.command(user(number), call, lasts, clock.instant())
                    .invoke(turn -> {
                        note(number, turn.editing(), known);
                        if (turn.loser() != null) {
                            (kind == LeaseCommand.Kind.TAKE_OVER ? takenOver : handedOver).incrementAndGet();
                        }
                    })
                    .onFailure(LeaseRefusedException.class)
                    .recoverWithNull()
                    // Whoever holds the lease may have too many calls under way; then nothing was done.
                    .onFailure(LimitExceededException.class)
                    .recoverWithNull()
                    .subscribeAsCompletionStage();
        }

        private void note(int number, @Nullable Editing editing, long known) {
            if (editing instanceof Editing.Granted granted) {
                note(user(number).id(), granted.fence(), known);
                wiki.edit(user(number).id(), granted.fence());
            }
        }

        private void note(UserId holder, long fence, long known) {
            var other = holders.putIfAbsent(fence, holder);
            if (other != null && !other.equals(holder)) {
                faults.add(fence + " is of " + other + " and of " + holder);
            }
            if (fence < known) {
                faults.add(holder + " holds " + fence + " after " + known + " was given");
            }
            highest.accumulateAndGet(fence, Math::max);
        }

        /** Now that all is quiet, and no take-over stands, everybody is told the same, by either instance. */
        void isOfOneMind() {
            clock.advance(ANSWER);
            var shown = read(here);
            var lease = lease(there);
            var standings = others().mapToObj(number -> {
                        var editing = renew(number % 2 == 0 ? here : there, number, null)
                                .join()
                                .editing();
                        return editing instanceof Editing.Granted granted
                                ? "0 " + user(number).id() + " " + granted.fence()
                                : editing instanceof Editing.Waiting waiting ? waiting.position() + "" : "none";
                    })
                    .filter(standing -> !standing.equals("none"))
                    .collect(Collectors.toCollection(TreeSet::new));
            var claims = standings.size();
            var expected =
                    IntStream.range(1, claims).mapToObj(Integer::toString).collect(Collectors.toSet());
            lease.ifPresent(held -> expected.add("0 " + held.holder().id() + " " + held.fence()));
            var occupancy = answerOf(there.occupancy());
            assertEquals(expected, standings);
            assertEquals(lease.map(held -> held.holder().id()), Optional.ofNullable(shown.editor()));
            assertEquals(shown, read(there));
            assertEquals(claims == 0 ? 0 : 1, occupancy.leases());
            assertEquals(Math.max(0, claims - 1), occupancy.waits());
            assertEquals(List.of(), List.copyOf(faults));
            assertEquals(List.of(), wiki.lost());
        }

        /** Some make no call any more, the holder among them, until their lives are over and what others ask is overdue. */
        void partlyStops() {
            stopped.clear();
            IntStream.range(0, SIZE).filter(number -> random.nextInt(4) == 0).forEach(stopped::add);
            lease(here).ifPresent(held -> stopped.add(numberOf(held.holder().id())));
            others().forEach(number -> renew(here, number, true).join());
            others().forEach(number ->
                    say(there, number, LeaseCommand.Kind.REQUEST).join());
            clock.advance(LIFE.dividedBy(2));
            others().forEach(number -> renew(here, number, null).join());
            clock.advance(LIFE.dividedBy(2).plus(MILLISECOND));
            answerOf(there.sweep(clock.instant()));
            lease(here)
                    .ifPresent(held -> assertFalse(
                            stopped.stream().anyMatch(number -> user(number).equals(held.holder())), "a dead holder"));
        }

        private IntStream others() {
            return IntStream.range(0, SIZE).filter(number -> !stopped.contains(number));
        }

        void countsEachTurn() {
            var here = answerOf(RedisInstancesTest.this.here.occupancy()).transfers();
            var there = answerOf(RedisInstancesTest.this.there.occupancy()).transfers();
            var taken = handedOver.get() - here.handedOver() - there.handedOver();
            assertTrue(taken >= 0 && taken <= takenLater.get(), taken + " of " + takenLater);
            assertEquals(takenOver.get() + takenLater.get(), here.takenOver() + there.takenOver());
            assertTrue(takenLater.get() > 0, () -> takenLater + " were taken over after their time");
            assertTrue(handedOver.get() > 0, () -> handedOver + " were handed over");
            assertTrue(takenOver.get() > 0, () -> takenOver + " were taken over");
            assertTrue(here.overdue() + there.overdue() > 0, "a request is overdue");
        }
    }

    /** A page's text, which keeps the highest fence under which it was opened or saved, and refuses all below. */
    private static final class Wiki {

        private final Map<Long, Integer> seen = new HashMap<>();
        private final List<String> lost = new ArrayList<>();
        private long fence;
        private int edition;

        /** Opens the text the first time; from then on saves what was made of it. */
        synchronized void edit(UserId who, long under) {
            if (under < fence) {
                return;
            }
            fence = under;
            var base = seen.getOrDefault(under, -1);
            if (base >= 0 && base != edition) {
                lost.add(who + " under " + under + " has not seen edition " + edition);
            }
            edition += base < 0 ? 0 : 1;
            seen.put(under, edition);
        }

        synchronized List<String> lost() {
            return List.copyOf(lost);
        }
    }
}
