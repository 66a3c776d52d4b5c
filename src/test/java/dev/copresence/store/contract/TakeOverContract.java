package dev.copresence.store.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.EditedSection;
import dev.copresence.Editing;
import dev.copresence.Lease;
import dev.copresence.LeaseRefusedException;
import dev.copresence.Occupancy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A lease can be taken over at once, and the loser is told. */
interface TakeOverContract extends StoreFixture {

    // R3: who may takes over

    @Test
    default void whoTakesOverHasTheLeaseAtOnce() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        var cai = tabOf(CAI);
        var first = fenceOf(ana.claims(PAGE));
        ben.claims(PAGE);
        cai.claims(PAGE);

        var turn = cai.takesOver(PAGE);

        var second = fenceOf(turn.editing());
        assertTrue(first < second, first + " < " + second);
        assertEquals(ANA, turn.loser());
        assertEquals(CAI.id(), turn.snapshot().editor());
        assertEquals(Optional.of(new Lease(CAI, second)), leaseOf(PAGE, null));
        assertEquals(new Editing.Lost(CAI, CAI.id()), ana.claims(PAGE).editing());
        assertEquals(new Editing.Waiting(CAI.id(), 1), ben.beats(PAGE).editing());
    }

    @Test
    default void aTakeOverIsNews() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        ben.joins(PAGE);

        assertEquals(Set.of(PAGE), newsOf(() -> ben.takesOver(PAGE)));
    }

    @Test
    default void whoTakesOverNeedNotHaveClaimed() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        ben.joins(PAGE);

        var turn = ben.takesOver(PAGE);

        assertInstanceOf(Editing.Granted.class, turn.editing());
        assertEquals(turn.editing(), ben.claims(PAGE).editing());
    }

    @Test
    default void whoTakesOverHasToBeThere() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        ben.joins(OTHER);

        assertRefused(LeaseRefusedException.Reason.NO_CLAIM, ANA, Duration.ZERO, () -> ben.takesOver(PAGE));
    }

    @Test
    default void whatNobodyHasIsClaimedByATakeOver() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);

        var turn = ana.takesOver(PAGE);

        assertInstanceOf(Editing.Granted.class, turn.editing());
        assertNull(turn.loser());
        assertEquals(Occupancy.Transfers.NONE, occupancy().transfers());
    }

    @Test
    default void whoTakesOverWhatIsTheirsKeepsIt() {
        var ana = tabOf(ANA);
        var granted = ana.claims(PAGE).editing();

        var turn = ana.takesOver(PAGE);

        assertEquals(granted, turn.editing());
        assertNull(turn.loser());
    }

    @Test
    default void aTakeOverEndsARequest() {
        tabOf(ANA).claims(PAGE);
        var ben = tabOf(BEN);
        ben.claims(PAGE);
        ben.requests(PAGE);
        var cai = tabOf(CAI);
        cai.joins(PAGE);

        var turn = cai.takesOver(PAGE);

        assertNull(turn.snapshot().requestedBy());
        assertEquals(new Editing.Waiting(CAI.id(), 1), ben.beats(PAGE).editing());
    }

    @Test
    default void whoHasLostTheLeaseMayTakeItBack() {
        var ana = tabOf(ANA);
        handOver(ana, tabOf(BEN));

        var turn = ana.takesOver(PAGE);

        assertInstanceOf(Editing.Granted.class, turn.editing());
        assertEquals(BEN, turn.loser());
    }

    @Test
    default void aTakeOverTakesTheTabToTheSection() {
        tabOf(ANA).in(INTRO).claims(PAGE);
        var ben = tabOf(BEN);
        ben.claims(PAGE);

        var turn = ben.in(INTRO).takesOver(PAGE);

        assertInstanceOf(Editing.Granted.class, turn.editing());
        assertNull(turn.snapshot().editor());
        assertEquals(
                List.of(new EditedSection(INTRO, BEN.id(), null)),
                turn.snapshot().sections());
    }
}
