package dev.copresence.store.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.copresence.Limit;
import dev.copresence.LimitExceededException;
import dev.copresence.PagePath;
import dev.copresence.TestConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A store takes as many tabs, and remembers as many leaves, as its limits allow; who is there stays. */
interface LimitsContract extends StoreFixture {

    // F3: limits refuse what is new and change nothing

    @Test
    default void aTabBeyondTheLimitPerUserIsRefused() {
        startWith(TestConfig.with("copresence.limits.tabs-per-user", 2));
        tabOf(ANA).joins(PAGE);
        tabOf(ANA).joins(OTHER);

        var refusal =
                assertThrows(LimitExceededException.class, () -> tabOf(ANA).joins(PAGE));

        assertEquals(Limit.TABS_PER_USER, refusal.limit());
    }

    @Test
    default void aTabThatComesBackHoweverLateIsNotCountedBesideItself() {
        startWith(TestConfig.with("copresence.limits.tabs-per-user", 2));
        for (var away = Duration.ofMinutes(15); away.toMinutes() < 18; away = away.plusSeconds(20)) {
            var gone = tabOf(ANA);
            var there = tabOf(ANA);
            gone.joins(PAGE);
            there.joins(PAGE);
            for (var past = Duration.ZERO; past.compareTo(away) < 0; past = past.plusSeconds(20)) {
                clock().advance(Duration.ofSeconds(20));
                there.beats(PAGE);
            }

            assertEquals(2, gone.joins(PAGE).snapshot().tabCount());
            gone.leaves(PAGE);
            there.leaves(PAGE);
        }
    }

    @Test
    default void theLimitPerUserIsEachUsersOwn() {
        startWith(TestConfig.with("copresence.limits.tabs-per-user", 1));
        tabOf(ANA).joins(PAGE);

        tabOf(BEN).joins(PAGE);

        assertEquals(List.of("Ana", "Ben"), viewersOf(PAGE));
    }

    @Test
    default void aTabBeyondTheLimitInAllIsRefused() {
        startWith(TestConfig.with("copresence.limits.tabs", 2));
        tabOf(ANA).joins(PAGE);
        tabOf(BEN).joins(OTHER);

        var refusal =
                assertThrows(LimitExceededException.class, () -> tabOf(CAI).joins(PAGE));

        assertEquals(Limit.TABS, refusal.limit());
    }

    @Test
    default void aHeartbeatIsRefusedLikeAJoin() {
        startWith(TestConfig.with("copresence.limits.tabs-per-user", 1));
        tabOf(ANA).joins(PAGE);

        var refusal =
                assertThrows(LimitExceededException.class, () -> tabOf(ANA).beats(PAGE));

        assertEquals(Limit.TABS_PER_USER, refusal.limit());
    }

    @Test
    default void aRefusalChangesNothing() {
        startWith(TestConfig.with("copresence.limits.tabs-per-user", 1));
        tabOf(BEN).joins(PAGE);
        tabOf(ANA).joins(PAGE);
        var refused = tabOf(ANA).named("Anna");
        var before = read(PAGE);

        var news = newsOf(() -> assertThrows(LimitExceededException.class, () -> refused.claims(PAGE)));

        assertEquals(Set.of(), news);
        assertEquals(before, read(PAGE));
        assertEquals(2, occupancy().tabs());
        assertEquals(Optional.empty(), refused.lastSeen());
    }

    @Test
    default void aRefusalDoesNotMakeALateHeartbeatWelcome() {
        startWith(TestConfig.with("copresence.limits.tabs-per-user", 1));
        var left = tabOf(ANA).document(1);
        var other = tabOf(ANA);
        left.joins(PAGE);
        left.leaves(PAGE);
        other.joins(OTHER);
        assertThrows(LimitExceededException.class, () -> left.joins(PAGE));

        other.leaves(OTHER);
        left.beats(PAGE);

        assertEquals(List.of(), viewersOf(PAGE));
    }

    @Test
    default void knownTabsAreServedWhenThereIsNoRoom() {
        startWith(TestConfig.with(Map.of("copresence.limits.tabs-per-user", "1", "copresence.limits.tabs", "1")));
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        ana.claims(PAGE);
        ana.joins(OTHER);

        assertEquals(List.of("Ana"), viewersOf(OTHER));
    }

    @Test
    default void aTabThatLeavesMakesRoom() {
        startWith(TestConfig.with(Map.of("copresence.limits.tabs-per-user", "1", "copresence.limits.tabs", "1")));
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);

        ana.leaves(PAGE);
        tabOf(ANA).joins(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    default void aTabThatExpiresMakesRoom() {
        startWith(TestConfig.with(Map.of("copresence.limits.tabs-per-user", "1", "copresence.limits.tabs", "1")));
        tabOf(ANA).joins(PAGE);

        clock().advance(LIFE.plus(MILLISECOND));
        tabOf(ANA).joins(PAGE);

        assertEquals(List.of("Ana"), viewersOf(PAGE));
    }

    @Test
    default void aTabThatComesBackNeedsRoomLikeANewOne() {
        startWith(TestConfig.with("copresence.limits.tabs-per-user", 1));
        var ana = tabOf(ANA).document(1);
        ana.joins(PAGE);
        ana.leaves(PAGE);
        tabOf(ANA).joins(PAGE);

        var refusal = assertThrows(LimitExceededException.class, () -> ana.joins(PAGE));

        assertEquals(Limit.TABS_PER_USER, refusal.limit());
    }

    @Test
    default void noMoreLeavesOfAUserAreRememberedThanTheyMayHaveTabs() { // F3
        startWith(TestConfig.with("copresence.limits.tabs-per-user", 2));
        var left = IntStream.range(0, 3).mapToObj(i -> tabOf(ANA).document(1)).toList();
        left.forEach(tab -> {
            tab.joins(PAGE);
            tab.leaves(PAGE);
        });

        left.get(2).beats(PAGE);
        left.get(1).beats(PAGE);
        assertEquals(0, read(PAGE).tabCount(), "those are remembered");
        left.get(0).beats(PAGE);

        assertEquals(1, read(PAGE).tabCount(), "the oldest is not");
    }

    @Test
    default void noMoreLeavesOfUnknownTabsAreRememberedEither() { // F3
        startWith(TestConfig.with("copresence.limits.tabs-per-user", 2));
        var left = IntStream.range(0, 3).mapToObj(i -> tabOf(ANA).document(1)).toList();
        left.forEach(tab -> tab.leaves(PAGE));

        left.forEach(tab -> tab.beats(PAGE));

        assertEquals(1, read(PAGE).tabCount());
    }

    @Test
    default void aUserAtTheLimitGetsRoomAsSoonAsAnyOfManyTabsHasExpired() { // T2, F3
        var some = 9;
        startWith(TestConfig.with("copresence.limits.tabs-per-user", some));
        var tabs = IntStream.range(0, some).mapToObj(i -> tabOf(ANA)).toList();
        tabs.forEach(tab -> tab.joins(new PagePath("/docs/" + tabs.indexOf(tab))));
        for (var i = 0; i < some; i++) {
            clock().advance(Duration.ofSeconds(5));
            var beating = tabs.get(i);
            beating.beats(new PagePath("/docs/" + i));
            assertThrows(LimitExceededException.class, () -> tabOf(ANA).joins(PAGE), "all live");
        }

        clock().advance(Duration.ofSeconds(5));
        assertThrows(LimitExceededException.class, () -> tabOf(ANA).joins(PAGE), "the first lives through this");
        clock().advance(MILLISECOND);
        tabOf(ANA).joins(PAGE);

        assertThrows(LimitExceededException.class, () -> tabOf(ANA).joins(PAGE));
    }

    @Test
    default void aUserWhoseManyTabsHaveAllExpiredOpensAsManyAnew() { // T2, F3
        startWith(TestConfig.with("copresence.limits.tabs-per-user", 40));
        IntStream.range(0, 40).forEach(i -> tabOf(ANA).joins(new PagePath("/docs/" + i % 7)));
        clock().advance(LIFE.plus(MILLISECOND));

        IntStream.range(0, 40).forEach(i -> tabOf(ANA).joins(PAGE));

        assertEquals(40, read(PAGE).tabCount());
        assertThrows(LimitExceededException.class, () -> tabOf(ANA).joins(PAGE));
    }
}
