package dev.copresence.browser;

import static dev.copresence.browser.Person.awaitState;
import static dev.copresence.browser.Person.edit;
import static dev.copresence.browser.Person.passTime;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import dev.copresence.http.Front;
import dev.copresence.http.Front.Deployment;
import dev.copresence.http.ServiceProcess;
import dev.copresence.http.TokenProvider;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A tab that is left open in the evening is present in the morning, without a reload, whatever the night brings: here
 * the tokens live for seconds and the night is half a minute long.
 */
@ExtendWith(ChromiumNeeded.class)
class MorningBrowserIT {

    private static final String PAGE = "/test/night";
    private static final Duration LIFE_OF_A_TAB = Duration.ofSeconds(6);
    private static final int LIFE_OF_A_TOKEN = 8;

    private final TokenProvider provider = new TokenProvider();
    private final HttpClient http = HttpClient.newHttpClient();
    /** True while the site has no other token than the last one. */
    private volatile boolean isStuck;

    private volatile String token = "";
    private ServiceProcess service;
    private Front front;
    private Chromium chromium;

    @BeforeEach
    void start() throws IOException {
        var properties = new HashMap<>(provider.start());
        properties.put("quarkus.oidc.credentials.secret", "a secret that is long enough for its cookie");
        properties.put("copresence.ttl", LIFE_OF_A_TAB.toSeconds() + "s");
        properties.put("copresence.away-ttl", LIFE_OF_A_TAB.toSeconds() + "s");
        properties.put("copresence.heartbeat-interval", "1s");
        service = new ServiceProcess(properties);
        front = new Front(service.address());
        var html = new String(
                        getClass()
                                .getResourceAsStream("/META-INF/resources/host.html")
                                .readAllBytes(),
                        StandardCharsets.UTF_8)
                .replace(
                        "<page-presence></page-presence>",
                        "<page-presence></page-presence>\n<script>document.querySelector('page-presence').token ="
                                + " async () => (await fetch('/token')).text()</script>");
        front.serve("/host.html", () -> html);
        front.serve("/token", this::token);
        chromium = Chromium.start();
        service.start();
    }

    @AfterEach
    void stop() {
        chromium.close();
        front.close();
        service.close();
        provider.stop();
    }

    @Test
    void aDeploymentIsHealedWithoutAReload() throws Exception {
        var hers = view();

        deploy(hers);

        isPresent(hers);
    }

    @Test
    void aTokenThatTheSiteRenewsTooLateIsHealedWithoutAReload() {
        var hers = view();

        endToken(hers);

        isPresent(hers);
    }

    @Test
    void aSleepIsHealedWithoutAReload() {
        var hers = view();

        sleep(hers, () -> {});

        isPresent(hers);
    }

    @Test
    void aNewKeyOfTheProviderIsHealedWithoutAReload() {
        var hers = view();

        provider.rollKeys();
        passTime(LIFE_OF_A_TAB.plusSeconds(2));

        isPresent(hers);
    }

    @Test
    void whoeverLeftATabOpenInTheEveningIsPresentInTheMorning() throws Exception {
        var hers = view();
        edit(hers);
        awaitState(hers, "edits", state -> "alice".equals(state.get("editorUserId")));

        deploy(hers);
        endToken(hers);
        sleep(hers, provider::rollKeys);

        isPresent(hers);
        // And does what is done in the morning.
        edit(hers);
        awaitState(hers, "edits", state -> "alice".equals(state.get("editorUserId")));
    }

    /** The service is replaced, and the proxy has first no route and then no server. */
    private void deploy(Page tab) throws Exception {
        front.during(Deployment.NO_ROUTE);
        service.stop();
        passTime(Duration.ofSeconds(3));
        front.during(Deployment.NO_SERVER);
        passTime(Duration.ofSeconds(2));
        service.start();
        front.during(Deployment.NONE);
        awaitThere(tab);
    }

    /** The site's token ends, and for a while it has no other. */
    private void endToken(Page tab) {
        awaitThere(tab);
        isStuck = true;
        passTime(Duration.ofSeconds(LIFE_OF_A_TOKEN + 3));
        isStuck = false;
    }

    /** The machine sleeps for longer than its tabs live, while something happens in the world. */
    private void sleep(Page tab, Runnable meanwhile) {
        var debugger = tab.context().newCDPSession(tab);
        debugger.send("Debugger.enable");
        debugger.send("Debugger.pause");
        meanwhile.run();
        await("the sleeper to be gone").atMost(LIFE_OF_A_TAB.multipliedBy(5)).until(() -> isListed(false));
        debugger.send("Debugger.resume");
        debugger.send("Debugger.disable");
    }

    /** As everybody else sees it, and the tab itself, which has never been loaded again. */
    private void isPresent(Page tab) {
        awaitThere(tab);
        awaitState(tab, "is live", state -> state.get("status").equals("live"));
        assertEquals(1, tab.evaluate("performance.getEntriesByType('navigation').length"));
        assertTrue((Boolean) tab.evaluate("window.isEvening"));
    }

    /** As the service says to others; Playwright wants to be called now and then for what the tab does meanwhile. */
    private void awaitThere(Page tab) {
        await("a tab that is there")
                .pollInSameThread()
                .atMost(Duration.ofMinutes(1))
                .until(() -> {
                    tab.evaluate("0");
                    return isListed(true);
                });
    }

    /** True if the service answers, and says that she is on the page, or that she is not. */
    private boolean isListed(boolean there) throws IOException, InterruptedException {
        var witness = provider.good("bob").with("name", "Bob").compact();
        var request = HttpRequest.newBuilder(URI.create(service.address() + "/api/presence/list?pagePath=" + PAGE))
                .header("Authorization", "Bearer " + witness)
                .build();
        var answer = http.send(request, BodyHandlers.ofString());
        return answer.statusCode() == 200 && answer.body().contains("\"id\":\"alice\"") == there;
    }

    private String token() {
        if (!isStuck) {
            token = provider.good("alice")
                    .with("name", "Alice")
                    .with("exp", Instant.now().getEpochSecond() + LIFE_OF_A_TOKEN)
                    .compact();
        }
        return token;
    }

    private Page view() {
        var tab = chromium.browser().newContext().newPage();
        tab.navigate(front.address() + Person.host(PAGE));
        tab.evaluate("window.isEvening = true");
        awaitState(tab, "is live", state -> state.get("status").equals("live"));
        return tab;
    }
}
