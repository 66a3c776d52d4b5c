package dev.copresence.browser;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.CDPSession;
import java.util.ArrayList;
import java.util.List;

/**
 * Tabs of one window, of which only the last one that was opened or chosen is visible. Those that Playwright drives always
 * look visible, so these are opened behind its back and nobody can look into them: what they do shows at the service.
 */
final class RealTabs implements AutoCloseable {

    private final CDPSession devtools;
    private final List<String> tabs = new ArrayList<>();

    /** In the browser's own window, with the session of {@code user}. */
    RealTabs(Browser browser, Person user) {
        devtools = browser.newBrowserCDPSession();
        var cookies = new JsonArray();
        for (var cookie : user.context().cookies()) {
            var copy = new JsonObject();
            copy.addProperty("name", cookie.name);
            copy.addProperty("value", cookie.value);
            copy.addProperty("domain", cookie.domain);
            copy.addProperty("path", cookie.path);
            cookies.add(copy);
        }
        var all = new JsonObject();
        all.add("cookies", cookies);
        devtools.send("Storage.setCookies", all);
    }

    /** Opens a tab in front of the others, which that hides. */
    void open(String url) {
        var target = new JsonObject();
        target.addProperty("url", url);
        tabs.add(devtools.send("Target.createTarget", target).get("targetId").getAsString());
    }

    /** Brings a tab to the front; the first one opened is 0. */
    void choose(int tab) {
        devtools.send("Target.activateTarget", target(tab));
    }

    void close(int tab) {
        devtools.send("Target.closeTarget", target(tab));
    }

    private JsonObject target(int tab) {
        var target = new JsonObject();
        target.addProperty("targetId", tabs.get(tab));
        return target;
    }

    @Override
    public void close() {
        devtools.detach();
    }
}
