package dev.copresence.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.copresence.browser.Person.awaitNames;
import static dev.copresence.browser.Person.awaitState;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.options.AriaRole;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The demo's two pages that are not for everybody, by the rules of dev mode, for an administrator and for somebody else. */
@QuarkusTest
@TestProfile(AccessBrowserTest.RulesOfDevMode.class)
@ExtendWith(ChromiumNeeded.class)
class AccessBrowserTest {

    private static final String CLOSED = "/docs/admins-only/";
    private static final String COUNTED = "/docs/head-count/";

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
        bob = Person.logIn("bob", chromium.browser(), service);
    }

    @AfterEach
    void logOut() {
        alice.close();
        bob.close();
    }

    @Test
    void aPageForAdministratorsIsNotThereForOthers() { // A2, A3
        var hers = alice.open(CLOSED);
        var his = bob.open(CLOSED);

        awaitNames(hers, "Alice");
        awaitState(his, "is closed", state -> state.get("status").equals("forbidden"));
        assertThat(hers.locator("page-presence")).isVisible();
        assertThat(his.locator("page-presence")).isHidden();
        assertEquals(List.of(), Person.names(Person.state(his)));
    }

    @Test
    void whoMaySeeACountIsToldNoName() { // A7
        var hers = alice.open(COUNTED);
        var his = bob.open(COUNTED);
        awaitNames(hers, "Alice", "Bob");

        hers.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName("Edit").setExact(true))
                .click();

        awaitState(
                his,
                "is told of two people, one of whom edits",
                state -> "count".equals(state.get("level"))
                        && state.get("viewerCount").equals(2)
                        && Boolean.TRUE.equals(state.get("isEdited")));
        assertThat(his.locator("page-presence")).isVisible();
        assertFalse(shown(his).contains("Alice"), () -> shown(his));
        assertTrue(shown(hers).contains("Bob"), () -> shown(hers));
        assertFalse(Person.state(his).toString().contains("Alice"));
    }

    /** All that the element shows or says, labels included. */
    private static String shown(Page tab) {
        return (String) tab.evaluate("document.querySelector('page-presence').shadowRoot.innerHTML");
    }

    /** The rules that dev mode has, for the service as the tests start it. */
    public static final class RulesOfDevMode implements QuarkusTestProfile {

        private static final String DEV = "%dev.";

        @Override
        public Map<String, String> getConfigOverrides() {
            var settings = new Properties();
            try (var file = Files.newBufferedReader(Path.of("src/main/resources/application.properties"))) {
                settings.load(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            var rules = new HashMap<>(new ShortLives().getConfigOverrides());
            settings.stringPropertyNames().stream()
                    .filter(name -> name.startsWith(DEV + "copresence.access."))
                    .forEach(name -> rules.put(name.substring(DEV.length()), settings.getProperty(name)));
            return rules;
        }
    }
}
