package dev.copresence.store;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.Beat;
import dev.copresence.Editing;
import dev.copresence.Heartbeat;
import dev.copresence.Leave;
import dev.copresence.ManualClock;
import dev.copresence.Occupancy;
import dev.copresence.PagePath;
import dev.copresence.PresenceSnapshot;
import dev.copresence.PresenceStore;
import dev.copresence.StoreUnavailableException;
import dev.copresence.TabId;
import dev.copresence.TestConfig;
import dev.copresence.User;
import dev.copresence.UserId;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What instances that share a real Redis see of one another, and what happens when it goes away. */
class RedisInstancesTest {

    private static final PagePath PAGE = new PagePath("/docs/a");
    private static final Duration LIFE = Duration.ofSeconds(45);
    private static final Duration MILLISECOND = Duration.ofMillis(1);

    private static RedisServer redis;
    private static RedisStores stores;

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
    private RedisPresenceStore here;
    private RedisPresenceStore there;

    @BeforeAll
    static void startRedis() {
        redis = RedisServer.start();
        stores = new RedisStores();
    }

    @AfterAll
    static void stopRedis() {
        stores.close();
        redis.close();
    }

    @BeforeEach
    void openStores() {
        redis.ask("FLUSHALL");
        here = open();
        there = open();
    }

    @AfterEach
    void closeStores() {
        stores.closeStores();
    }

    // --- What is shared

    @Test
    void whoJoinsHereIsSeenThere() {
        beat(here, 1, false);

        assertEquals(List.of("User 1"), names(read(there)));
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
        var answers = new ArrayList<CompletableFuture<Beat>>();
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

        var calls = callsOf(() -> IntStream.range(0, 10).forEach(i -> beat(here, 1, false)));

        assertEquals(10, calls);
    }

    @Test
    void aListOfAPageThatNobodyWatchesIsOneScript() {
        beat(here, 1, false);

        var calls = callsOf(() -> IntStream.range(0, 10).forEach(i -> read(there)));

        assertEquals(10, calls);
    }

    @Test
    void aListOfAWatchedPageIsNone() {
        beat(here, 1, false);
        watch(there);
        var shown = read(there);

        var calls = callsOf(() -> IntStream.range(0, 10).forEach(i -> assertSame(shown, read(there))));

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

        assertEquals(1, callsOf(() -> read(there)));
    }

    @Test
    void allKeysVanishByThemselves() {
        beat(here, 1, true);
        beat(here, 2, true);
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
        assertEquals(new Occupancy(1, 1, 0), answerOf(there.occupancy()));
        leave(here, 1);
        assertEquals(new Occupancy(0, 0, 0), answerOf(there.occupancy()));
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
        assertEquals(new Occupancy(1, 2, 0), answerOf(there.occupancy()));
    }

    @Test
    void nothingIsLeftOnceAllHaveLeftAndTheirLeavesAreForgotten() {
        beat(here, 1, true);

        leave(here, 1);

        assertEquals("0", redis.ask("EVAL", "return #redis.call('KEYS', '*page:*')", "0"));
    }

    @Test
    void pagesThatVanishedWhileNobodySweptAreNotCounted() {
        beat(here, 1, false);
        redis.ask("EVAL", "return redis.call('DEL', unpack(redis.call('KEYS', '*/docs/a')))", "0");
        clock.advance(LIFE.plus(MILLISECOND));

        answerOf(here.sweep(clock.instant()));

        assertEquals(0, answerOf(here.occupancy()).tabs());
        assertEquals(0, answerOf(here.occupancy()).pages());
    }

    @Test
    void aUserOfRedisNeedsTheRightsThatAreDocumentedAndNoMore() {
        redis.ask(
                "ACL",
                "SETUSER",
                "app",
                "on",
                ">secret",
                "resetchannels",
                "~copresence:*",
                "&copresence:*",
                "+@read",
                "+@write",
                "+@pubsub",
                "+@scripting",
                "+@connection",
                "+time");
        var limited = stores.open(
                TestConfig.defaults(),
                clock,
                new RedisOptions().setConnectionString("redis://app:secret@127.0.0.1:" + redis.port()));
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
        redis.kill();
        try {
            assertThrows(StoreUnavailableException.class, () -> read(here));
            assertThrows(StoreUnavailableException.class, () -> beat(here, 1, false));
            assertThrows(StoreUnavailableException.class, () -> leave(here, 1));
            assertThrows(StoreUnavailableException.class, () -> answerOf(here.sweep(clock.instant())));
        } finally {
            redis.restart();
        }
    }

    @Test
    void aRedisThatComesBackEmptyIsFilledByTheNextHeartbeats() { // F1, L3
        beat(here, 1, true);
        redis.kill();
        redis.restart();
        RedisStores.awaitAnswer(here);
        RedisStores.awaitAnswer(there);

        var again = beat(here, 1, true);

        assertInstanceOf(Editing.Granted.class, again.editing());
        assertEquals(List.of("User 1"), names(read(there)));
    }

    @Test
    void aSubscriptionComesBackByItself() { // F2
        var heard = watch(there);
        redis.kill();
        redis.restart();
        RedisStores.awaitAnswer(here);
        await().until(() -> heard.contains(PAGE));
        heard.clear();

        beat(here, 1, false);

        await().until(() -> heard.contains(PAGE));
    }

    @Test
    void aRedisThatHangsIsAFailureAfterASecondAndAtOnceFromThenOn() { // F1
        beat(here, 1, false);
        redis.pause();
        try {
            assertThrows(StoreUnavailableException.class, () -> read(here));
            assertThrows(StoreUnavailableException.class, () -> read(here));
        } finally {
            redis.resume();
        }

        RedisStores.awaitAnswer(here);
        assertEquals(List.of("User 1"), names(read(here)));
    }

    private RedisPresenceStore open() {
        return stores.open(TestConfig.defaults(), clock, new RedisOptions().setConnectionString(redis.address()));
    }

    /** On the clock, and in Redis for all that it keeps for a while. */
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

    private long callsOf(Runnable what) {
        var before = scripts();
        what.run();
        return scripts() - before;
    }

    private static long scripts() {
        return Arrays.stream(redis.ask("INFO", "commandstats").split("[\r\n]+"))
                .filter(line -> line.startsWith("cmdstat_eval"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^:]*:calls=(\\d+),.*", "$1")))
                .sum();
    }

    private static User user(int number) {
        return new User(new UserId("u-" + number), "User " + number, null);
    }

    private static TabId tab(int number) {
        return new TabId(0, number);
    }

    private Beat beat(PresenceStore store, int number, boolean editing) {
        return answerOf(store.renew(
                user(number), new Heartbeat(tab(number), PAGE, editing, true, null), false, LIFE, clock.instant()));
    }

    /** Made again if Redis has too much to do, as clients do it. */
    private CompletableFuture<Beat> claim(PresenceStore store, int number) {
        var heartbeat = new Heartbeat(tab(number), PAGE, true, true, null);
        return Uni.createFrom()
                .deferred(() -> store.renew(user(number), heartbeat, false, LIFE, clock.instant()))
                .onFailure(StoreUnavailableException.class)
                .retry()
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

    private static long fenceOf(Beat beat) {
        return assertInstanceOf(Editing.Granted.class, beat.editing()).fence();
    }

    private static <T> T answerOf(Uni<T> answer) {
        return answer.await().atMost(Duration.ofSeconds(10));
    }
}
