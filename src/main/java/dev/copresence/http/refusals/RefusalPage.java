package dev.copresence.http.refusals;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;

/** The refusal that somebody reads in a browser: a page of a sentence and two links. Programs get a problem instead. */
@ApplicationScoped
public class RefusalPage {

    private static final String PAGE = """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>%1$s</title>
            <h1>%1$s</h1>
            <p>%2$s</p>
            <p><a href="%3$s">%4$s</a> &middot; <a href="/">Start page</a></p>
            </html>
            """;

    private static final String NO_PAGE = "Page not found";

    private final Problems problems;

    RefusalPage(Problems problems) {
        this.problems = problems;
    }

    /** Says that there is no such page, or no such resource to who shows no pages, and ends the response. */
    public void nothingHere(RoutingContext context) {
        var request = context.request();
        var isProgram = request.getHeader(HttpHeaders.AUTHORIZATION) != null;
        if (isShown(request.method().name(), isProgram, request.getHeader(HttpHeaders.ACCEPT))) {
            tell(context, Refusal.NOT_FOUND, NO_PAGE, Problems.NOTHING, "", "Try again");
        } else {
            problems.refuse(context, Refusal.NOT_FOUND, Problems.NOTHING);
        }
    }

    /** True if it is somebody in a browser who has gone to that address. */
    static boolean isShown(String method, boolean isProgram, @Nullable String accepted) {
        return (method.equals("GET") || method.equals("HEAD")) && !isProgram && takesPages(accepted);
    }

    private static boolean takesPages(@Nullable String accepted) {
        return accepted != null && accepted.contains("text/html");
    }

    /** The page that says that there is none. */
    static String noPage() {
        return PAGE.formatted(NO_PAGE, Problems.NOTHING, "", "Try again");
    }

    /** Refuses with a page of a sentence and a link, or with a problem to who shows no pages, and ends the response. */
    public void tell(RoutingContext context, Refusal refusal, String title, String sentence, String link, String word) {
        if (!takesPages(context.request().getHeader(HttpHeaders.ACCEPT))) {
            problems.refuse(context, refusal, sentence);
            return;
        }
        problems.count(refusal);
        context.response()
                .setStatusCode(refusal.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/html; charset=utf-8")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT)
                .putHeader("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'")
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "same-origin")
                .end(PAGE.formatted(title, sentence, link, word));
    }
}
