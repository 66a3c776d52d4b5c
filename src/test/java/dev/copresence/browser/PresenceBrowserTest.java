package dev.copresence.browser;

import static dev.copresence.browser.Person.awaitEditor;
import static dev.copresence.browser.Person.awaitNames;
import static dev.copresence.browser.Person.awaitState;
import static dev.copresence.browser.Person.edit;
import static dev.copresence.browser.Person.names;
import static dev.copresence.browser.Person.passTime;
import static dev.copresence.browser.Person.seen;
import static dev.copresence.browser.Person.state;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.options.ForcedColors;
import com.microsoft.playwright.options.ReducedMotion;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What Alice and Bob see of one another, each in a browser of their own, after a real login. */
@QuarkusTest
@TestProfile(ShortLives.class)
@ExtendWith(ChromiumNeeded.class)
class PresenceBrowserTest {

    /** An editor with two tabs, somebody who is away, and more than fit into the row. */
    private static final String SOME_PEOPLE = """
            document.querySelector('page-presence').state = {
              status: 'live', self: { id: 'A', name: 'A Person' }, viewerCount: 8, tabCount: 9, editorUserId: 'A',
              viewers: [...'ABCDEFGH'].map((name) => ({
                id: name, name: `${name} Person`, tabCount: name === 'A' ? 2 : 1, away: name === 'B',
              })),
            }""";

    private static Chromium chromium;

    @TestHTTPResource("/")
    String service;

    private final String page = "/test/" + UUID.randomUUID();
    private Person alice;
    private Person bob;

    @BeforeAll
    static void startChromium() {
        chromium = Chromium.start();
    }

    @AfterAll
    static void stopChromium() {
        chromium.close();
    }

    @BeforeEach
    void logIn() {
        alice = Person.logIn("alice", chromium.browser(), origin());
        bob = Person.logIn("bob", chromium.browser(), origin());
    }

    private String origin() {
        return service.substring(0, service.length() - 1);
    }

    @AfterEach
    void logOut() {
        alice.close();
        bob.close();
    }

    @Test
    void twoUsersSeeOneAnotherComeAndGo() {
        var hers = alice.view(page);
        var his = bob.view(page);
        awaitNames(hers, "Alice", "Bob");
        awaitNames(his, "Alice", "Bob");

        hers.close();

        awaitNames(his, "Bob");
        assertEquals(List.of(), bob.errors());
    }

    @Test
    void joinEditLeaveAndExpiryAreSeenWithoutAPoll() {
        var his = withoutSnapshotsInBeats(bob);
        awaitNames(his, "Bob");

        var hers = alice.view(page);
        awaitNames(his, "Bob", "Alice");
        edit(hers);
        awaitEditor(his, "alice");
        hers.close();
        awaitNames(his, "Bob");
        var again = alice.view(page);
        awaitNames(his, "Bob", "Alice");
        crash(again);
        awaitNames(his, "Bob");
    }

    @Test
    void aSecondTabCountsAsTheSamePerson() {
        var his = bob.view(page);

        alice.view(page);
        var second = alice.view(page);
        awaitNames(his, "Bob", "Alice 2");
        second.close();

        awaitNames(his, "Bob", "Alice");
    }

    @Test
    void aDuplicatedTabCountsAsATabOfItsOwn() {
        var his = bob.view(page);
        var first = alice.view(page);

        var copy = first.waitForPopup(() -> first.evaluate("void window.open(location.href)"));

        awaitNames(his, "Bob", "Alice 2");
        awaitNames(copy, "Bob", "Alice 2");
        var ids = List.of(tabId(first), tabId(copy));
        assertEquals(2, ids.stream().distinct().count(), "tab ids in " + ids);
    }

    @Test
    void aReloadIsSeenByNobody() {
        var his = bob.view(page);
        var hers = alice.view(page);
        awaitNames(his, "Bob", "Alice");
        var before = seen(his).size();

        for (var i = 0; i < 5; i++) {
            hers.reload();
            awaitNames(hers, "Bob", "Alice");
        }

        passTime(ShortLives.GRACE.plusSeconds(1));
        assertEquals(List.of(), withoutAlice(his, before));
    }

    @Test
    void whoStaysOnThePageStaysPresent() {
        var his = bob.view(page);
        var hers = alice.view(page);
        awaitNames(his, "Bob", "Alice");
        var before = seen(his).size();
        var asked = new ArrayList<String>();
        hers.onDialog(dialog -> stay(dialog, asked));
        hers.evaluate("addEventListener('beforeunload', (event) => event.preventDefault())");
        hers.locator("h1").click();

        hers.evaluate("setTimeout(() => (location.href = '/'))");

        await().pollInSameThread().until(() -> pump(hers, asked), List.of("beforeunload")::equals);
        passTime(ShortLives.GRACE.plusSeconds(1));
        assertEquals(List.of(), withoutAlice(his, before));
    }

    @Test
    void whoComesBackFromTheCacheIsSeenLeavingAndReturning() {
        var his = bob.view(page);
        var hers = alice.view(page);
        awaitNames(his, "Bob", "Alice");
        edit(hers);
        awaitEditor(his, "alice");

        hers.evaluate("location.href = '/copresence/presence.js'");
        awaitNames(his, "Bob");
        hers.evaluate("history.back()");
        awaitNames(his, "Bob", "Alice");

        assertEquals("true", rawEvaluate(hers, "window.isRestored"), "the page came from the cache");
        // Others may have edited in between: her claim does not come back by itself.
        awaitState(his, "sees nobody edit", state -> state.get("editorUserId") == null);
    }

    @Test
    void aTabThatIsKilledExpires() {
        var his = bob.view(page);
        var hers = alice.view(page);
        edit(hers);
        awaitEditor(his, "alice");

        crash(hers);

        awaitNames(his, "Bob");
        assertEquals(null, state(his).get("editorUserId"));
    }

    @Test
    void aLostNetworkIsHealedWithoutAReload() {
        var his = bob.view(page);
        var hers = alice.view(page);
        awaitNames(his, "Bob", "Alice");

        alice.context().setOffline(true);
        awaitNames(his, "Bob");
        alice.context().setOffline(false);

        awaitNames(his, "Bob", "Alice");
        awaitNames(hers, "Bob", "Alice");
    }

    @Test
    void theNextInLineGetsThePageWhenTheEditorLeaves() {
        var hers = alice.view(page);
        edit(hers);
        awaitState(hers, "holds the lease", PresenceBrowserTest::isGranted);
        var his = bob.view(page);
        edit(his);
        awaitState(his, "waits", state -> state.get("editing") != null && !isGranted(state));
        var fence = fence(hers);

        hers.close();

        awaitState(his, "holds the lease", PresenceBrowserTest::isGranted);
        assertTrue(fence(his) > fence, "the fence rises");
    }

    @Test
    void theElementFollowsTheReadersSettingsAndTheDirectionOfItsPage() {
        var settings =
                new NewContextOptions().setReducedMotion(ReducedMotion.REDUCE).setForcedColors(ForcedColors.ACTIVE);
        try (var reader = Person.logIn("alice", chromium.browser(), origin(), settings)) {
            var special = reader.view(page);
            special.evaluate("document.documentElement.dir = 'rtl'");
            var usual = bob.view(page);
            for (var tab : List.of(special, usual)) {
                tab.evaluate(SOME_PEOPLE);
            }

            assertEquals("arrive", style(usual, ".person", "animationName"));
            assertEquals("none", style(special, ".person", "animationName"));
            assertEquals("none", style(usual, ".editor .avatar", "outlineStyle"));
            assertEquals("solid", style(special, ".editor .avatar", "outlineStyle"));
            assertEquals("dashed", style(special, ".away .avatar", "borderTopStyle"));
            assertTrue(left(usual, ".person:first-child") < left(usual, ".person:last-child"), "from left to right");
            assertTrue(
                    left(special, ".person:first-child") > left(special, ".person:last-child"), "from right to left");
            assertTrue(left(usual, ".badge") > left(usual, ".avatar"), "the badge is at its end");
            assertTrue(left(special, ".badge") < left(special, ".avatar"), "the badge is at its end");

            special.locator("page-presence [part=overflow]").click();
            var list = special.locator("page-presence [part=popup]").boundingBox();
            assertTrue(list.x >= 0 && list.x + list.width <= special.viewportSize().width, "the list is on the screen");
            special.screenshot(
                    new ScreenshotOptions().setPath(Path.of("target", "screenshots", "element-settings.png")));
        }
    }

    private static String style(Page tab, String inside, String property) {
        return (String) inside(tab, inside).evaluate("(element, name) => getComputedStyle(element)[name]", property);
    }

    private static double left(Page tab, String inside) {
        return inside(tab, inside).boundingBox().x;
    }

    /** The first such part of the row. */
    private static Locator inside(Page tab, String selector) {
        return tab.locator("page-presence .list " + selector).first();
    }

    /** A tab that could learn of the others from its stream alone. */
    private Page withoutSnapshotsInBeats(Person person) {
        person.context().route("**/api/presence/heartbeat", PresenceBrowserTest::withoutSnapshot);
        return person.view(page);
    }

    private static void withoutSnapshot(Route route) {
        var answer = route.fetch();
        var beat = JsonParser.parseString(answer.text()).getAsJsonObject();
        beat.remove("snapshot");
        route.fulfill(new FulfillOptions().setResponse(answer).setBody(beat.toString()));
    }

    /** Ends the tab's process in the middle of whatever it does. */
    private static void crash(Page tab) {
        // The address is an order to the process, not a place: nothing is left that could arrive there.
        assertThrows(PlaywrightException.class, () -> tab.navigate("chrome://crash"));
    }

    /** Asks the browser itself: Playwright loses sight of a page that comes back from the cache. */
    private static String rawEvaluate(Page tab, String expression) {
        var question = new JsonObject();
        question.addProperty("expression", "String(" + expression + ")");
        var answer = tab.context().newCDPSession(tab).send("Runtime.evaluate", question);
        return answer.getAsJsonObject("result").get("value").getAsString();
    }

    private static void stay(Dialog dialog, List<String> asked) {
        asked.add(dialog.type());
        dialog.dismiss();
    }

    /** Has Playwright handle what has come from the browser. */
    private static List<String> pump(Page tab, List<String> asked) {
        tab.waitForTimeout(100);
        return asked;
    }

    /** The states that the tab has been in without Alice, after the first few. */
    private static List<Map<String, Object>> withoutAlice(Page tab, int first) {
        return seen(tab).stream()
                .skip(first)
                .filter(state -> !names(state).contains("Alice"))
                .toList();
    }

    private static String tabId(Page tab) {
        return (String) tab.evaluate("sessionStorage.getItem('presence:tab-id')");
    }

    private static boolean isGranted(Map<String, Object> state) {
        return state.get("editing") instanceof Map<?, ?> editing
                && editing.get("granted").equals(true);
    }

    private static double fence(Page tab) {
        return ((Number) ((Map<?, ?>) state(tab).get("editing")).get("fence")).doubleValue();
    }
}
