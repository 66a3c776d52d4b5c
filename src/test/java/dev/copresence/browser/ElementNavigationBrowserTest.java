package dev.copresence.browser;

import static dev.copresence.browser.Person.awaitNames;
import static dev.copresence.browser.Person.awaitState;
import static dev.copresence.browser.Person.names;
import static dev.copresence.browser.Person.passTime;
import static dev.copresence.browser.Person.seen;
import static dev.copresence.browser.Person.state;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Page;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The element on sites that change pages without loading documents, and on those whose paths do not tell pages apart. */
@QuarkusTest
@TestProfile(ShortLives.class)
@ExtendWith(ChromiumNeeded.class)
class ElementNavigationBrowserTest {

    /** A page with an element that the site keeps, by the marks of each of the ways to do so. */
    private static final String DOCUMENT = """
            <!doctype html>
            <html lang="en">
              <head>
                <meta charset="utf-8" />
                <title>%1$s</title>
                <link rel="icon" href="data:," />
                %2$s
                <script type="module" src="/copresence/element.js"></script>
              </head>
              <body %3$s>
                <header>%4$s</header>
                <h1>%1$s</h1>
                <a id="one" href="one">one</a> <a id="two" href="two">two</a>
              </body>
            </html>
            """;

    private static final String KEPT =
            "<page-presence id='who' data-turbo-permanent hx-preserve data-astro-transition-persist='who'></page-presence>";

    private static final String TURBO =
            "<script src='/webjars/hotwired__turbo/8.0.21/dist/turbo.es2017-umd.js'></script>";
    private static final String HTMX = "<script src='/webjars/htmx.org/2.0.10/dist/htmx.js'></script>";

    private static Chromium chromium;

    @TestHTTPResource("/")
    String service;

    private final String folder = "/site-" + UUID.randomUUID();
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

    @AfterEach
    void logOut() {
        alice.close();
        bob.close();
    }

    private String origin() {
        return service.substring(0, service.length() - 1);
    }

    /** The site in Alice's browser. */
    private Site site(String scripts, String body, String element) {
        return new Site(
                alice.context(),
                service.concat(folder.substring(1)),
                name -> DOCUMENT.formatted(name, scripts, body, element));
    }

    private Page visit(String address) {
        var page = alice.open(folder + address);
        awaitState(page, "is live", state -> state.get("status").equals("live"));
        return page;
    }

    /** K6: the single-page site that keeps the element, and what the browser says of the address. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aKeptElementFollowsTheAddress(boolean hasNavigationApi) {
        if (!hasNavigationApi) {
            alice.context()
                    .addInitScript(
                            "Object.defineProperty(window, 'navigation', { configurable: true, value: undefined })");
        }
        var site = site("", "", KEPT);
        var one = bob.view(folder + "/one");
        var two = bob.view(folder + "/two");
        var hers = visit("/one");
        awaitNames(one, "Bob", "Alice");

        hers.evaluate("""
                history.pushState(null, '', 'two')
                const kept = document.querySelector('page-presence')
                const body = document.createElement('body')
                body.append(document.createElement('main'))
                document.body.replaceWith(body)
                body.firstChild.append(kept)""");
        awaitNames(two, "Bob", "Alice");
        awaitNames(one, "Bob");
        hers.evaluate("history.back()");
        awaitNames(one, "Bob", "Alice");
        awaitNames(two, "Bob");
        hers.evaluate("history.forward()");
        awaitNames(two, "Bob", "Alice");

        assertEquals(joins("one", "two", "one", "two"), site.calls());
        assertEquals(List.of(), alice.errors());
    }

    /** Turbo puts a permanent element back only after an await. */
    @Test
    void turboKeepsThePermanentElement() {
        var site = site(TURBO, "", KEPT);
        var two = bob.view(folder + "/two");
        var one = bob.view(folder + "/one");
        var hers = visit("/one");
        awaitNames(one, "Bob", "Alice");

        hers.evaluate("window.isTheFirstDocument = true");
        hers.locator("#two").click();
        awaitNames(two, "Bob", "Alice");
        awaitNames(one, "Bob");
        hers.evaluate("history.back()");
        awaitNames(one, "Bob", "Alice");
        awaitNames(two, "Bob");

        assertEquals(true, hers.evaluate("window.isTheFirstDocument"));
        assertEquals(joins("one", "two", "one"), site.calls());
        assertEquals(List.of(), alice.errors());
    }

    /** Without a mark each page of the site has an element of its own. */
    @Test
    void turboReplacesAnElementThatIsNotPermanent() {
        site(TURBO, "", "<page-presence></page-presence>");
        var two = bob.view(folder + "/two");
        var one = bob.view(folder + "/one");
        var hers = visit("/one");
        awaitNames(one, "Bob", "Alice");
        var before = seen(two).size();

        hers.locator("#two").click();
        awaitNames(two, "Bob", "Alice");
        awaitNames(one, "Bob");

        passTime(ShortLives.GRACE.plusSeconds(1));
        assertEquals(List.of("Bob", "Alice"), names(state(two)));
        var blips = seen(two).stream()
                .skip(before)
                .dropWhile(state -> !names(state).contains("Alice"))
                .filter(state -> !names(state).contains("Alice"));
        assertEquals(List.of(), blips.toList());
    }

    @Test
    void htmxKeepsThePreservedElement() {
        var site = site(HTMX, "hx-boost='true'", KEPT);
        var two = bob.view(folder + "/two");
        var one = bob.view(folder + "/one");
        var hers = visit("/one");
        awaitNames(one, "Bob", "Alice");

        hers.locator("#two").click();
        awaitNames(two, "Bob", "Alice");
        awaitNames(one, "Bob");

        assertEquals(joins("one", "two"), site.calls());
        hers.evaluate("history.back()");
        awaitNames(one, "Bob", "Alice");
        awaitNames(two, "Bob");
        assertEquals(List.of(), alice.errors());
    }

    /** What Astro's client router does to a persisted element, in its words: the new body first, then the element. */
    @Test
    void aViewTransitionKeepsThePersistedElement() {
        var site = site("", "", KEPT);
        var two = bob.view(folder + "/two");
        var one = bob.view(folder + "/one");
        var hers = visit("/one");
        awaitNames(one, "Bob", "Alice");

        hers.evaluate("""
                (async () => {
                  const next = new DOMParser().parseFromString(await (await fetch('two')).text(), 'text/html')
                  await document.startViewTransition(() => {
                    history.pushState(null, '', 'two')
                    const old = document.body
                    old.replaceWith(next.body)
                    for (const kept of old.querySelectorAll('[data-astro-transition-persist]'))
                      document.querySelector('[data-astro-transition-persist=who]').replaceWith(kept)
                  }).finished
                })()""");

        awaitNames(two, "Bob", "Alice");
        awaitNames(one, "Bob");
        assertEquals(joins("one", "two"), site.calls());
        assertEquals(List.of(), alice.errors());
    }

    /** A popup without an address shows a part of this one's page; a frame with one is on its own. */
    @Test
    void anElementIsOnThePageOfTheWindowThatShowsIt() {
        var site = site("", "", KEPT);
        var two = bob.view(folder + "/two");
        var one = bob.view(folder + "/one");
        var hers = visit("/one");
        awaitNames(one, "Bob", "Alice");

        var popup = hers.waitForPopup(() -> hers.evaluate("""
                window.kept = document.querySelector('page-presence')
                window.popup = window.open('about:blank', 'part', 'width=400,height=300')
                popup.document.body.append(kept)"""));
        passTime(Duration.ofSeconds(1));
        assertEquals("flex", popup.evaluate("""
                getComputedStyle(document.querySelector('page-presence').shadowRoot.querySelector('.bar')).display"""));
        popup.locator("page-presence [part=list]").click();
        popup.locator("page-presence [part=popup]").waitFor();
        assertEquals(joins("one"), site.calls());

        hers.evaluate("""
                new Promise((done) => {
                  const frame = document.createElement('iframe')
                  frame.src = 'frame'
                  frame.onload = () => {
                    frame.contentDocument.querySelector('page-presence').remove()
                    frame.contentWindow.history.replaceState(null, '', 'two')
                    frame.contentDocument.body.append(kept)
                    done()
                  }
                  document.body.append(frame)
                })""");
        awaitNames(two, "Bob", "Alice");
        awaitNames(one, "Bob");

        hers.evaluate("document.querySelector('iframe').remove()");
        awaitNames(two, "Bob");
    }

    /** A site whose pages differ by a parameter: the order and the others make no difference. */
    @Test
    void pagesThatDifferByTheQueryAreApart() {
        site("", "", "<page-presence page-query='post'></page-presence>");
        var first = visit("/post.php?post=1&action=edit");
        awaitNames(first, "Alice");
        var same = visit("/post.php?utm_source=mail&post=1");
        awaitNames(same, "Alice 2");

        var other = visit("/post.php?post=2");
        awaitNames(other, "Alice");
        other.evaluate("history.pushState(null, '', '?action=edit&post=1')");

        awaitNames(first, "Alice 3");
        var his = bob.view(folder + "/post.php/%253Fpost=1");
        awaitNames(his, "Alice 3", "Bob");
        assertEquals(List.of(), alice.errors());
    }

    /** A site with a hash router, and createPresence beside the element. */
    @Test
    void pagesThatDifferByTheFragmentAreApart() {
        site("", "", "<page-presence page-hash></page-presence>");
        var first = visit("/#/docs/a");
        awaitNames(first, "Alice");
        var other = visit("/#/docs/b");
        awaitNames(other, "Alice");

        other.evaluate("location.hash = '#/docs/a'");
        awaitNames(first, "Alice 2");
        var page = (String) first.evaluate("""
                import('/copresence/presence.js').then(({ pageOf }) => pageOf(location, { hash: true }))""");

        assertEquals(folder + "/%23/docs/a", page);
        assertEquals(page, state(first).get("pagePath"));
        assertEquals(List.of(), alice.errors());
    }

    private List<String> joins(String... pages) {
        return List.of(pages).stream()
                .map(page -> "join " + folder + "/" + page)
                .toList();
    }
}
