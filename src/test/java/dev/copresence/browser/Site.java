package dev.copresence.browser;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.Route.FulfillOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A site of documents that Playwright answers for on the service's own origin, below a folder of its own, and what the
 * browser in which it is visited says to the service.
 */
final class Site {

    private static final Pattern CALL = Pattern.compile(".*/api/presence/(join|leave)");
    private static final Pattern PAGE = Pattern.compile("\"pagePath\":\"([^\"]*)\"");

    private final List<String> calls = new CopyOnWriteArrayList<>();

    /**
     * Opens the site in a browser.
     *
     * @param root the address of the site's folder
     * @param document gives the document of a path below the folder
     */
    Site(BrowserContext context, String root, UnaryOperator<String> document) {
        context.route(address -> address.startsWith(root), route -> {
            var path = URI.create(route.request().url()).getPath();
            answer(route, "text/html; charset=utf-8", document.apply(path.substring(path.lastIndexOf('/') + 1)));
        });
        context.route(
                "**/webjars/**",
                route -> answer(
                        route,
                        "text/javascript; charset=utf-8",
                        classPath("META-INF/resources"
                                + URI.create(route.request().url()).getPath())));
        context.onRequest(this::note);
    }

    /** The joins and leaves that the browser has sent, as "join /page". */
    List<String> calls() {
        return List.copyOf(calls);
    }

    private void note(Request request) {
        var call = CALL.matcher(request.url());
        if (call.matches()) {
            var page = PAGE.matcher(request.postData());
            calls.add(call.group(1) + " " + (page.find() ? page.group(1) : "?"));
        }
    }

    private static void answer(Route route, String type, String body) {
        route.fulfill(new FulfillOptions().setContentType(type).setBody(body));
    }

    private static String classPath(String name) {
        try (var stream = Thread.currentThread().getContextClassLoader().getResourceAsStream(name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
