package dev.copresence.http.refusals;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/**
 * The headers that keep browsers and caches from making of an answer what it is not. An answer begins with them, whoever
 * gives it; who knows better replaces one.
 */
public final class SafeHeaders {

    private static final CharSequence TYPE_OPTIONS = HttpHeaders.createOptimized("X-Content-Type-Options");
    private static final CharSequence NO_SNIFF = HttpHeaders.createOptimized("nosniff");
    private static final CharSequence POLICY = HttpHeaders.createOptimized("Content-Security-Policy");
    private static final CharSequence NOTHING =
            HttpHeaders.createOptimized("default-src 'none'; frame-ancestors 'none'");
    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");

    /** The headers of a refusal as the lines of a head, for what is refused before it is a request. */
    public static final String OF_A_REFUSAL = TYPE_OPTIONS + ": " + NO_SNIFF + "\r\n" + POLICY + ": " + NOTHING + "\r\n"
            + HttpHeaders.CACHE_CONTROL + ": " + NO_STORE + "\r\n";

    private SafeHeaders() {}

    /** Puts those that are missing: what an operator has the server send stays as it is. */
    public static void begin(RoutingContext context) {
        var response = context.response();
        var headers = response.headers();
        headers.set(TYPE_OPTIONS, NO_SNIFF);
        if (!headers.contains(POLICY)) {
            headers.set(POLICY, NOTHING);
        }
        if (!headers.contains(HttpHeaders.CACHE_CONTROL)) {
            headers.set(HttpHeaders.CACHE_CONTROL, NO_STORE);
        } else {
            // What an operator lets be kept, unless it is a refusal.
            context.addHeadersEndHandler(written -> {
                if (response.getStatusCode() >= 400) {
                    refusal(response);
                }
            });
        }
    }

    /** Puts those of a refusal, also where something else would have been served. */
    public static void refusal(HttpServerResponse response) {
        response.headers().set(TYPE_OPTIONS, NO_SNIFF).set(POLICY, NOTHING).set(HttpHeaders.CACHE_CONTROL, NO_STORE);
    }
}
