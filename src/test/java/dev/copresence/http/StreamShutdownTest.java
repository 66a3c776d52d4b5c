package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What becomes of streams in a service that stops; it opens no more, so each test would need one of its own. */
@QuarkusTest
@TestProfile(StreamShutdownTest.OwnService.class)
class StreamShutdownTest {

    /** No other test's service. */
    public static class OwnService extends ManualTime.Profile {}

    @Inject
    Streams streams;

    private final Caller ana = Caller.stranger("ana");
    private final String page = newPage();

    @Test
    void aShutdownSendsEachStreamAwayForATimeOfItsOwnTakesNoMoreAndAnnouncesNoLeave() throws Exception { // L4
        ana.join(page, newTab());
        var clients = new ArrayList<SseClient>();
        for (var i = 0; i < 5; i++) {
            clients.add(SseClient.open(ana, page));
        }
        for (var stream : clients) {
            stream.nextSnapshot();
        }

        streams.shutDown();

        assertNotEquals(1, waits(clients).size());
        assertEquals(0, streams.count());
        var refusals = IntStream.range(0, 20).mapToObj(i -> refusal()).toList();
        refusals.forEach(refusal -> refusal.isProblem(503, "unavailable"));
        assertNotEquals(
                Set.of(refusals.get(0).header("Retry-After")),
                Set.copyOf(
                        refusals.stream().map(one -> one.header("Retry-After")).toList()));
        ana.list(page).statusCode(200).body("viewerCount", is(1));
    }

    /** How long each of them was told to stay away, in ms. */
    private static Set<Integer> waits(List<SseClient> clients) throws InterruptedException {
        var waits = new HashSet<Integer>();
        for (var stream : clients) {
            var bye = stream.next();
            assertEquals("bye", bye.name());
            assertEquals("shutdown", bye.json().getString("reason"));
            assertEquals(bye.retry(), bye.json().getString("retryMs"));
            var wait = Integer.parseInt(bye.retry());
            assertTrue(wait >= 1000 && wait <= 5000, bye::toString);
            waits.add(wait);
            stream.assertEnds();
        }
        return waits;
    }

    private Answer refusal() {
        try {
            return SseClient.refusal(ana, page);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
