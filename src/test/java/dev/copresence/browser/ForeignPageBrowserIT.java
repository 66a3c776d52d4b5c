package dev.copresence.browser;

import static dev.copresence.browser.Person.awaitEditor;
import static dev.copresence.browser.Person.awaitNames;
import static dev.copresence.browser.Person.awaitState;
import static dev.copresence.browser.Person.edit;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Page;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.copresence.http.ServiceProcess;
import dev.copresence.http.TokenProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pages of another origin, and another site, than the service's: {@code base-url}, a bearer token, and CORS. */
@ExtendWith(ChromiumNeeded.class)
class ForeignPageBrowserIT {

    private final TokenProvider provider = new TokenProvider();
    private final List<String> errors = new ArrayList<>();
    private HttpServer host;
    private ServiceProcess service;
    private Chromium chromium;

    @BeforeEach
    void start() throws IOException {
        host = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        host.createContext("/", this::answer);
        host.start();
        var properties = new HashMap<>(provider.start());
        properties.put("quarkus.oidc.credentials.secret", "a secret that is long enough for its cookie");
        properties.put("quarkus.http.cors.origins", origin());
        service = new ServiceProcess(properties);
        service.start();
        chromium = Chromium.start();
    }

    @AfterEach
    void stop() {
        chromium.close();
        service.close();
        provider.stop();
        host.stop(0);
    }

    @Test
    void presenceIsTheSameOnAPageOfAnotherOrigin() {
        var hers = view("Alice");
        var his = view("Bob");

        awaitNames(hers, "Alice", "Bob");
        awaitNames(his, "Alice", "Bob");
        edit(hers);
        awaitEditor(his, "alice");
        hers.navigate("about:blank");
        awaitNames(his, "Bob");
        assertEquals(List.of(), errors);
    }

    /** A tab of the foreign page that has a token for {@code name}. */
    private Page view(String name) {
        var tab = chromium.browser().newContext().newPage();
        tab.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                errors.add(message.text());
            }
        });
        tab.navigate(origin() + "/" + name);
        awaitState(tab, "is live", state -> state.get("status").equals("live"));
        return tab;
    }

    private String origin() {
        return "http://127.0.0.1:" + host.getAddress().getPort();
    }

    /** The page of whoever the path names. */
    private void answer(HttpExchange exchange) throws IOException {
        var name = exchange.getRequestURI().getPath().substring(1);
        var token =
                provider.good(name.toLowerCase(Locale.ROOT)).with("name", name).compact();
        var html = """
                <!doctype html>
                <title>A page of another origin</title>
                <link rel="icon" href="data:," />
                <page-presence page="/test/foreign" base-url="%1$s"></page-presence>
                <script>document.querySelector('page-presence').token = () => '%2$s'</script>
                <script type="module" src="%1$s/copresence/element.js"></script>
                """.formatted(service.address(), token).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
        exchange.sendResponseHeaders(200, html.length);
        exchange.getResponseBody().write(html);
        exchange.close();
    }
}
