package dev.copresence.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.copresence.browser.Person.awaitNames;
import static java.util.stream.Collectors.joining;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.EmulateMediaOptions;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ScreenshotAnimations;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The demo site in the hands of two people. Its screenshots, to be looked at, are in target/screenshots. */
@QuarkusTest
@TestProfile(ShortLives.class)
@ExtendWith(ChromiumNeeded.class)
class DemoBrowserTest {

    private static final String EDITING = "/docs/editing/";
    private static final String LEAVING = "/docs/leaving/";
    private static final int NARROW = 320;

    private static Chromium chromium;

    @TestHTTPResource("/")
    String root;

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
        var service = root.substring(0, root.length() - 1);
        alice = Person.logIn("alice", chromium.browser(), service);
        bob = Person.logIn(
                "bob", chromium.browser(), service, new NewContextOptions().setColorScheme(ColorScheme.DARK));
    }

    @AfterEach
    void logOut() {
        var errors = List.of(alice.errors(), bob.errors());
        alice.close();
        bob.close();
        assertEquals(List.of(List.of(), List.of()), errors, "the consoles are empty");
    }

    @Test
    void theStartPageIsBeautifulToEverybody() {
        for (var start : List.of(alice.open("/"), bob.open("/"))) {
            assertThat(start.locator("page-presence")).isVisible();
            isAccessible(start);
        }
        var narrow = alice.open("/");
        narrow.setViewportSize(NARROW, 800);
        isAccessible(narrow);
        picture(narrow, "start-narrow");
        picture(alice.open("/"), "start-light");
        picture(bob.open("/"), "start-dark");
    }

    @Test
    void aPageIsPassedFromOneEditorToTheNext() {
        var hers = alice.open(EDITING);
        var his = bob.open(EDITING);

        button(hers, "Edit").click();
        assertThat(hers.locator("#hint")).containsText("The page is yours");
        assertThat(his.locator(".banner")).containsText("Alice is editing this page.");
        button(his, "Wait to edit").click();
        assertThat(his.locator(".banner")).containsText("Alice is editing this page, and you are next");
        isAccessible(hers);
        isAccessible(his);
        picture(hers, "editing-light");
        picture(his, "waiting-dark");
        frontPage(his, ColorScheme.DARK);
        frontPage(his, ColorScheme.LIGHT);
        hers.locator("textarea").fill("What Alice wrote.");
        button(hers, "Save").click();

        assertThat(his.locator("#hint")).containsText("The page is yours");
        assertThat(hers.locator(".banner")).containsText("Bob is editing this page.");
        assertThat(hers.locator(".prose")).hasText("What Alice wrote.");
        button(his, "Cancel").click();
        assertThat(button(hers, "Edit")).isVisible();
    }

    @Test
    void aReloadKeepsTheLeaseAndTheDraft() {
        var hers = alice.open(EDITING);
        button(hers, "Edit").click();
        assertThat(hers.locator("#hint")).containsText("The page is yours");
        var hint = hers.locator("#hint").innerText();
        hers.locator("textarea").fill("Half a sentence");

        hers.reload();

        assertThat(hers.locator("textarea")).hasValue("Half a sentence");
        assertThat(hers.locator("#hint")).hasText(hint);
        button(hers, "Cancel").click();
    }

    @Test
    void theBoardSaysWhoIsOnTheOtherPages() {
        var hers = alice.open(EDITING);

        bob.open(LEAVING);

        var row = hers.locator(".board li")
                .filter(new Locator.FilterOptions().setHasText("Leaving"))
                .first();
        assertThat(row).containsText("Bob", new ContainsTextOptions().setTimeout(20_000));
        picture(hers, "board-light");
    }

    @Test
    void aListOfTicketsShowsWhoIsOnEachAndWhoLooksIsOnNone() { // B1
        var hers = alice.open("/docs/tickets/");

        bob.open("/docs/ticket-7/");

        var ticket = hers.locator("page-presence-list a[href='/docs/ticket-7/']");
        assertThat(ticket).containsText("Bob", new ContainsTextOptions().setTimeout(20_000));
        assertThat(hers.locator("page-presence-list a[href='/docs/ticket-8/']"))
                .not()
                .containsText("Alice");
        isAccessible(hers);
        picture(hers, "tickets-light");
    }

    @Test
    void everythingIsReachedByKeyboard() {
        var hers = alice.open(EDITING);

        tabTo(hers, "Edit");
        hers.keyboard().press("Enter");
        assertThat(hers.locator("textarea")).isFocused();
        hers.keyboard().type("x");
        hers.keyboard().press("Control+s");

        assertThat(hers.locator(".notice")).containsText("Saved");
        assertThat(button(hers, "Edit")).isFocused();
    }

    @Test
    void whoDoesNotFitIntoTheRowIsInAListBehindOneButton() {
        var hers = alice.view("/test/overflow");
        bob.view("/test/overflow");
        awaitNames(hers, "Alice", "Bob");
        hers.evaluate("""
                document.querySelector('page-presence').state = {
                  status: 'live', self: { id: 'alice', name: 'Alice' }, viewerCount: 8, tabCount: 8,
                  viewers: [...'ABCDEFGH'].map((name) => ({ id: name, name: `${name} Person`, tabCount: 1 })),
                }""");

        hers.keyboard().press("Tab");
        hers.keyboard().press("Enter");

        var list = hers.getByRole(AriaRole.GROUP);
        assertThat(list.getByRole(AriaRole.LISTITEM)).hasCount(8);
        isAccessible(hers);
        picture(hers, "everyone");
        hers.keyboard().press("Escape");
        assertThat(list).not().isVisible();
        assertThat(hers.locator("page-presence [part=overflow]")).isFocused();
    }

    @Test
    void theEditorAndTheTabsAreSaidInWords() {
        var hers = alice.open(EDITING);
        var his = bob.open(EDITING);
        alice.open(EDITING);

        button(hers, "Edit").click();

        var people = his.locator("page-presence").getByRole(AriaRole.LIST).first();
        assertThat(people.getByRole(AriaRole.IMG, new Locator.GetByRoleOptions().setName("Alice, editing, 2 tabs")))
                .isVisible();
        assertThat(his.locator("page-presence [role=status]")).containsText("Alice is editing this page");
        button(hers, "Cancel").click();
    }

    @Test
    void pagesFitANarrowScreen() {
        var hers = alice.open(EDITING);
        hers.setViewportSize(NARROW, 800);
        var his = bob.open(LEAVING);
        his.setViewportSize(NARROW, 800);

        button(hers, "Edit").click();
        assertThat(hers.locator("#hint")).containsText("The page is yours");

        for (var narrow : List.of(hers, his)) {
            isAccessible(narrow);
            assertEquals(NARROW, narrow.evaluate("document.documentElement.scrollWidth"), "nothing sticks out");
        }
        picture(hers, "editing-narrow-light");
        picture(his, "leaving-narrow-dark");
        button(hers, "Cancel").click();
    }

    @Test
    void theThemeIsTheReadersChoice() {
        var hers = alice.open(LEAVING);
        var light = background(hers);

        hers.getByRole(AriaRole.RADIO, new GetByRoleOptions().setName("Dark")).check();

        await().pollInSameThread().until(() -> !background(hers).equals(light));
        isAccessible(hers);
        hers.reload();
        assertTrue(!background(hers).equals(light), "it is remembered");
    }

    @Test
    void whoSignsOutIsGoneAndIsNotAskedForAgain() {
        var his = bob.view("/test/out");
        alice.view("/test/out");
        awaitNames(his, "Bob", "Alice");
        var hers = alice.open(LEAVING);

        hers.getByText("Sign out").click();
        hers.waitForURL(Pattern.compile(".*/$"));

        awaitNames(his, "Bob");
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(
                AriaRole.BUTTON, new GetByRoleOptions().setName(name).setExact(true));
    }

    private static void tabTo(Page page, String label) {
        await().pollInSameThread().until(() -> {
            page.keyboard().press("Tab");
            return label.equals(page.evaluate("document.activeElement.textContent"));
        });
    }

    private static Object background(Page page) {
        return page.evaluate("getComputedStyle(document.body).backgroundColor");
    }

    private static void isAccessible(Page page) {
        var violations = new AxeBuilder(page).analyze().getViolations();
        var words = violations.stream()
                .map(violation -> violation.getId() + " " + violation.getNodes())
                .collect(joining("\n"));
        assertEquals("", words, page.url());
    }

    /** Takes the picture that README opens with; docs/images holds a copy of it. */
    private static void frontPage(Page page, ColorScheme scheme) {
        page.emulateMedia(new EmulateMediaOptions().setColorScheme(scheme));
        page.screenshot(new ScreenshotOptions()
                .setClip(0, 0, 1280, 480)
                // A change of colours takes a moment, which is over at once for the picture.
                .setAnimations(ScreenshotAnimations.DISABLED)
                .setPath(
                        Path.of("target", "screenshots", "demo-" + scheme.name().toLowerCase(Locale.ROOT) + ".png")));
    }

    private static void picture(Page page, String name) {
        page.screenshot(
                new ScreenshotOptions().setFullPage(true).setPath(Path.of("target", "screenshots", name + ".png")));
    }
}
