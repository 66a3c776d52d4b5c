package dev.copresence.browser;

import static dev.copresence.browser.Person.awaitEditor;
import static dev.copresence.browser.Person.awaitNames;
import static dev.copresence.browser.Person.awaitState;
import static dev.copresence.browser.Person.edit;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route.FulfillOptions;
import dev.copresence.http.ServiceProcess;
import dev.copresence.http.TokenProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L3, L4: pages that stay open while the packaged service goes away and comes back with nothing in its memory. */
@ExtendWith(ChromiumNeeded.class)
class RestartBrowserIT {

    private static final String PAGE = "/test/restart";

    private final TokenProvider provider = new TokenProvider();
    private ServiceProcess service;
    private Chromium chromium;

    @BeforeEach
    void start() {
        var properties = new HashMap<>(provider.start());
        properties.put("quarkus.oidc.credentials.secret", "a secret that is long enough for its cookie");
        service = new ServiceProcess(properties);
        service.start();
        chromium = Chromium.start();
    }

    @AfterEach
    void stop() {
        chromium.close();
        service.close();
        provider.stop();
    }

    @Test
    void aPlannedRestartIsHealedWithoutAReload() throws Exception {
        var hers = view("Alice");
        var his = view("Bob");
        edit(hers);
        awaitEditor(his, "alice");

        service.stop();
        service.start();

        isWhole(hers, his);
    }

    @Test
    void aCrashIsHealedWithoutAReload() throws Exception {
        var hers = view("Alice");
        var his = view("Bob");
        edit(hers);
        awaitEditor(his, "alice");

        service.kill();
        awaitState(his, "has noticed", state -> state.get("status").equals("reconnecting"));
        service.start();

        isWhole(hers, his);
    }

    private static void isWhole(Page hers, Page his) {
        for (var tab : new Page[] {hers, his}) {
            awaitState(tab, "is live", state -> state.get("status").equals("live"));
            awaitState(tab, "sees both", state -> state.get("viewerCount").equals(2));
            // Under another fence she may not go on by herself: somebody may have saved in between.
            awaitState(tab, "sees nobody edit", state -> state.get("editorUserId") == null);
            assertEquals(1, tab.evaluate("performance.getEntriesByType('navigation').length"));
        }
        // A tab that is closed is given half a second for its leave, which is too little on a busy machine.
        hers.navigate("about:blank");
        awaitNames(his, "Bob");
    }

    /** A tab of a page that has a token for {@code name}. */
    private Page view(String name) throws IOException {
        var token =
                provider.good(name.toLowerCase(Locale.ROOT)).with("name", name).compact();
        var html = new String(
                        getClass()
                                .getResourceAsStream("/META-INF/resources/host.html")
                                .readAllBytes(),
                        StandardCharsets.UTF_8)
                .replace(
                        "<page-presence></page-presence>",
                        "<page-presence></page-presence>\n<script>document.querySelector('page-presence').token = () => '"
                                + token + "'</script>");
        var context = chromium.browser().newContext();
        context.route(
                url -> url.contains("/host.html"),
                route -> route.fulfill(
                        new FulfillOptions().setContentType("text/html").setBody(html)));
        var tab = context.newPage();
        tab.navigate(service.address() + Person.host(PAGE));
        awaitState(tab, "is live", state -> state.get("status").equals("live"));
        return tab;
    }
}
