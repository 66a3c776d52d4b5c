package dev.copresence.browser;

import static dev.copresence.browser.Person.awaitEditor;
import static dev.copresence.browser.Person.awaitState;
import static dev.copresence.browser.Person.edit;
import static dev.copresence.browser.Person.state;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route.FulfillOptions;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Nothing ends presence for good in a window that stays open and visible: it comes back without a reload, or a hand. */
@QuarkusTest
@ExtendWith(ChromiumNeeded.class)
class OutageBrowserTest {

    private static final String CALLS = "**/api/presence/**";

    /** What others than the service answer to a call, and not all of it looks like an outage. */
    private static final List<FulfillOptions> BY_PROXIES = List.of(
            answer(404, "text/plain", "404 page not found"),
            answer(403, "text/html", "<html>Forbidden</html>"),
            answer(401, "text/html", "<html>Who are you?</html>"),
            answer(405, "text/html", "<html>Not allowed</html>"),
            answer(503, "text/html", "<html>Back soon</html>"),
            answer(200, "text/html", "<html>Welcome to the hotel</html>"),
            answer(302, "text/html", "").setHeaders(Map.of("Location", "/host.html")),
            answer(404, "application/problem+json", "{\"type\":\"about:blank\",\"status\":404}"));

    private static Chromium chromium;

    @TestHTTPResource("/")
    String root;

    private final String page = "/test/" + UUID.randomUUID();
    private Person alice;
    private Person bob;
    private Page hers;
    private Page his;
    private Object fence;

    @BeforeAll
    static void startChromium() {
        chromium = Chromium.start();
    }

    @AfterAll
    static void stopChromium() {
        chromium.close();
    }

    @BeforeEach
    void sheEditsAndHeWatches() {
        var service = root.substring(0, root.length() - 1);
        alice = Person.logIn("alice", chromium.browser(), service);
        bob = Person.logIn("bob", chromium.browser(), service);
        his = bob.view(page);
        hers = alice.view(page);
        edit(hers);
        awaitState(hers, "has the page", state -> lease(state).get("status").equals("held"));
        fence = lease(state(hers)).get("fence");
        awaitEditor(his, "alice");
    }

    @AfterEach
    void bothGo() {
        alice.close();
        bob.close();
    }

    @Test
    void whatAProxySaysDuringADeploymentIsAnOutage() {
        for (var answer : BY_PROXIES) {
            hers.route(CALLS, route -> route.fulfill(answer));
            beat();
            awaitState(hers, "is reconnecting", state -> state.get("status").equals("reconnecting"));
            beat();
            assertStillEdits();

            hers.unroute(CALLS);

            awaitState(hers, "is live again", state -> state.get("status").equals("live"));
            assertStillEdits();
            assertEquals("alice", state(his).get("editorUserId"));
        }
    }

    @Test
    void aSessionThatIsRenewedInAnotherWindowIsFoundByItself() {
        var cookies = alice.context().cookies();
        alice.context().clearCookies();
        beat();
        awaitState(hers, "is signed out", state -> state.get("status").equals("signed-out"));
        assertStillEdits();

        alice.context().addCookies(cookies);

        awaitState(hers, "is live again", state -> state.get("status").equals("live"));
        assertStillEdits();
    }

    @Test
    void aTokenThatWasStaleForAMomentIsAskedForAgain() {
        hers.evaluate("""
                window.asked = 0
                window.isStale = true
                document.querySelector('page-presence').token = () => (window.asked++, isStale ? 'stale' : undefined)""");
        awaitState(hers, "is signed out", state -> state.get("status").equals("signed-out"));

        hers.evaluate("window.isStale = false");

        awaitState(hers, "is live again", state -> state.get("status").equals("live"));
        assertEquals(true, hers.evaluate("asked > 2"));
    }

    /** Two windows side by side are both visible, and what the one has found the other finds too. */
    @Test
    void windowsSideBySideAllComeBack() {
        var windows = List.of(hers, alice.view(page), alice.view(page));
        var cookies = alice.context().cookies();
        alice.context().clearCookies();
        windows.forEach(window -> window.evaluate("dispatchEvent(new Event('online'))"));
        for (var window : windows) {
            awaitState(window, "is signed out", state -> state.get("status").equals("signed-out"));
        }

        alice.context().addCookies(cookies);

        for (var window : windows) {
            awaitState(window, "is live again", state -> state.get("status").equals("live"));
        }
        assertStillEdits();
    }

    @Test
    void aSectionThatIsRefusedIsRefusedAlone() {
        var refusal = """
                {"type":"urn:copresence:problem:invalid-input","title":"Bad Request","status":400,\
                "violations":[{"field":"section","message":"must be another"}]}""";
        hers.route(url -> url.contains("/api/presence/"), route -> {
            var body = route.request().postData();
            if (body != null && body.contains("\"section\":\"odd\"")) {
                route.fulfill(answer(400, "application/problem+json", refusal));
            } else {
                route.fallback();
            }
        });

        hers.evaluate("document.querySelector('page-presence').presence.setSection('odd')");
        awaitState(hers, "knows why", state -> state.get("problem") != null);
        assertEquals("live", state(hers).get("status"));
        assertEquals("idle", lease(state(hers)).get("status"));
        awaitState(his, "sees nobody edit", state -> state.get("editorUserId") == null);

        hers.evaluate("document.querySelector('page-presence').presence.setSection('this')");

        awaitState(hers, "has the section", state -> lease(state).get("status").equals("held"));
        assertEquals(null, state(hers).get("problem"));
    }

    private static FulfillOptions answer(int status, String type, String body) {
        return new FulfillOptions().setStatus(status).setContentType(type).setBody(body);
    }

    /** Brings a heartbeat at once. */
    private void beat() {
        hers.evaluate("dispatchEvent(new Event('online'))");
    }

    private void assertStillEdits() {
        var lease = lease(state(hers));
        assertEquals("held", lease.get("status"));
        assertEquals(fence, lease.get("fence"));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> lease(Map<String, Object> state) {
        return (Map<String, Object>) state.get("lease");
    }
}
