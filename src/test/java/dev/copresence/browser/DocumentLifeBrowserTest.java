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
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A claim belongs to the document that made it: what follows it in its tab, stands beside it or was opened from it has none. */
@QuarkusTest
@TestProfile(ShortLives.class)
@ExtendWith(ChromiumNeeded.class)
class DocumentLifeBrowserTest {

    /** A second copy of the client, as a site's bundle has one beside the script of the service. */
    private static final String SECOND_COPY = """
            (page) => import('/copresence/presence.js').then(({ createPresence }) => {
              window.editor = createPresence({ pagePath: page })
            })""";

    private static final String EDITOR = "JSON.parse(JSON.stringify(editor.getSnapshot()))";

    private static Chromium chromium;

    @TestHTTPResource("/")
    String root;

    private final String page = "/wiki/" + UUID.randomUUID();
    private String service;
    private Person alice;
    private Person bob;

    @BeforeAll
    static void startChromium() {
        // A site of an intranet: no https, and so no locks.
        chromium = Chromium.start("--host-resolver-rules=MAP wiki.intranet.test 127.0.0.1");
    }

    @AfterAll
    static void stopChromium() {
        chromium.close();
    }

    @BeforeEach
    void logIn() {
        service = root.substring(0, root.length() - 1);
        alice = Person.logIn("alice", chromium.browser(), service);
        bob = Person.logIn("bob", chromium.browser(), service);
    }

    @AfterEach
    void logOut() {
        alice.close();
        bob.close();
    }

    @Test
    void aSaveThatEndsInTheViewGivesTheClaimUp() {
        var hers = editing(alice);
        var his = waiting(bob);

        hers.locator("form button").click();

        awaitState(his, "has the page", DocumentLifeBrowserTest::isHeld);
        assertReads(hers);
        hers.reload();
        passTime(ShortLives.GRACE.plusSeconds(1));
        assertReads(hers);
        assertEquals("bob", state(hers).get("editorUserId"));
    }

    /** The last keystroke is on its way, so "I give up" has to go with the leave. */
    @Test
    void whatIsGivenUpOnTheWayOutIsGivenUpThoughABeatIsInFlight() {
        var hers = editing(alice);
        var his = waiting(bob);
        // Nobody answers it.
        hers.route("**/api/presence/heartbeat", route -> {});

        hers.evaluate("""
                element.presence.typing()
                element.presence.setIsEditing(false)
                location.href = '/copresence/presence.js'""");

        awaitState(his, "has the page", DocumentLifeBrowserTest::isHeld);
        assertTrue(
                seen(his).stream()
                        .anyMatch(seen -> "bob".equals(seen.get("editorUserId"))
                                && names(seen).contains("Alice")),
                "the claim ends before the grace of the tab");
    }

    @Test
    void anEditorThatIsReloadedAndKnowsItsDraftKeepsTheLease() {
        var his = bob.view(page);
        var hers = alice.open(address() + "&do=edit&draft");
        awaitState(hers, "has the page", DocumentLifeBrowserTest::isHeld);
        awaitEditor(his, "alice");
        var fence = fence(state(hers));
        var before = seen(his).size();

        for (var i = 0; i < 3; i++) {
            hers.reload();
            awaitState(hers, "has the page again", DocumentLifeBrowserTest::isHeld);
        }
        passTime(ShortLives.GRACE.plusSeconds(1));

        assertEquals(fence, fence(state(hers)));
        assertEquals(
                List.of(),
                seen(his).stream()
                        .skip(before)
                        .filter(seen -> !"alice".equals(seen.get("editorUserId"))
                                || !names(seen).contains("Alice"))
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void twoPresencesOfADocumentAreOneTab(boolean isEditorFirst) {
        var his = bob.view(page);
        var hers = isEditorFirst ? alice.open("/host.html?page=/elsewhere") : alice.view(page);
        if (isEditorFirst) {
            hers.evaluate("document.querySelector('page-presence').remove()");
        }
        hers.evaluate(SECOND_COPY, page);
        if (isEditorFirst) {
            hers.evaluate(
                    "(page) => document.querySelector('main').insertAdjacentHTML("
                            + "'beforeend', `<page-presence page=\"${page}\"></page-presence>`)",
                    page);
        }
        awaitState(hers, "is live", state -> state.get("status").equals("live"));
        awaitNames(his, "Bob", "Alice");

        hers.evaluate("editor.setIsEditing(true)");
        awaitEditor(his, "alice");
        assertEquals("held", lease(editor(hers)));
        hers.evaluate("document.querySelector('page-presence').presence.setIsEditing(false)");
        assertEquals("held", lease(editor(hers)), "what one does not wish the other may");
        var before = seen(his).size();
        hers.evaluate("editor.stop()");
        awaitState(his, "sees nobody edit", state -> state.get("editorUserId") == null);
        passTime(ShortLives.GRACE.plusSeconds(1));

        assertEquals(
                List.of(),
                seen(his).stream()
                        .skip(before)
                        .filter(seen -> !names(seen).equals(List.of("Bob", "Alice")))
                        .toList());
        hers.evaluate("document.querySelector('page-presence').remove()");
        awaitNames(his, "Bob");
    }

    @Test
    void twoCopiesOfTheClientAreOneTabAlsoAfterReloads() {
        var his = bob.view(page);
        var hers = alice.view(page);
        var id = tabId(hers);
        for (var i = 0; i < 3; i++) {
            hers.evaluate(SECOND_COPY, page);
            hers.evaluate("editor.setIsEditing(true)");
            await().pollInSameThread().until(() -> lease(editor(hers)), "held"::equals);
            awaitNames(his, "Bob", "Alice");
            assertEquals(id, tabId(hers));
            hers.reload();
            awaitState(hers, "is live", state -> state.get("status").equals("live"));
        }
        awaitState(his, "sees nobody edit", state -> state.get("editorUserId") == null);
        assertReads(hers);
    }

    @Test
    void ofPresencesOnTwoPagesTheLastOneIsThereAndTheOtherIsTold() {
        var hers = alice.view(page);
        var told = new ArrayList<String>();
        hers.onConsoleMessage(message -> told.add(message.text()));

        hers.evaluate(SECOND_COPY, page + "/other");

        awaitState(hers, "is refused", state -> state.get("status").equals("refused"));
        await().pollInSameThread().until(() -> {
            hers.waitForTimeout(100);
            return told.stream().anyMatch(text -> text.contains("another page"));
        });
        hers.evaluate("editor.stop()");
        awaitState(hers, "is live again", state -> state.get("status").equals("live"));
    }

    /** On plain http there are no locks; on localhost there are. */
    @ParameterizedTest
    @ValueSource(strings = {"wiki.intranet.test", "localhost"})
    void aWindowThatAnEditorOpensIsATabOfItsOwnAndReads(String host) {
        var site = service.replaceFirst("//[^:/]+", "//" + host);
        try (var ann = Person.logIn("alice", chromium.browser(), site)) {
            var hers = editing(ann);
            assertEquals(
                    host.equals("localhost"), hers.evaluate("'locks' in navigator && navigator.locks !== undefined"));
            var fence = fence(state(hers));
            var his = bob.view(page);

            var opened = new ArrayList<Page>();
            for (var i = 0; i < 2; i++) {
                opened.add(hers.waitForPopup(() -> hers.evaluate("void window.open(location.href)")));
            }

            awaitNames(his, "Alice 3", "Bob");
            opened.forEach(DocumentLifeBrowserTest::assertReads);
            // The windows that read go on reading, and the one that edits has lost nothing.
            passTime(ShortLives.TTL);
            opened.forEach(DocumentLifeBrowserTest::assertReads);
            assertEquals(fence, fence(state(hers)));
            opened.get(0).reload();
            awaitNames(his, "Alice 3", "Bob");
            assertReads(opened.get(0));
            opened.forEach(Page::close);
            awaitNames(his, "Alice", "Bob");
            assertEquals(fence, fence(state(hers)));
        }
    }

    /** A tab in which {@code person} has begun to write. */
    private Page editing(Person person) {
        var tab = person.open(address() + "&do=edit");
        awaitState(tab, "is live", state -> state.get("status").equals("live"));
        tab.locator("textarea").pressSequentially("A");
        awaitState(tab, "has the page", DocumentLifeBrowserTest::isHeld);
        return tab;
    }

    private Page waiting(Person person) {
        var tab = person.view(page);
        edit(tab);
        awaitState(tab, "waits", state -> lease(state).equals("waiting"));
        return tab;
    }

    private String address() {
        return "/document.html?page=" + page;
    }

    /** The tab is there, and claims nothing. */
    private static void assertReads(Page tab) {
        awaitState(tab, "is live", state -> state.get("status").equals("live"));
        var now = state(tab);
        assertEquals(List.of(false, "idle"), List.of(now.get("isEditing"), lease(now)));
    }

    private static boolean isHeld(Map<String, Object> state) {
        return lease(state).equals("held");
    }

    private static String lease(Map<String, Object> state) {
        return (String) ((Map<?, ?>) state.get("lease")).get("status");
    }

    private static double fence(Map<String, Object> state) {
        return ((Number) ((Map<?, ?>) state.get("lease")).get("fence")).doubleValue();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> editor(Page tab) {
        return (Map<String, Object>) tab.evaluate(EDITOR);
    }

    private static String tabId(Page tab) {
        return (String) tab.evaluate("sessionStorage.getItem('presence:tab-id')");
    }
}
