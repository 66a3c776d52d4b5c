package dev.copresence.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasValueOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.IsInViewportOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.IsVisibleOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.RequestOptions;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Two people pass a page of the demo back and forth, and no save overwrites another's. Alice may take over, Bob may not.
 * Screenshots, to be looked at, are in target/screenshots.
 */
@QuarkusTest
@TestProfile(ShortLives.class)
@ExtendWith(ChromiumNeeded.class)
class EditingBrowserTest {

    private static final String PAGE = "/docs/being-here/";
    private static final String SECTIONS = "/docs/leaving/";

    /** Longer than the service takes to let go of a tab, or of an answer. */
    private static final ContainsTextOptions PATIENTLY = new ContainsTextOptions().setTimeout(40_000);

    private static Chromium chromium;

    @TestHTTPResource("/")
    String root;

    private Person alice;
    private Person bob;
    private Page hers;
    private Page his;

    @BeforeAll
    static void startChromium() {
        chromium = Chromium.start();
    }

    @AfterAll
    static void stopChromium() {
        chromium.close();
    }

    @BeforeEach
    void bothOpenThePage() {
        var service = root.substring(0, root.length() - 1);
        alice = Person.logIn("alice", chromium.browser(), service);
        bob = Person.logIn(
                "bob", chromium.browser(), service, new NewContextOptions().setColorScheme(ColorScheme.DARK));
        hers = alice.open(PAGE);
        his = bob.open(PAGE);
    }

    @AfterEach
    void bothGo() {
        var errors = new ArrayList<>(alice.errors());
        errors.addAll(bob.errors());
        alice.close();
        bob.close();
        // A refusal is an answer.
        errors.removeIf(error -> error.contains("409") || error.contains("403") || error.contains("ERR_"));
        assertEquals(List.of(), errors, "the consoles are empty");
    }

    @Test
    void aPageIsAskedForAndHandedOver() {
        edit(hers);
        type(hers, "What Alice wrote.");
        waitBehind(his, "Alice");

        button(his, "Ask for the page").click();

        assertThat(banner(his)).containsText("You have asked Alice for this page. Without an answer it is yours in 0:");
        assertThat(banner(hers)).containsText("Bob asks for this page. Without an answer it goes there in 0:");
        assertThat(hers.locator(".editor [role=alert]")).containsText("Bob asks for this page");
        assertThat(hers.locator("textarea")).isFocused();
        picture(hers, "asked-light");
        picture(his, "asking-dark");
        isAccessible(hers);
        button(hers, "Save and hand over").click();

        assertThat(hers.locator(".notice")).containsText("Handed over to Bob");
        assertThat(his.locator("textarea")).hasValue("What Alice wrote.");
        type(his, "What Alice wrote, and Bob.");
        button(his, "Save").click();
        assertThat(hers.locator(".prose")).hasText("What Alice wrote, and Bob.");
    }

    @Test
    void aRequestIsSeenHoweverLongTheTextIs() {
        edit(hers);
        type(hers, "A line.\n\n".repeat(80) + "The last one.");
        hers.keyboard().press("Control+End");
        assertTrue((int) hers.evaluate("Math.round(scrollY)") > 500, "the text is longer than the window");
        waitBehind(his, "Alice");

        button(his, "Ask for the page").click();

        assertThat(banner(hers)).containsText("Bob asks for this page");
        assertThat(banner(hers)).isInViewport(new IsInViewportOptions().setRatio(1));
        picture(hers, "asked-far-below-light");
        isAccessible(hers);
        button(hers, "Keep").click();
        button(hers, "Cancel").click();
    }

    @Test
    void aHolderKeepsThePage() {
        edit(hers);
        waitBehind(his, "Alice");
        button(his, "Ask for the page").click();
        assertThat(banner(hers)).containsText("Bob asks for this page");

        // A button that has just come does nothing yet.
        assertThat(button(hers, "Keep")).isEnabled();
        button(hers, "Keep").press("Enter");

        assertThat(banner(his))
                .containsText("Alice keeps this page for now, and you are next. You can ask again in 0:0");
        assertThat(button(his, "Ask for the page")).isHidden();
        assertThat(hers.locator("#hint")).containsText("The page is yours");
        picture(his, "kept-dark");
        assertThat(button(his, "Ask for the page")).isVisible(visibleLate());
        isAccessible(his);
        button(hers, "Cancel").click();
        assertThat(his.locator("#hint")).containsText("The page is yours");
        button(his, "Cancel").click();
    }

    @Test
    void whoGivesNoAnswerHasWalkedAway() {
        edit(hers);
        type(hers, "Half a sentence of Alice");
        savesOf(hers, Route::abort);
        waitBehind(his, "Alice");

        button(his, "Ask for the page").click();

        assertThat(his.locator("#hint")).containsText("The page is yours", PATIENTLY);
        savesOf(hers, Route::resume);
        assertThat(banner(hers)).containsText("Bob has this page now. Every word of yours is still here.");
        assertThat(hers.locator("textarea")).hasValue("Half a sentence of Alice");
        assertThat(hers.locator("textarea")).isFocused();
        assertThat(button(hers, "Save")).isDisabled();
        isAccessible(hers);
        picture(hers, "lost-light");

        // Her text is not saved over his, not even when she has the page again.
        type(his, "What Bob wrote meanwhile.");
        button(his, "Save").click();
        assertThat(banner(hers)).containsText("Bob got this page after you, and it is free again.");
        button(hers, "Continue").click();
        assertThat(banner(hers)).containsText("Bob saved another text after you began yours.");
        assertThat(button(hers, "Save")).isDisabled();
        assertThat(hers.locator("textarea")).hasValue("Half a sentence of Alice");
        isAccessible(hers);
        picture(hers, "changed-light");
        button(hers, "Use theirs").click();
        assertThat(hers.locator("textarea")).hasValue("What Bob wrote meanwhile.");
        button(hers, "Cancel").click();
    }

    @Test
    void whatIsTypedIsSavedForWhoGivesNoAnswer() { // W5
        edit(hers);
        type(hers, "Half a sentence of Alice");
        waitBehind(his, "Alice");

        button(his, "Ask for the page").click();

        assertThat(his.locator("textarea"))
                .hasValue("Half a sentence of Alice", new HasValueOptions().setTimeout(40_000));
        assertThat(hers.locator(".notice")).hasText("Your text was saved, and then handed over to Bob.");
        assertThat(hers.locator(".prose")).hasText("Half a sentence of Alice");
        button(his, "Cancel").click();
    }

    @Test
    void whoAsksAndLeavesAsksNoMore() {
        edit(hers);
        waitBehind(his, "Alice");
        button(his, "Ask for the page").click();
        assertThat(banner(hers)).containsText("Bob asks for this page");

        his.close();

        assertThat(banner(hers)).isEmpty();
        assertThat(hers.locator("#hint")).containsText("The page is yours");
        button(hers, "Cancel").click();
    }

    @Test
    void aTakeOverWhileSomebodyTypesLosesNothing() { // W5
        edit(his);
        type(his, "What Bob types");
        waitBehind(hers, "Bob");
        button(hers, "Take over").click();
        assertThat(banner(hers))
                .containsText("Take this page from Bob? What was typed there is saved first, if that is possible.");
        isAccessible(hers);
        picture(hers, "taking-over-light");

        button(hers, "Yes, take over").click();

        assertThat(hers.locator("textarea")).hasValue("What Bob types", new HasValueOptions().setTimeout(40_000));
        assertThat(hers.locator("#hint")).containsText("The page is yours");
        assertThat(his.locator(".notice")).hasText("Your text was saved, and then handed over to Alice.");
        assertEquals("What Bob types", saved(PAGE));
        picture(his, "saved-before-dark");
        button(hers, "Cancel").click();
    }

    @Test
    void whoMayTakesOverAlsoFromWhoCannotSave() {
        edit(his);
        type(his, "What Bob cannot save");
        savesOf(his, Route::abort);
        waitBehind(hers, "Bob");

        takeOver(hers);

        assertThat(hers.locator("#hint")).containsText("The page is yours", PATIENTLY);
        savesOf(his, Route::resume);
        assertThat(banner(his)).containsText("Alice has taken this page over.");
        assertThat(his.locator("textarea")).isFocused();
        his.keyboard().type(" goes on");
        assertThat(his.locator("textarea")).hasValue("What Bob cannot save goes on");
        isAccessible(his);
        picture(his, "taken-over-dark");
        button(his, "Close, and keep a draft").click();
        assertThat(banner(his)).containsText("a draft of yours");
        button(hers, "Cancel").click();
    }

    @Test
    void whatWasTypedIsFoundAfterItsTabHasGone() { // W8
        edit(his);
        type(his, "Half a sentence of Bob");
        his.waitForFunction("""
                async () => {
                  const databases = await indexedDB.databases()
                  if (!databases.some(({ name }) => name === 'copresence-rescue')) return false
                  const done = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)))
                  const database = await done(indexedDB.open('copresence-rescue'))
                  const count = await done(database.transaction('texts').objectStore('texts').count())
                  database.close()
                  return count > 0
                }""");
        his.close();
        var again = bob.open(PAGE);
        assertThat(button(again, "Edit")).isVisible(visibleLate());

        edit(again);

        assertThat(banner(again)).containsText("and was never saved.");
        assertThat(banner(again).locator("blockquote")).hasText("Half a sentence of Bob");
        isAccessible(again);
        picture(again, "rescued-dark");
        button(again, "Go on with it").click();
        assertThat(again.locator("textarea")).hasValue("Half a sentence of Bob");
        button(again, "Save").click();
        assertThat(again.locator(".notice")).containsText("Saved under fence");
        assertEquals("Half a sentence of Bob", saved(PAGE));
    }

    @Test
    void whoMayNotTakeOverIsNotOfferedIt() { // R3
        edit(hers);
        waitBehind(his, "Alice");

        assertThat(button(his, "Ask for the page")).isVisible();
        assertThat(button(his, "Take over")).isHidden();
        assertThat(hers.locator("#hint")).containsText("The page is yours");
        button(hers, "Cancel").click();
    }

    @Test
    void aSaveThatIsLateIsRefused() {
        edit(his);
        type(his, "What Bob sent too late.");
        var late = new ArrayList<Route>();
        savesOf(his, late::add);
        button(his, "Save").click();
        await().pollInSameThread().until(() -> pump(his, late) == 1);

        waitBehind(hers, "Bob");
        takeOver(hers);
        assertThat(hers.locator("#hint")).containsText("The page is yours", PATIENTLY);
        type(hers, "What Alice wrote in time.");
        button(hers, "Save").click();
        assertThat(hers.locator(".notice")).containsText("Saved under fence");
        late.get(0).resume();

        assertThat(his.locator(".notice")).containsText("Not saved");
        assertThat(his.locator("textarea")).hasValue("What Bob sent too late.");
        assertEquals("What Alice wrote in time.", saved(PAGE));
        picture(his, "refused-dark");
    }

    /** Its browser does nothing for longer than the tab lives, as on a machine that sleeps. */
    @Test
    void aHolderWhoWasFrozenCanOverwriteNothing() {
        edit(his);
        type(his, "What Bob wrote before the lid was closed.");
        waitBehind(hers, "Bob");
        var debugger = his.context().newCDPSession(his);
        debugger.send("Debugger.enable");
        debugger.send("Debugger.pause");

        assertThat(hers.locator("#hint")).containsText("The page is yours", PATIENTLY);
        type(hers, "What Alice wrote meanwhile.");
        button(hers, "Save").click();
        assertThat(hers.locator(".notice")).containsText("Saved under fence");
        debugger.send("Debugger.resume");
        debugger.send("Debugger.disable");

        assertThat(button(his, "Save")).isDisabled();
        assertThat(banner(his)).containsText("Every word of yours is still here");
        assertThat(his.locator("textarea")).hasValue("What Bob wrote before the lid was closed.");
        assertEquals("What Alice wrote meanwhile.", saved(PAGE));
        button(his, "Continue").click();
        assertThat(banner(his)).containsText("Alice saved another text after you began yours.");
        // A lease that comes and goes between two messages of the stream shows nobody that there may be a new text.
        assertThat(banner(hers)).containsText("Bob is editing", PATIENTLY);
        button(his, "Save mine instead").click();
        assertThat(hers.locator(".prose")).hasText("What Bob wrote before the lid was closed.");
    }

    /** The switch shows what the fence is good for: the same late save, unchecked, destroys what was saved meanwhile. */
    @Test
    void withoutTheCheckALateSaveDestroysAnothers() {
        edit(his);
        type(his, "What Bob has typed.");
        savesOf(his, Route::abort);
        waitBehind(hers, "Bob");
        takeOver(hers);
        assertThat(hers.locator("#hint")).containsText("The page is yours", PATIENTLY);
        savesOf(his, Route::resume);
        type(hers, "What Alice saved.");
        button(hers, "Save").click();
        assertThat(hers.locator(".notice")).containsText("Saved under fence");

        his.getByLabel("The backend checks the fence").uncheck();
        button(his, "Save").click();

        assertThat(his.locator(".notice"))
                .containsText("over what Alice had saved: “What Alice saved.” That text is lost.");
        picture(his, "unchecked-dark");
    }

    @Test
    void typingIsSeenAndSaid() {
        edit(hers);

        hers.locator("textarea").pressSequentially("abc");

        var people = his.locator("page-presence").getByRole(AriaRole.LIST).first();
        assertThat(people.getByRole(AriaRole.IMG, new Locator.GetByRoleOptions().setName("Alice, editing, typing")))
                .isVisible();
        picture(his, "typing-dark");
        assertThat(people.getByRole(
                        AriaRole.IMG,
                        new Locator.GetByRoleOptions().setName("Alice, editing").setExact(true)))
                .isVisible(visibleLate());
        button(hers, "Cancel").click();
    }

    @Test
    void sectionsAreEditedSideBySide() {
        hers.navigate(root + SECTIONS.substring(1));
        his.navigate(root + SECTIONS.substring(1));
        var titles = his.locator(".part h2").allInnerTexts();
        assertTrue(titles.size() >= 2, "sections of " + SECTIONS);
        var first = titles.get(0);
        var second = titles.get(1);

        button(hers, "Edit section “" + first + "”").press("Enter");
        assertThat(hers.locator("#hint")).containsText("The section is yours");
        assertThat(his.locator(".part.edited h2")).hasText(first);
        assertThat(his.locator(".part.edited .chip")).containsText("Alice is editing");
        var people = his.locator("page-presence").getByRole(AriaRole.LIST).first();
        assertThat(people.getByRole(
                        AriaRole.IMG, new Locator.GetByRoleOptions().setName("Alice, editing a section, in ")))
                .isVisible();
        button(his, "Edit section “" + second + "”").click();
        assertThat(his.locator("#hint")).containsText("The section is yours");
        assertThat(hers.locator(".part.edited")).hasCount(2);
        hers.locator("textarea").fill("The first, by Alice.");
        hers.locator("textarea").pressSequentially("!");
        his.locator("textarea").fill("The second, by Bob.");
        isAccessible(hers);
        isAccessible(his);
        picture(hers, "sections-light");
        picture(his, "sections-dark");
        hers.setViewportSize(320, 800);
        assertEquals(320, hers.evaluate("document.documentElement.scrollWidth"), "nothing sticks out");
        picture(hers, "sections-narrow");
        button(hers, "Save").click();
        button(his, "Save").click();

        for (var page : List.of(hers, his)) {
            assertThat(page.locator(".prose")).containsText("The first, by Alice.!");
            assertThat(page.locator(".prose")).containsText("The second, by Bob.");
            assertThat(page.locator(".part.edited")).hasCount(0);
        }
    }

    @Test
    void aReloadInASectionKeepsItsLease() {
        his.navigate(root + SECTIONS.substring(1));
        var title = his.locator(".part h2").first().innerText();
        button(his, "Edit section “" + title + "”").click();
        assertThat(his.locator("#hint")).containsText("The section is yours");
        var hint = his.locator("#hint").innerText();
        his.locator("textarea").fill("Half a");

        his.reload();

        assertThat(his.locator("textarea")).hasValue("Half a");
        assertThat(his.locator("#hint")).hasText(hint);
        button(his, "Cancel").click();
    }

    private static void edit(Page page) {
        button(page, "Edit").click();
        assertThat(page.locator("#hint")).containsText("The page is yours");
    }

    private static void waitBehind(Page page, String editor) {
        button(page, "Wait to edit").click();
        assertThat(banner(page)).containsText(editor + " is editing this page, and you are next");
    }

    private static void takeOver(Page page) {
        button(page, "Take over").click();
        button(page, "Yes, take over").click();
    }

    /** From now on this becomes of the page's saves. */
    private static void savesOf(Page page, Consumer<Route> fate) {
        page.unroute("**/api/demo/pages*");
        page.route("**/api/demo/pages*", route -> {
            if (route.request().method().equals("PUT")) {
                fate.accept(route);
            } else {
                route.resume();
            }
        });
    }

    private static void type(Page page, String text) {
        page.locator("textarea").fill(text);
        page.locator("textarea").focus();
    }

    private static Locator banner(Page page) {
        return page.locator(".banner");
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(
                AriaRole.BUTTON, new GetByRoleOptions().setName(name).setExact(true));
    }

    private static IsVisibleOptions visibleLate() {
        return new IsVisibleOptions().setTimeout(40_000);
    }

    /** The page's text as the backend has it. */
    private String saved(String path) {
        var answer = alice.context().request().get(root + "api/demo/pages?path=" + path, RequestOptions.create());
        var saved = JsonParser.parseString(answer.text()).getAsJsonObject().getAsJsonArray("saved");
        JsonObject last = saved.get(saved.size() - 1).getAsJsonObject();
        return last.get("text").getAsString();
    }

    /** Has Playwright handle what has come from the browser. */
    private static int pump(Page tab, List<Route> late) {
        tab.waitForTimeout(100);
        return late.size();
    }

    private static void isAccessible(Page page) {
        Accessibility.check(page);
    }

    private static void picture(Page page, String name) {
        page.screenshot(
                new ScreenshotOptions().setFullPage(true).setPath(Path.of("target", "screenshots", name + ".png")));
    }
}
