package dev.copresence.store.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.Heartbeat;
import dev.copresence.HeartbeatAnswer;
import dev.copresence.Incarnation;
import dev.copresence.Leave;
import dev.copresence.LimitExceededException;
import dev.copresence.ManualClock;
import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceStore;
import dev.copresence.TabId;
import dev.copresence.TestConfig;
import dev.copresence.User;
import dev.copresence.UserId;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What calls cost Redis, counted by itself, in the orders that cost most: no call asks more than a few scripts, whatever its
 * user has done before, and what is kept of a user has a bound.
 */
class RedisCostTest {

    private static final int TABS = 100;
    private static final Duration LIFE = Duration.ofSeconds(45);
    private static final UserId ANN = new UserId("u-ann");
    private static final User BEN = new User(new UserId("u-ben"), "Ben", null);

    /** The most scripts of a call whose slot has to ask about tabs that it is not sure of: its own, and one for each of those. */
    private static final int MOST_OF_ONE_CALL = 3 + 10;

    @RegisterExtension
    static final FreshRedis redis = new FreshRedis();

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
    private RedisPresenceStore store;

    @BeforeEach
    void openStore() {
        store = open(TestConfig.with("copresence.limits.tabs-per-user", TABS));
        // The first time a script runs it is sent twice, by its name and then as a whole.
        join(BEN, 1, page(1));
        join(BEN, 2, page(2));
        beat(BEN.with(User.stated(BEN.id(), List.of("Benny"), null, Instant.ofEpochSecond(9))), 1, page(1));
        beat(BEN, 1, page(1));
        join(BEN, 1, page(3));
        answerOf(store.lastSeen(BEN.id(), new TabId(0, 1), clock.instant()));
        leave(BEN, 1, page(3), 1);
        leave(BEN, 2, page(2), 1);
    }

    // --- One call

    @Test
    void aJoinIsThreeScriptsAMoveFourAHeartbeatOneAndALeaveTwo() {
        assertCosts(3, () -> join(ann(1), 1, page(1)));
        assertCosts(4, () -> join(ann(1), 1, page(2)));
        beat(ann(1), 1, page(2));
        assertCosts(1, () -> beat(ann(1), 1, page(2)));
        assertCosts(2, () -> leave(ann(1), 1, page(2), 1));
    }

    @Test
    void aCallOfAUserWithManyTabsCostsNoMore() {
        openTabs();

        assertCosts(4, () -> join(ann(1), 1, page(101)));
        beat(ann(1), 1, page(101));
        assertCosts(1, () -> beat(ann(1), 1, page(101)));
        assertCosts(2, () -> leave(ann(1), 1, page(101), 1));
        assertCosts(3, () -> join(ann(1), 1, page(101)));
    }

    // --- Heartbeats of a moment

    @Test
    void heartbeatsThatComeTogetherAreFewScripts() { // Y6
        openTabs();
        beatAll();

        assertCostAtMost(50 / 2, () -> beatTogether(50));
    }

    @Test
    void aHeartbeatThatHasMoreToSayIsDoneByItselfAndTheOthersTogether() { // Y6
        openTabs();
        beatAll();
        leave(ann(1), 7, page(7), 1);

        var answers = beatTogether(50);

        assertEquals(1, answers.get(7).snapshot().viewerCount());
        answers.forEach(answer -> assertEquals(LIFE, answer.life()));
        clock.advance(Duration.ofSeconds(15));
        assertCostAtMost(50 / 2, () -> beatTogether(50));
    }

    @Test
    void aPageThatCannotBeReadStandsInNobodysWay() { // Y6
        openTabs();
        beatAll();
        redis.ask("SET", new PageKeys(page(7)).channel(), "no hash");

        var sent = sendTogether(50);

        var failed = IntStream.range(0, 50)
                .filter(tab -> sent.get(tab)
                        .handle((answer, failure) -> failure != null)
                        .join())
                .boxed()
                .toList();
        assertEquals(List.of(7), failed);
    }

    // --- At the limit

    @Test
    void atTheLimitARefusalIsTwoScriptsWhileAllTabsAreSurelyAlive() {
        openTabs();

        for (var i = 0; i < 20; i++) {
            assertCosts(2, () -> assertRefused(ann(1), page(1)));
        }
    }

    @Test
    void atTheLimitARefusalAsksAFewPagesWhateverIsSure() {
        openTabs();
        for (var round = 0; round < 10; round++) {
            clock.advance(Duration.ofSeconds(40));
            beatAll();
            clock.advance(Duration.ofSeconds(10));
            assertCostAtMost(MOST_OF_ONE_CALL, () -> assertRefused(ann(1), page(1)));
        }
    }

    @Test
    void atTheLimitABatchOfRefusalsAsksForEachTabOnce() {
        openTabs();
        clock.advance(Duration.ofSeconds(40));
        beatAll();
        clock.advance(Duration.ofSeconds(10));

        assertCostAtMost(3 * 50 + TABS, this::refuseFifty);
        assertCosts(2 * 50, this::refuseFifty);
    }

    private void refuseFifty() {
        var refused = IntStream.range(0, 50)
                .mapToObj(i -> renew(ann(1), 1000 + i, page(1), true, null).subscribeAsCompletionStage())
                .toList();
        refused.forEach(answer -> assertInstanceOf(
                LimitExceededException.class,
                assertThrows(CompletionException.class, answer::join).getCause()));
    }

    @Test
    void whereThereIsNoRoomForAnybodyRefusalsCountOnceASecond() {
        var small = open(TestConfig.with("copresence.limits.tabs", 5));
        for (var tab = 1; tab <= 5; tab++) {
            answerOf(small.renew(BEN, heartbeat(tab, page(tab), null), true, LIFE, clock.instant()));
        }
        assertThrows(
                LimitExceededException.class,
                () -> answerOf(small.renew(ann(1), heartbeat(9, page(1), null), true, LIFE, clock.instant())));

        for (var i = 0; i < 20; i++) {
            var tab = 100 + i;
            assertCosts(
                    2,
                    () -> assertThrows(
                            LimitExceededException.class,
                            () -> answerOf(
                                    small.renew(ann(1), heartbeat(tab, page(1), null), true, LIFE, clock.instant()))));
        }
    }

    // --- Leaves

    @Test
    void whatIsRememberedOfLeavesHasABound() {
        for (var tab = 0; tab < 1000; tab++) {
            join(ann(1), tab, page(tab % 3), 1.0);
            leave(ann(1), tab, page(tab % 3), 1);
        }
        var bytes = bytesOfTheSlot();

        for (var tab = 1000; tab < 2000; tab++) {
            leave(ann(1), tab, page(tab % 3), 1);
        }

        assertTrue(slotFields() <= 2 * TABS + 3, () -> slotFields() + " fields");
        assertTrue(bytes < 40_000, () -> bytes + " bytes");
        assertTrue(bytesOfTheSlot() < 40_000, () -> bytesOfTheSlot() + " bytes");
        assertCosts(3, () -> join(ann(1), 5000, page(1), 1.0));
        assertCosts(2, () -> leave(ann(1), 5000, page(1), 1));
    }

    @Test
    void whatHasHadItsTimeIsTakenAwayByLaterCalls() {
        for (var tab = 0; tab < 90; tab++) {
            join(ann(1), tab, page(tab % 3), 1.0);
            leave(ann(1), tab, page(tab % 3), 1);
        }
        clock.advance(Duration.ofSeconds(11));

        for (var i = 0; i < 20; i++) {
            join(ann(1), 500, page(i), 1.0);
        }

        assertTrue(slotFields() <= 5, () -> slotFields() + " fields");
    }

    // --- Names

    @Test
    void tabsWithCredentialsThatDifferCostNoMoreThanOthers() {
        openTabs();
        var newest = User.stated(ANN, List.of("Ann Miller"), "https://a.example/1", Instant.ofEpochSecond(50));
        var bare = User.stated(ANN, List.of(""), null, Instant.ofEpochSecond(99));
        var old = ann(1);
        beat(newest, 1, page(1));
        IntStream.range(0, TABS).forEach(tab -> {
            beat(newest, tab, page(tab));
            beat(newest, tab, page(tab));
        });

        for (var tab = 0; tab < 30; tab++) {
            var number = tab;
            assertCosts(3, () -> List.of(bare, old, newest).forEach(user -> beat(user, number, page(number))));
        }
    }

    @Test
    void aRenameCostsAScriptForEachPageAndOnceInSomeSeconds() {
        openTabs();

        assertCostAtMost(4 + TABS, () -> beat(ann(2), 1, page(1)));
        for (var issued = 3; issued < 20; issued++) {
            var again = ann(issued);
            assertCostAtMost(4, () -> beat(again, 1, page(1)));
        }
        clock.advance(PresenceStore.RENAME_PACE);
        assertCostAtMost(4 + TABS, () -> beat(ann(20), 1, page(1)));
    }

    @Test
    void aNewerCredentialThatStatesTheSameIsFourScriptsOnce() {
        openTabs();
        var renewed = User.stated(ANN, List.of("Ann 1"), null, Instant.ofEpochSecond(500));

        assertCostAtMost(4, () -> beat(renewed, 1, page(1)));
        assertCosts(1, () -> beat(renewed, 1, page(1)));
    }

    // --- Who has to wait

    @Test
    void whoAsksFasterThanRedisAnswersIsRefusedAlone() {
        join(BEN, 1, page(1));
        redis.server().pause();
        List<CompletableFuture<HeartbeatAnswer>> anns;
        CompletableFuture<HeartbeatAnswer> bens;
        try {
            anns = IntStream.range(0, 150)
                    .mapToObj(tab -> renew(ann(1), tab, page(1), true, null).subscribeAsCompletionStage())
                    .toList();
            bens = renew(BEN, 1, page(1), false, null).subscribeAsCompletionStage();

            assertEquals(
                    50,
                    anns.stream()
                            .filter(CompletableFuture::isCompletedExceptionally)
                            .count());
            assertTrue(!bens.isCompletedExceptionally());
        } finally {
            redis.server().resume();
        }
        RedisStores.awaitAnswer(store);
        join(BEN, 1, page(1));
    }

    private RedisPresenceStore open(PresenceConfig config) {
        return redis.open(config, clock);
    }

    private void openTabs() {
        IntStream.range(0, TABS).forEach(tab -> join(ann(1), tab, page(tab)));
    }

    private void beatAll() {
        IntStream.range(0, TABS).forEach(tab -> beat(ann(1), tab, page(tab)));
    }

    private List<HeartbeatAnswer> beatTogether(int tabs) {
        return sendTogether(tabs).stream().map(CompletableFuture::join).toList();
    }

    /** Sends the heartbeats of the first tabs before any is answered. */
    private List<CompletableFuture<HeartbeatAnswer>> sendTogether(int tabs) {
        return IntStream.range(0, tabs)
                .mapToObj(tab -> renew(ann(1), tab, page(tab), false, null).subscribeAsCompletionStage())
                .toList();
    }

    private void assertRefused(User user, PagePath page) {
        assertThrows(LimitExceededException.class, () -> answerOf(renew(user, 1000, page, true, null)));
    }

    private void join(User user, int tab, PagePath page) {
        answerOf(renew(user, tab, page, true, null));
    }

    private void join(User user, int tab, PagePath page, double incarnation) {
        answerOf(renew(user, tab, page, true, new Incarnation(incarnation)));
    }

    private void beat(User user, int tab, PagePath page) {
        answerOf(renew(user, tab, page, false, null));
    }

    private Uni<HeartbeatAnswer> renew(
            User user, int tab, PagePath page, boolean joining, @Nullable Incarnation incarnation) {
        return store.renew(user, heartbeat(tab, page, incarnation), joining, LIFE, clock.instant());
    }

    private static Heartbeat heartbeat(int tab, PagePath page, @Nullable Incarnation incarnation) {
        return new Heartbeat(new TabId(0, tab), page, false, true, incarnation);
    }

    private void leave(User user, int tab, PagePath page, double incarnation) {
        var leave = new Leave(new TabId(0, tab), page, false, new Incarnation(incarnation));
        answerOf(store.leave(user, leave, Duration.ZERO, clock.instant()));
    }

    private static void assertCosts(long scripts, Runnable call) {
        assertEquals(scripts, redis.scriptsOf(call));
    }

    private static void assertCostAtMost(long scripts, Runnable call) {
        var cost = redis.scriptsOf(call);
        assertTrue(cost <= scripts, () -> cost + " scripts, and not at most " + scripts);
    }

    private static long slotFields() {
        return Long.parseLong(redis.ask("HLEN", "copresence:{u:u-ann}"));
    }

    private static long bytesOfTheSlot() {
        var script = "local bytes = 0 for _, key in ipairs(redis.call('KEYS', 'copresence:{u:u-ann}*')) do "
                + "bytes = bytes + redis.call('MEMORY', 'USAGE', key) end return bytes";
        return Long.parseLong(redis.ask("EVAL", script, "0"));
    }

    private static User ann(int issued) {
        return User.stated(ANN, List.of("Ann " + issued), null, Instant.ofEpochSecond(issued));
    }

    private static PagePath page(int number) {
        return new PagePath("/docs/" + number);
    }

    private static <T> T answerOf(Uni<T> answer) {
        return answer.await().atMost(Duration.ofSeconds(10));
    }
}
