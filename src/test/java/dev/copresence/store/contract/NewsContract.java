package dev.copresence.store.contract;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.copresence.HeartbeatAnswer;
import dev.copresence.PagePath;
import dev.copresence.PresenceSnapshot;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A page is announced when others see it differently than before, and at no other time. */
interface NewsContract extends StoreFixture {

    // S2: what leaves the snapshot equal is silent, what changes it announces the page

    @Test
    default void aHeartbeatThatOnlyMovesADeadlineIsSilent() {
        var ana = tabOf(ANA);
        ana.claims(PAGE);
        clock().advance(LIFE);

        var news = newsOf(() -> {
            ana.beats(PAGE);
            ana.claims(PAGE);
            ana.joins(PAGE);
        });

        assertEquals(Set.of(), news);
    }

    @Test
    default void questionsAreSilent() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        var news = newsOf(() -> {
            read(PAGE);
            read(OTHER);
            ana.lastSeen();
            occupancy();
            sweep();
        });

        assertEquals(Set.of(), news);
    }

    @Test
    default void aClaimThatWaitsAndIsGivenUpIsSilent() {
        var ben = tabOf(BEN);
        tabOf(ANA).claims(PAGE);
        ben.joins(PAGE);

        var news = newsOf(() -> {
            ben.claims(PAGE);
            ben.yields(PAGE);
        });

        assertEquals(Set.of(), news);
    }

    @Test
    default void aLeaseThatPassesBetweenTabsOfOneUserIsSilent() {
        var first = tabOf(ANA);
        var second = tabOf(ANA);
        first.claims(PAGE);
        second.claims(PAGE);

        var news = newsOf(() -> first.yields(PAGE));

        assertEquals(Set.of(), news);
    }

    @Test
    default void hidingOneOfTwoVisibleTabsIsSilent() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        tabOf(ANA).joins(PAGE);

        var news = newsOf(() -> ana.hidden().beats(PAGE));

        assertEquals(Set.of(), news);
    }

    @Test
    default void aChangeAnnouncesItsPageAlone() {
        var ana = tabOf(ANA);
        tabOf(BEN).joins(OTHER);

        assertAll(
                () -> assertEquals(Set.of(PAGE), newsOf(() -> ana.joins(PAGE)), "a viewer"),
                () -> assertEquals(Set.of(PAGE), newsOf(() -> tabOf(ANA).joins(PAGE)), "a second tab"),
                () -> assertEquals(Set.of(PAGE), newsOf(() -> ana.claims(PAGE)), "an editor"),
                () -> assertEquals(Set.of(PAGE), newsOf(() -> ana.yields(PAGE)), "no editor"),
                () -> assertEquals(Set.of(PAGE), newsOf(() -> ana.leaves(PAGE)), "a tab less"));
    }

    @Test
    default void aListenerThatReadsThePageSeesTheChange() {
        var seen = ConcurrentHashMap.<PresenceSnapshot>newKeySet();
        store().onChange(page ->
                store().read(page, clock().instant()).subscribe().with(seen::add));

        var beat = new AtomicReference<HeartbeatAnswer>();
        newsOf(() -> beat.set(tabOf(ANA).joins(PAGE)));

        assertEquals(Set.of(beat.get().snapshot()), seen);
    }

    @Test
    default void everyListenerIsTold() {
        Set<PagePath> second = ConcurrentHashMap.newKeySet();
        store().onChange(second::add);

        var news = newsOf(() -> tabOf(ANA).joins(PAGE));

        assertEquals(Set.of(PAGE), news);
        assertEquals(Set.of(PAGE), second);
    }
}
