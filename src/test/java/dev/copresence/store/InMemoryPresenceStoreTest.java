package dev.copresence.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.PresenceConfig;
import dev.copresence.PresenceStore;
import dev.copresence.PresenceStoreContract;
import java.util.HashSet;
import java.util.Set;
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
}
