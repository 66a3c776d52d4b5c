package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.store.memory.InMemoryPresenceStore;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rules of time, which the registry takes from the configuration and from the clock it is given. */
class PresenceRegistryTest {

    private static final PagePath PAGE = new PagePath("/docs/a");
    private static final User ANA = new User(new UserId("u-ana"), "Ana", null);
    private static final User BEN = new User(new UserId("u-ben"), "Ben", null);
    private static final TabId TAB = new TabId(0, 1);
    private static final Duration MILLISECOND = Duration.ofMillis(1);

    // Far from the wall clock: whoever asks that one is found out.
    private final ManualClock clock = new ManualClock(Instant.parse("2001-01-01T00:00:00Z"));
    private final PresenceConfig config = TestConfig.with(Map.of(
            "copresence.ttl", "2s",
            "copresence.away-ttl", "5s",
            "copresence.leave-grace", "700ms",
            "copresence.heartbeat-interval", "900ms",
            "copresence.editing.answer-within", "600ms",
            "copresence.editing.keep-for", "1500ms",
            "copresence.editing.takeover-after", "400ms"));
    private final PresenceStore store = new InMemoryPresenceStore(config);
    private final PresenceRegistry registry = new PresenceRegistry(store, clock, config);

    // Y7

    @Test
    void aHiddenTabWithoutAClaimBeatsLessOften() {
        var waiting = new Editing.Waiting(BEN.id(), 1, null, Duration.ZERO);
        var ofShortLives = new PresenceRegistry(
                store,
                clock,
                TestConfig.with(Map.of("copresence.away-ttl", "45s", "copresence.heartbeat-interval", "20s")));

        assertEquals(config.awayTtl().dividedBy(3), registry.nextHeartbeat(hidden(), null));
        assertEquals(config.heartbeatInterval(), registry.nextHeartbeat(hidden(), waiting));
        assertEquals(config.heartbeatInterval(), registry.nextHeartbeat(visible(), null));
        assertEquals(Duration.ofSeconds(20), ofShortLives.nextHeartbeat(hidden(), null));
    }

    // T1

    @Test
    void aVisibleTabLivesForTheTtl() {
        var beat = await(registry.join(ANA, visible()));
        clock.advance(config.ttl());
        assertEquals(1, viewerCount());

        clock.advance(MILLISECOND);

        assertEquals(0, viewerCount());
        assertEquals(config.ttl(), beat.life());
    }

    @Test
    void aHiddenTabLivesForTheAwayTtl() {
        var beat = await(registry.join(ANA, hidden()));
        clock.advance(config.awayTtl());
        assertEquals(1, viewerCount());

        clock.advance(MILLISECOND);

        assertEquals(0, viewerCount());
        assertEquals(config.awayTtl(), beat.life());
    }

    @Test
    void aHeartbeatBeginsTheLifeAnew() {
        await(registry.join(ANA, visible()));
        clock.advance(config.ttl());

        await(registry.heartbeat(ANA, hidden()));
        clock.advance(config.awayTtl());

        assertEquals(1, viewerCount());
    }

    // L1

    @Test
    void aLeaveTakesEffectAtOnce() {
        await(registry.join(ANA, visible()));

        await(registry.leave(ANA, new Leave(TAB, PAGE, false, null)));

        assertEquals(0, viewerCount());
    }

    @Test
    void anUnloadingLeaveTakesEffectAfterTheGrace() {
        await(registry.join(ANA, visible()));
        await(registry.leave(ANA, new Leave(TAB, PAGE, true, null)));
        clock.advance(config.leaveGrace());
        assertEquals(1, viewerCount());

        clock.advance(MILLISECOND);

        assertEquals(0, viewerCount());
    }

    @Test
    void anUnloadingLeaveTakesEffectAtOnceWithoutAGrace() {
        var impatient = new PresenceRegistry(store, clock, TestConfig.with("copresence.leave-grace", "0s"));
        await(impatient.join(ANA, visible()));

        await(impatient.leave(ANA, new Leave(TAB, PAGE, true, null)));

        assertEquals(0, viewerCount());
    }

    // L2

    @Test
    void aJoinUndoesALeaveAndALateHeartbeatDoesNot() {
        var document = new Incarnation(1);
        var heartbeat = new Heartbeat(TAB, PAGE, null, true, document);
        await(registry.join(ANA, heartbeat));
        await(registry.leave(ANA, new Leave(TAB, PAGE, false, document)));

        await(registry.heartbeat(ANA, heartbeat));
        assertEquals(0, viewerCount());
        await(registry.join(ANA, heartbeat));

        assertEquals(1, viewerCount());
    }

    // T3

    @Test
    void eachCallReadsTheClockOnce() {
        var readings = new AtomicInteger();
        InstantSource counted = () -> clock.instant().plusMillis(readings.incrementAndGet());
        var counting = new PresenceRegistry(store, counted, config);

        await(counting.join(ANA, visible()));
        await(counting.heartbeat(ANA, visible()));
        await(counting.list(PAGE));
        await(counting.isDue(ANA.id(), TAB));
        await(counting.cleanup());
        await(counting.command(ANA, call(LeaseCommand.Kind.TAKE_OVER)));
        assertThrows(LeaseRefusedException.class, () -> await(counting.verify(ANA.id(), PAGE, null, 1)));
        await(counting.leave(ANA, new Leave(TAB, PAGE, true, null)));

        assertEquals(8, readings.get());
    }

    // T4

    @Test
    void aCleanupAnnouncesWhatHasExpired() {
        List<PagePath> news = new ArrayList<>();
        await(registry.join(ANA, visible()));
        store.onChange(news::add);
        clock.advance(config.ttl().plus(MILLISECOND));

        await(registry.cleanup());

        assertEquals(List.of(PAGE), news);
    }

    // F3: a tab whose turn it is to beat

    @Test
    void aTabIsDueAThirdOfTheIntervalAfterItsLastBeat() {
        await(registry.join(ANA, visible()));
        clock.advance(Duration.ofMillis(299));
        assertFalse(isDue(TAB));

        clock.advance(MILLISECOND);

        assertTrue(isDue(TAB));
    }

    @Test
    void aTabThatHasJustBeatIsNotDue() {
        await(registry.join(ANA, visible()));
        clock.advance(config.heartbeatInterval());

        await(registry.heartbeat(ANA, hidden()));

        assertFalse(isDue(TAB));
    }

    @Test
    void aTabThatIsNotAliveIsNotDue() {
        await(registry.join(ANA, visible()));

        clock.advance(config.ttl().plus(MILLISECOND));

        assertFalse(isDue(TAB));
        assertFalse(isDue(new TabId(0, 2)));
    }

    // R1

    @Test
    void theHolderOfALeaseUnderItsFenceMaySave() {
        await(registry.join(ANA, editing()));
        var lease = await(store.lease(PAGE, null, clock.instant())).orElseThrow();

        assertEquals(lease, await(registry.verify(ANA.id(), PAGE, null, lease.fence())));
        assertLost(ANA, ANA.id(), lease.fence() + 1);
        assertLost(ANA, BEN.id(), lease.fence());
        clock.advance(config.ttl().plus(MILLISECOND));
        assertLost(null, ANA.id(), lease.fence());
    }

    // R2

    @Test
    void aRequestIsAnsweredWithinTheTimeForIt() {
        await(registry.join(ANA, editing()));
        await(registry.join(BEN, editing()));

        var turn = await(registry.command(BEN, call(LeaseCommand.Kind.REQUEST)));
        clock.advance(config.editing().answerWithin().minus(MILLISECOND));
        assertEquals(ANA.id(), await(registry.list(PAGE)).editor());
        clock.advance(MILLISECOND);

        assertEquals(BEN.id(), await(registry.list(PAGE)).editor());
        var waiting = assertInstanceOf(Editing.Waiting.class, turn.editing());
        assertEquals(new Editing.Request(BEN, config.editing().answerWithin()), waiting.request());
    }

    @Test
    void anEditorWhoRefusesIsLeftAloneForTheTimeOfIt() {
        await(registry.join(ANA, editing()));
        await(registry.join(BEN, editing()));
        await(registry.command(BEN, call(LeaseCommand.Kind.REQUEST)));
        await(registry.command(ANA, call(LeaseCommand.Kind.KEEP)));

        clock.advance(config.editing().keepFor().minus(MILLISECOND));
        var early = assertThrows(
                LeaseRefusedException.class, () -> await(registry.command(BEN, call(LeaseCommand.Kind.REQUEST))));
        clock.advance(MILLISECOND);
        var turn = await(registry.command(BEN, call(LeaseCommand.Kind.REQUEST)));

        assertEquals(MILLISECOND, early.waiting());
        assertEquals(BEN.id(), turn.snapshot().requestedBy());
    }

    // W5

    @Test
    void anEditorHasTheTimeForItBeforeATakeOverUnlessItIsToBeNow() {
        await(registry.join(ANA, editing()));
        await(registry.join(BEN, visible()));
        var time = config.editing().takeoverAfter();

        var turn = await(registry.command(BEN, call(LeaseCommand.Kind.TAKE_OVER)));
        clock.advance(time.minus(MILLISECOND));
        assertEquals(ANA.id(), await(registry.list(PAGE)).editor());
        clock.advance(MILLISECOND);
        assertEquals(BEN.id(), await(registry.list(PAGE)).editor());
        var now = await(registry.takeOverNow(ANA, call(LeaseCommand.Kind.TAKE_OVER)));

        var waiting = assertInstanceOf(Editing.Waiting.class, turn.editing());
        assertEquals(new Editing.Request(BEN, time, true), waiting.request());
        assertEquals(BEN, now.loser());
    }

    private void assertLost(@Nullable User editor, UserId user, long fence) {
        var refused = assertThrows(LeaseRefusedException.class, () -> await(registry.verify(user, PAGE, null, fence)));
        assertEquals(LeaseRefusedException.Reason.LOST, refused.reason());
        assertEquals(editor, refused.editor());
    }

    private int viewerCount() {
        return await(registry.list(PAGE)).viewerCount();
    }

    private boolean isDue(TabId tab) {
        return await(registry.isDue(ANA.id(), tab));
    }

    private static Heartbeat visible() {
        return new Heartbeat(TAB, PAGE, null, true, null);
    }

    private static Heartbeat editing() {
        return new Heartbeat(TAB, PAGE, true, true, null);
    }

    private static LeaseCommand call(LeaseCommand.Kind kind) {
        return new LeaseCommand(kind, TAB, PAGE, null);
    }

    private static Heartbeat hidden() {
        return new Heartbeat(TAB, PAGE, null, false, null);
    }

    private static <T> T await(Uni<T> answer) {
        return answer.await().indefinitely();
    }
}
