package dev.copresence.browser;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.Route.FulfillOptions;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of odd names and pictures in the element, also where a service lets them through. */
@QuarkusTest
@TestProfile(ShortLives.class)
@ExtendWith(ChromiumNeeded.class)
class NamesBrowserTest {

    private static final String ODD_NAMES = """
            document.querySelector('page-presence').state = (() => {
              const names = [
                'Ann Lee', '\\u200b\\u200b', '\\u3164', '\\u2800', 'Ann \\u202enimda', 'Line\\nFeed', 'You',
                'Zalgo ' + 'a' + '\\u0301\\u0323\\u0489'.repeat(40), 'محمد خان', 'می\\u200cخواهم',
                '👩\\u200d🚀 Fox', 'क्षमा शर्मा', 'W'.repeat(255), 'Long words '.repeat(20),
              ]
              const viewers = names.map((name, i) => ({ id: `u${i}`, name, tabCount: i % 3 + 1, away: i === 5 }))
              return { status: 'live', self: viewers[0], viewers, viewerCount: names.length, editorUserId: 'u7' }
            })()""";

    @TestHTTPResource("/")
    String service;

    private Chromium chromium;
    private Person alice;
    private Page page;

    @BeforeEach
    void open() {
        chromium = Chromium.start();
        alice = Person.logIn("alice", chromium.browser(), service.substring(0, service.length() - 1));
        page = alice.view("/test/" + UUID.randomUUID());
    }

    @AfterEach
    void close() {
        chromium.close();
    }

    /** Nobody is blank, nobody passes for the reader, and no name runs over another. */
    @Test
    void oddNamesAreHarmless() {
        page.evaluate("document.querySelector('page-presence').setAttribute('max', '20')");
        page.evaluate(ODD_NAMES);
        page.locator("page-presence [part=list]").click();
        page.locator("page-presence [part=popup]").waitFor();

        var names = page.locator("page-presence [part=name]").allTextContents();
        assertEquals(List.of("You", "Someone", "Someone", "Someone", "Ann nimda", "Line Feed"), names.subList(0, 6));
        assertEquals("You (another person)", names.get(6));
        var rows = page.locator("page-presence .row").all();
        assertEquals(names.size(), rows.size());
        for (var row : rows) {
            assertTrue(
                    clips(row.locator(".words")) && clips(row.locator(".initials")),
                    "what is too large for its place is cut");
            assertTrue(height(row) < 100, "a name takes three lines at most");
        }
        for (var face : page.locator("page-presence .list .initials").all()) {
            assertTrue(clips(face), "letters stay within their disc");
            assertTrue(!face.textContent().isBlank());
        }
        await().pollInSameThread()
                .until(() -> page.locator("page-presence .said[role=status]")
                        .textContent()
                        .endsWith(" is editing this page"));
        page.screenshot(new ScreenshotOptions().setPath(Path.of("target", "screenshots", "element-names.png")));
    }

    /** Whatever host the browser loads a picture from; the initials stay when there is none. */
    @Test
    void picturesComeFromAnyHost() {
        var addresses = List.of(
                "https://my_bucket.s3.example.com/a.png",
                "https://bücher.example/a.png",
                "https://[2001:db8::1]:8443/a.png?x=[0]",
                "https://pictures.example/a b|c^d.png");
        alice.context()
                .route(
                        url -> url.contains(".png") && !url.contains("gone.example"),
                        route -> route.fulfill(new FulfillOptions()
                                .setContentType("image/svg+xml")
                                .setBody("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")));
        alice.context().route("https://gone.example/**", route -> route.abort());

        page.evaluate("""
                (addresses) => {
                  const viewers = [...addresses, 'https://gone.example/b.png'].map((avatar, i) =>
                    ({ id: `u${i}`, name: `Person ${i}`, tabCount: 1, avatar }))
                  document.querySelector('page-presence').state = { viewers }
                }""", addresses);

        var images = page.locator("page-presence .list img");
        await().pollInSameThread()
                .until(() -> images.evaluateAll("images => images.map((image) => image.naturalWidth)")
                        .toString()
                        .equals("[9, 9, 9, 9]"));
        assertEquals(
                "P4",
                page.locator("page-presence .list .avatar:not(:has(img)) .initials")
                        .textContent());
    }

    private static boolean clips(Locator part) {
        return "hidden".equals(part.evaluate("part => getComputedStyle(part).overflow"));
    }

    private static double height(Locator part) {
        return part.boundingBox().height;
    }
}
