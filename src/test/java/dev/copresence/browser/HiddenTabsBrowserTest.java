package dev.copresence.browser;

import static dev.copresence.browser.Person.awaitNames;
import static dev.copresence.browser.Person.awaitState;
import static dev.copresence.browser.Person.host;
import static dev.copresence.browser.Person.isAway;
import static dev.copresence.browser.Person.names;
import static dev.copresence.browser.Person.passTime;
import static dev.copresence.browser.Person.seen;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Page;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tabs that lie behind others, as most do. */
@QuarkusTest
@TestProfile(ShortLives.class)
@ExtendWith(ChromiumNeeded.class)
class HiddenTabsBrowserTest {

    @TestHTTPResource("/")
    String root;

    private final String page = "/test/" + UUID.randomUUID();
    private Chromium chromium;
    private String service;
    private Person alice;
    private Person bob;
    private RealTabs hers;
    private Page his;

    @BeforeEach
    void open() {
        service = root.substring(0, root.length() - 1);
        // A tab that is hidden for 10 s is woken once a minute; by default that takes 5 min.
        chromium = Chromium.start("--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/10");
        alice = Person.logIn("alice", chromium.browser(), service);
        bob = Person.logIn("bob", chromium.browser(), service);
        hers = new RealTabs(chromium.browser(), alice);
        his = bob.view(page);
    }

    @AfterEach
    void close() {
        chromium.close();
    }

    /** T1: its timers are woken once a minute, and it lives for ten times as long as it would if it were visible. */
    @Test
    void aTabThatIsHiddenForLongStays() {
        hers.open(service + host(page));
        awaitNames(his, "Bob", "Alice");

        hers.open("about:blank");

        awaitState(his, "sees Alice away", state -> isAway(state, "Alice"));
        var since = seen(his).size();
        passTime(ShortLives.AWAY.plusSeconds(5));
        assertEquals(
                List.of(),
                seen(his).stream()
                        .skip(since)
                        .filter(state -> !names(state).contains("Alice"))
                        .toList());
        hers.choose(0);
        awaitState(his, "sees Alice back", state -> !isAway(state, "Alice"));
    }

    /** Over HTTP/1.1 a browser opens six connections to a host, all tabs together. */
    @Test
    void tenTabsOfOneBrowserAllStayPresent() {
        for (var i = 0; i < 10; i++) {
            hers.open(service + host(page));
        }
        awaitNames(his, "Bob", "Alice 10");

        var since = seen(his).size();
        passTime(ShortLives.TTL.multipliedBy(2));
        for (var i = 0; i < 10; i++) {
            hers.choose(i);
        }
        passTime(ShortLives.TTL);

        assertEquals(
                List.of(),
                seen(his).stream()
                        .skip(since)
                        .filter(state -> !names(state).equals(List.of("Bob", "Alice 10")))
                        .toList());
        hers.close(3);
        awaitNames(his, "Bob", "Alice 9");
    }
}
