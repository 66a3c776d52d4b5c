package dev.copresence.store.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.copresence.EditedSection;
import dev.copresence.Editing;
import dev.copresence.Lease;
import dev.copresence.LeaseRefusedException;
import dev.copresence.Section;
import dev.copresence.TestConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tabs are in sections of a page, which have viewers and leases of their own. */
interface SectionsContract extends StoreFixture {

    // R4: sections

    @Test
    default void eachSectionHasALeaseOfItsOwn() {
        var ana = tabOf(ANA);
        var page = fenceOf(ana.claims(PAGE));
        var notes = fenceOf(tabOf(BEN).in(NOTES).claims(PAGE));
        var intro = fenceOf(tabOf(CAI).in(INTRO).claims(PAGE));

        var snapshot = read(PAGE);

        assertEquals(ANA.id(), snapshot.editor());
        assertEquals(
                List.of(new EditedSection(INTRO, CAI.id(), null), new EditedSection(NOTES, BEN.id(), null)),
                snapshot.sections());
        assertEquals(Optional.of(new Lease(ANA, page)), leaseOf(PAGE, null));
        assertEquals(Optional.of(new Lease(BEN, notes)), leaseOf(PAGE, NOTES));
        assertEquals(Optional.of(new Lease(CAI, intro)), leaseOf(PAGE, INTRO));
    }

    @Test
    default void claimsOfASectionWaitForThatSection() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN).in(INTRO);
        var cai = tabOf(CAI).in(INTRO);
        ben.claims(PAGE);
        var waiting = cai.claims(PAGE);
        var turn = cai.requests(PAGE);
        var handed = ben.handsOver(PAGE);

        assertEquals(new Editing.Waiting(BEN.id(), 1), waiting.editing());
        assertEquals(
                List.of(new EditedSection(INTRO, BEN.id(), CAI.id())),
                turn.snapshot().sections());
        assertNull(turn.snapshot().requestedBy());
        assertEquals(new Editing.Lost(CAI, CAI.id()), handed.editing());
        assertEquals(
                List.of(new EditedSection(INTRO, CAI.id(), null)), read(PAGE).sections());
        assertEquals(ANA.id(), read(PAGE).editor());
    }

    @Test
    default void aClaimGoesWithItsTab() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        ana.in(INTRO).claims(PAGE);
        ben.in(INTRO).claims(PAGE);
        tabOf(CAI).in(NOTES).claims(PAGE);

        var there = ana.in(NOTES).claims(PAGE);

        assertEquals(new Editing.Waiting(CAI.id(), 1), there.editing());
        assertEquals(BEN, leaseOf(PAGE, INTRO).orElseThrow().holder());
        assertInstanceOf(Editing.Granted.class, ben.in(INTRO).claims(PAGE).editing());
    }

    @Test
    default void aClaimOfASectionEndsWithItsTabsLife() { // E3
        tabOf(ANA).in(INTRO).claims(PAGE);
        tabOf(BEN).lives(AWAY_LIFE).joins(PAGE);
        clock().advance(LIFE.plus(MILLISECOND));

        assertEquals(List.of(), read(PAGE).sections());
        assertEquals(Optional.empty(), leaseOf(PAGE, INTRO));
    }

    @Test
    default void whoSaysWhoseLeaseItIsNotAboutIsRefused() {
        var ana = tabOf(ANA);
        ana.in(INTRO).claims(PAGE);

        assertRefused(LeaseRefusedException.Reason.NO_CLAIM, null, Duration.ZERO, () -> ana.requests(PAGE));
        assertRefused(
                LeaseRefusedException.Reason.NO_CLAIM,
                null,
                Duration.ZERO,
                () -> ana.in(NOTES).requests(PAGE));
    }

    @Test
    default void aViewerIsWhereTheyWentLast() {
        var first = tabOf(ANA);
        var second = tabOf(ANA);
        first.in(INTRO).yields(PAGE);
        second.in(NOTES).yields(PAGE);
        first.in(INTRO).yields(PAGE);

        assertEquals(NOTES, read(PAGE).viewers().get(0).section());
        first.in(NOTES).yields(PAGE);
        first.in(INTRO).yields(PAGE);
        assertEquals(INTRO, read(PAGE).viewers().get(0).section());
    }

    @Test
    default void aViewerIsNowhereInParticularOnceTheTabThatWentLastIsNot() {
        var first = tabOf(ANA);
        var second = tabOf(ANA);
        first.in(INTRO).yields(PAGE);
        second.in(NOTES).yields(PAGE);

        second.yields(PAGE);
        first.in(INTRO).yields(PAGE);

        assertNull(read(PAGE).viewers().get(0).section());
        second.in(NOTES).yields(PAGE);
        second.leaves(PAGE);
        assertNull(read(PAGE).viewers().get(0).section());
    }

    @Test
    default void aStepToAnotherSectionIsNewsAndStayingThereIsNone() {
        var ana = tabOf(ANA).in(INTRO);

        assertEquals(Set.of(PAGE), newsOf(() -> ana.yields(PAGE)));
        assertEquals(Set.of(), newsOf(() -> ana.yields(PAGE)));
        assertEquals(Set.of(PAGE), newsOf(() -> ana.in(NOTES).yields(PAGE)));
        assertEquals(Set.of(PAGE), newsOf(() -> ana.in(null).yields(PAGE)));
    }

    @Test
    default void aTabThatSaysNothingOfItStaysInItsSection() {
        var ana = tabOf(ANA);
        var granted = ana.in(INTRO).claims(PAGE).editing();

        var beat = ana.joins(PAGE);

        assertEquals(granted, beat.editing());
        assertEquals(INTRO, read(PAGE).viewers().get(0).section());
    }

    @Test
    default void aTabThatComesToAnotherPageIsInNoSectionThere() {
        var ana = tabOf(ANA);
        ana.in(INTRO).claims(PAGE);

        var beat = ana.joins(OTHER);

        assertNull(beat.editing());
        assertNull(read(OTHER).viewers().get(0).section());
        assertEquals(List.of(), read(PAGE).sections());
    }

    @Test
    default void sectionsStandInTheOrderOfTheirNames() {
        var names = List.of("a", "B", "é", "z", "\ud83d\ude00", "\uff5e", "10", "9");
        for (var name : names) {
            tabOf(ANA).in(new Section(name)).claims(PAGE);
        }

        assertEquals(
                List.of("10", "9", "B", "a", "z", "é", "\uff5e", "\ud83d\ude00"),
                read(PAGE).sections().stream()
                        .map(edited -> edited.section().value())
                        .toList());
    }

    @Test
    default void noMoreSectionsAreListedThanViewersMayBe() {
        startWith(TestConfig.with("copresence.max-listed", 2));
        List.of("c", "b", "a").forEach(name -> tabOf(ANA).in(new Section(name)).claims(PAGE));

        assertEquals(
                List.of("a", "b"),
                read(PAGE).sections().stream()
                        .map(edited -> edited.section().value())
                        .toList());
    }
}
