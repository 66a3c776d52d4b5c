package dev.copresence.store.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TicketsTest {

    private static final long NOW = 1_795_000_000_000L;

    private final Tickets tickets = new Tickets();

    @Test
    void theFloorIsTheTimeWhileNothingIsKnown() { // E2
        assertEquals(NOW * 1000, tickets.floor(NOW));
    }

    @Test
    void theFloorIsNeverBelowATicketThatWasSeen() { // E2
        tickets.see(NOW * 1000 + 7_000_000, NOW);

        assertTrue(tickets.floor(NOW - 5) >= NOW * 1000 + 7_000_000);
    }

    @Test
    void theFloorOfAnotherInstanceIsAsFarAheadOnceItHasHeardOfIt() { // E2
        tickets.see(NOW * 1000 + 3_600_000_000L, NOW);
        var other = new Tickets();

        other.hear(tickets.lead());

        assertTrue(other.floor(NOW) >= NOW * 1000 + 3_600_000_000L);
    }

    @Test
    void noTicketAndOldOnesMoveNothing() { // E2
        tickets.see(0, NOW);
        tickets.see(NOW * 1000 - 1, NOW);
        tickets.hear(-5);

        assertEquals(NOW * 1000, tickets.floor(NOW));
    }
}
