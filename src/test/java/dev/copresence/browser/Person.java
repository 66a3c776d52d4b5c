package dev.copresence.browser;

import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Somebody who sits before a browser of their own and has logged in to the service. */
final class Person implements AutoCloseable {

    /** Longer than a tab lives that could not leave. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String service;
    private final BrowserContext context;
    private final List<String> errors = new ArrayList<>();

    private Person(String service, BrowserContext context) {
        this.service = service;
        this.context = context;
        context.onPage(page -> page.onPageError(errors::add));
        context.onConsoleMessage(message -> {
            // The provider's pages are not ours, and a session that has ended is an answer.
            var isOurs = message.location().startsWith(service);
            if (isOurs && message.type().equals("error") && !message.text().contains("401")) {
                errors.add(message.location() + ": " + message.text());
            }
        });
    }

    static Person logIn(String name, Browser browser, String service) {
        return logIn(name, browser, service, new NewContextOptions());
    }

    /** Opens a browser for {@code name}, who comes in through the provider's login page. */
    static Person logIn(String name, Browser browser, String service, NewContextOptions options) {
        var person = new Person(service, browser.newContext(options));
        var page = person.context.newPage();
        page.navigate(service + "/login?to=/");
        page.locator("button[name=predefined-" + name + "]").click();
        page.waitForURL(service + "/");
        page.close();
        return person;
    }

    /** Opens a tab that shows an address of the service. */
    Page open(String address) {
        var page = context.newPage();
        page.navigate(service + address);
        return page;
    }

    /** Opens a tab that has the element on it, and waits until the tab is on its page. */
    Page view(String pagePath) {
        var page = open(host(pagePath));
        awaitState(page, "is live", state -> state.get("status").equals("live"));
        return page;
    }

    /** The address of a page that hosts the element. */
    static String host(String pagePath) {
        return "/host.html?page=" + pagePath;
    }

    BrowserContext context() {
        return context;
    }

    /** What went wrong in the tabs, in the words of their consoles. */
    List<String> errors() {
        return List.copyOf(errors);
    }

    @Override
    public void close() {
        context.close();
    }

    /** The state of the tab's presence. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> state(Page tab) {
        return (Map<String, Object>) tab.evaluate(
                "JSON.parse(JSON.stringify(document.querySelector('page-presence').presence.getSnapshot()))");
    }

    /** Who stands in a state, in its order, with the number of tabs behind those who have several. */
    @SuppressWarnings("unchecked")
    static List<String> names(Map<String, Object> state) {
        return ((List<Map<String, Object>>) state.get("viewers"))
                .stream().map(Person::name).toList();
    }

    private static String name(Map<String, Object> viewer) {
        return viewer.get("tabCount").equals(1)
                ? (String) viewer.get("name")
                : viewer.get("name") + " " + viewer.get("tabCount");
    }

    /** Whether all tabs of a viewer who stands in a state are hidden. */
    @SuppressWarnings("unchecked")
    static boolean isAway(Map<String, Object> state, String name) {
        return ((List<Map<String, Object>>) state.get("viewers"))
                .stream()
                        .anyMatch(viewer -> name.equals(viewer.get("name")) && Boolean.TRUE.equals(viewer.get("away")));
    }

    /** All states that the tab's presence has been in since the document was loaded. */
    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> seen(Page tab) {
        return (List<Map<String, Object>>) tab.evaluate("JSON.parse(JSON.stringify(seen))");
    }

    static void awaitState(Page tab, String what, Predicate<Map<String, Object>> holds) {
        // Playwright wants to be called by one thread.
        await("a tab that " + what).pollInSameThread().atMost(PATIENCE).until(() -> state(tab), holds);
    }

    static void awaitNames(Page tab, String... names) {
        awaitState(tab, "sees " + List.of(names), state -> names(state).equals(List.of(names)));
    }

    static void awaitEditor(Page tab, String id) {
        awaitState(tab, "sees " + id + " edit", state -> id.equals(state.get("editorUserId")));
    }

    /** Leaves the tabs to themselves for as long as a rule of the service takes to show. */
    static void passTime(Duration time) {
        var end = System.nanoTime() + time.toNanos();
        await().pollInSameThread().atMost(time.plus(PATIENCE)).until(() -> System.nanoTime() > end);
    }

    static void edit(Page tab) {
        tab.evaluate("document.querySelector('page-presence').presence.setIsEditing(true)");
    }
}
